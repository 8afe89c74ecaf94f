import type { ComponentChildren } from 'preact';
import { may, type Actor, type Deed as Right } from '../domain/roles.ts';
import { monthYear } from './format.ts';
import { label, language, LANGUAGE_NAMES, LANGUAGES, rich, speech, t } from './language.ts';
import { roleName } from './words.ts';

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
  { href: '/', label: label('Home') },
  { href: '/periods', label: label('Close ‖ rail'), right: 'read_all' },
  { href: '/statements', label: label('Statements'), right: 'read_statement' },
  { href: '/units', label: label('Units'), right: 'read_statement' },
  { href: '/decisions', label: label('Decisions'), right: 'read_statement' },
  { href: '/disputes', label: label('Disputes'), right: 'read_statement' },
  { href: '/value', label: label('Value'), right: 'read_all' },
  { href: '/imports', label: label('Data'), right: 'read_all' },
  { href: '/rules', label: label('Rules'), right: 'read_all' },
  { href: '/audit', label: label('Audit'), right: 'read_audit', below: true },
  { href: '/settings', label: label('Settings'), below: true },
];

const STATES: Readonly<Record<string, string>> = {
  open: label('Open'),
  calculated: label('Calculated · preliminary'),
  in_review: label('In review · preliminary'),
  approved: label('Approved · preliminary'),
  closed: label('Issued'),
};

export function Page({
  view,
  title,
  script,
  children,
}: {
  view: View;
  title: string;
  /** a file of ours for the browser */
  script?: string;
  children: ComponentChildren;
}) {
  const here = (href: string) => (href === '/' ? view.path === '/' : view.path.startsWith(href));
  return (
    <Document title={title} paper={view.inPeriod === null ? null : view} script={script}>
      <a class="skip" href="#main">
        {t('Skip to the figures')}
      </a>
      {view.demoPeople.length > 0 && <DemoBar view={view} />}
      <div class="house">
        <nav class="rail" aria-label={t('Main')}>
          <a class="brand" href="/">
            Answerable
          </a>
          <ul>
            {RAIL.filter((item) => item.right === undefined || may(view.actor, item.right)).map((item) => (
              <li key={item.href} class={item.below ? 'below' : undefined}>
                <a href={item.href} aria-current={here(item.href) ? 'page' : undefined}>
                  {t(item.label)}
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
              {view.actor.name}, {roleName(view.actor.role)}
            </span>
            <span>{t('Every charge links to its explanation')}</span>
            {view.inPeriod !== null && view.run && <span class="hash">{t('run {id} · sha256 {hash}', view.run)}</span>}
            <a href="/glossary">{t('Words')}</a>
            <OtherLanguages />
            <form method="post" action="/sign-out">
              <input type="hidden" name="csrf" value={view.csrf} />
              <button class="link" type="submit">
                {t('Sign out')}
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
            {t(STATES[view.state ?? 'open']!)}
          </span>
        </>
      )}
      <span class="right">
        <span>{view.company}</span>
        <span>{t('{currency}, net of VAT', { currency: view.currency })}</span>
        {view.inPeriod !== null && view.run && <span>{t('Run {id}', { id: view.run.id })}</span>}
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
        <a href={inPeriod(before)} aria-label={t('Back to {month}', { month: monthYear(before) })}>
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
        <a href={inPeriod(after)} aria-label={t('On to {month}', { month: monthYear(after) })}>
          ›
        </a>
      )}
    </div>
  );
}

function DemoBar({ view }: { view: View }) {
  return (
    <div class="demo-bar" role="region" aria-label={t('Demo')}>
      <span>
        {rich('Demo data. You are {name} ({role}). Be someone else:', {
          name: <strong>{view.actor.name}</strong>,
          role: roleName(view.actor.role),
        })}{' '}
        {view.demoPeople
          .filter((person) => person.login !== view.actor.login)
          .map((person, i) => (
            <form key={person.login} method="post" action="/be">
              <input type="hidden" name="csrf" value={view.csrf} />
              <input type="hidden" name="login" value={person.login} />
              {i === 0 ? '' : '· '}
              <button class="link" type="submit">
                {person.name}, {roleName(person.role)}
              </button>{' '}
            </form>
          ))}
      </span>
    </div>
  );
}

export function Document({
  title,
  paper = null,
  script,
  children,
}: {
  title: string;
  script?: string | undefined;
  /** of a page of one period's figures: what stands in the margins when it is printed */
  paper?: Pick<View, 'run' | 'state'> | null;
  children: ComponentChildren;
}) {
  const state = paper?.state === 'closed' ? 'issued' : 'preliminary';
  return (
    <html lang={language()}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · Answerable`}</title>
        <link rel="stylesheet" href="/assets/style.css" />
        {paper?.run && (
          <link rel="stylesheet" media="print" href={`/assets/print/${language()}/${state}/${paper.run.hash}.css`} />
        )}
        {script !== undefined && <script src={script} defer />}
        <link rel="icon" href="data:," />
      </head>
      <body>
        <Hatches />
        {children}
      </body>
    </html>
  );
}

/** The same page in each other language; links, so that they work without script. */
export function OtherLanguages({ address = speech().address }: { address?: string }) {
  const spoken = language();
  const and = address.includes('?') ? '&' : '?';
  return (
    <nav aria-label={t('Language')}>
      {LANGUAGES.filter((other) => other !== spoken).map((other) => (
        <a key={other} href={`${address}${and}language=${other}`} lang={other} hreflang={other}>
          {LANGUAGE_NAMES[other]}
        </a>
      ))}
    </nav>
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
  sub?: ComponentChildren;
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

const TIERS: Readonly<Record<string, string>> = {
  A: label('explicit'),
  B: label('rule'),
  C: label('statistical'),
  D: label('allocated'),
};

export function TierMark({ tier }: { tier: string | null }) {
  if (tier === null) return <span class="mute">{t('no contacts')}</span>;
  return (
    <>
      <span class={`tier ${tier}`}>{tier}</span>
      <span class="mute">{TIERS[tier] && t(TIERS[tier])}</span>
    </>
  );
}
