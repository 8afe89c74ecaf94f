import type { ComponentChildren } from 'preact';
import { may, type Actor, type Deed as Right } from '../domain/roles.ts';
import { monthYear } from './format.ts';

/** What every page needs to know beside its own figures. */
export interface View {
  readonly actor: Actor;
  readonly csrf: string;
  readonly path: string;
  readonly company: string;
  readonly currency: string;
  readonly period: string | null;
  readonly state: string | null;
  readonly run: { readonly id: string; readonly hash: string } | null;
  readonly periods: readonly string[];
  /** the same page in another period; null where a page is of no single period */
  readonly inPeriod: ((period: string) => string) | null;
  /** units to change to; absent where a page is of no single unit */
  readonly unitSwitch?: {
    readonly current: string;
    readonly units: readonly (readonly [code: string, name: string])[];
    readonly inUnit: (unit: string) => string;
  };
  readonly demoPeople: readonly { readonly login: string; readonly name: string; readonly role: string }[];
}

/** Words of the rail, each with the right that opens its page; those below the line are looked at less often. */
const RAIL: readonly {
  readonly href: string;
  readonly label: string;
  readonly right?: Right;
  readonly below?: true;
}[] = [
  { href: '/', label: 'Home' },
  { href: '/periods', label: 'Close', right: 'read_all' },
  { href: '/statements', label: 'Statements', right: 'read_statement' },
  { href: '/units', label: 'Units', right: 'read_statement' },
  { href: '/decisions', label: 'Decisions', right: 'read_statement' },
  { href: '/disputes', label: 'Disputes', right: 'read_statement' },
  { href: '/value', label: 'Value', right: 'read_all' },
  { href: '/imports', label: 'Data', right: 'read_all' },
  { href: '/rules', label: 'Rules', right: 'read_all' },
  { href: '/audit', label: 'Audit', right: 'read_audit', below: true },
  { href: '/settings', label: 'Settings', below: true },
];

const STATES: Readonly<Record<string, string>> = {
  open: 'Open',
  calculated: 'Calculated · preliminary',
  in_review: 'In review · preliminary',
  approved: 'Approved · preliminary',
  closed: 'Issued',
};

export function Page({ view, title, children }: { view: View; title: string; children: ComponentChildren }) {
  const here = (href: string) => (href === '/' ? view.path === '/' : view.path.startsWith(href));
  return (
    <Document title={title}>
      <a class="skip" href="#main">
        Skip to the figures
      </a>
      {view.demoPeople.length > 0 && <DemoBar view={view} />}
      <div class="house">
        <nav class="rail" aria-label="Main">
          <a class="brand" href="/">
            Answerable
          </a>
          <ul>
            {RAIL.filter((item) => item.right === undefined || may(view.actor, item.right)).map((item) => (
              <li key={item.href} class={item.below ? 'below' : undefined}>
                <a href={item.href} aria-current={here(item.href) ? 'page' : undefined}>
                  {item.label}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <main id="main">
          {view.company !== '' && <Bar view={view} />}
          {children}
          <footer>
            <span>
              {view.actor.name}, {view.actor.role.replace('_', ' ')}
            </span>
            <span>Every charge links to its explanation</span>
            {view.inPeriod !== null && view.run && (
              <span class="hash">
                run {view.run.id} · sha256 {view.run.hash}
              </span>
            )}
            <form method="post" action="/sign-out">
              <input type="hidden" name="csrf" value={view.csrf} />
              <button class="link" type="submit">
                Sign out
              </button>
            </form>
          </footer>
        </main>
      </div>
    </Document>
  );
}

function Bar({ view }: { view: View }) {
  return (
    <div class="bar">
      {view.unitSwitch !== undefined && view.unitSwitch.units.length > 1 && <UnitSwitch {...view.unitSwitch} />}
      {view.inPeriod !== null && view.period !== null && (
        <>
          <Switch periods={view.periods} period={view.period} inPeriod={view.inPeriod} />
          <span class={`chip ${view.state === 'closed' ? 'issued' : 'preliminary'}`}>
            {STATES[view.state ?? 'open']}
          </span>
        </>
      )}
      <span class="right">
        <span>{view.company}</span>
        <span>{view.currency}, net of VAT</span>
        {view.inPeriod !== null && view.run && <span>Run {view.run.id}</span>}
      </span>
    </div>
  );
}

/** Any unit that one may see, without script. */
function UnitSwitch({ current, units, inUnit }: NonNullable<View['unitSwitch']>) {
  return (
    <div class="switch">
      <details class="menu">
        <summary>{units.find(([code]) => code === current)?.[1] ?? current}</summary>
        <ul>
          {units.map(([code, name]) => (
            <li key={code}>
              <a href={inUnit(code)} aria-current={code === current ? 'true' : undefined}>
                {name}
              </a>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}

/** The month before, this one, the month after; and any month in a list, without script. */
function Switch({
  periods,
  period,
  inPeriod,
}: {
  periods: readonly string[];
  period: string;
  inPeriod: (period: string) => string;
}) {
  const at = periods.indexOf(period);
  const before = at < 0 ? periods.at(-1) : periods[at - 1];
  const after = at < 0 ? undefined : periods[at + 1];
  return (
    <div class="switch">
      {before && (
        <a href={inPeriod(before)} aria-label={`Back to ${monthYear(before)}`}>
          ‹
        </a>
      )}
      <details class="menu">
        <summary>{monthYear(period)}</summary>
        <ul>
          {[...periods].reverse().map((other) => (
            <li key={other}>
              <a href={inPeriod(other)} aria-current={other === period ? 'true' : undefined}>
                {monthYear(other)}
              </a>
            </li>
          ))}
        </ul>
      </details>
      {after && (
        <a href={inPeriod(after)} aria-label={`On to ${monthYear(after)}`}>
          ›
        </a>
      )}
    </div>
  );
}

function DemoBar({ view }: { view: View }) {
  return (
    <div class="demo-bar" role="region" aria-label="Demo">
      <span>
        Demo data. You are <strong>{view.actor.name}</strong> ({view.actor.role.replace('_', ' ')}). Be someone else:{' '}
        {view.demoPeople
          .filter((person) => person.login !== view.actor.login)
          .map((person, i) => (
            <form key={person.login} method="post" action="/be">
              <input type="hidden" name="csrf" value={view.csrf} />
              <input type="hidden" name="login" value={person.login} />
              {i === 0 ? '' : '· '}
              <button class="link" type="submit">
                {person.name}, {person.role.replace('_', ' ')}
              </button>{' '}
            </form>
          ))}
      </span>
    </div>
  );
}

export function Document({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · Answerable`}</title>
        <link rel="stylesheet" href="/assets/style.css" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <Hatches />
        {children}
      </body>
    </html>
  );
}

/** Patterns that the style names: what rose, and what is preliminary, are told without colour, too. */
function Hatches() {
  return (
    <svg class="patterns" width="0" height="0" aria-hidden="true">
      <pattern id="hatch-up" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect class="s-up-ground" width="5" height="5" />
        <line class="s-up-hatch" x1="0" y1="0" x2="0" y2="5" />
      </pattern>
      <pattern id="hatch-preliminary" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line class="s-preliminary-hatch" x1="0" y1="0" x2="0" y2="5" />
      </pattern>
    </svg>
  );
}

/** A block under an ink rule: its title is the message, its subtitle holds unit, window and cuts. */
export function Section({
  title,
  sub,
  links,
  children,
}: {
  title: string;
  sub?: string;
  links?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section>
      <header>
        <h2>{title}</h2>
        {links && <span class="links">{links}</span>}
      </header>
      {sub && <p class="sub">{sub}</p>}
      {children}
    </section>
  );
}

const TIERS: Readonly<Record<string, string>> = { A: 'explicit', B: 'rule', C: 'statistical', D: 'allocated' };

export function TierMark({ tier }: { tier: string | null }) {
  if (tier === null) return <span class="mute">no contacts</span>;
  return (
    <>
      <span class={`tier ${tier}`}>{tier}</span>
      <span class="mute">{TIERS[tier]}</span>
    </>
  );
}
