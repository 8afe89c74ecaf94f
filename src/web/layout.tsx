import type { ComponentChildren } from 'preact';
import type { Actor } from '../domain/roles.ts';
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
  /** the period in another period's place, same page */
  readonly inPeriod: (period: string) => string;
  readonly demoPeople: readonly { readonly login: string; readonly name: string; readonly role: string }[];
}

const RAIL: readonly { readonly href: string; readonly label: string; readonly hidden?: readonly string[] }[] = [
  { href: '/', label: 'Home' },
  { href: '/periods', label: 'Close', hidden: ['unit_owner'] },
  { href: '/statements', label: 'Statements' },
  { href: '/decisions', label: 'Decisions' },
  { href: '/rules', label: 'Rules', hidden: ['unit_owner'] },
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
            {RAIL.filter((item) => !item.hidden?.includes(view.actor.role)).map((item) => (
              <li key={item.href}>
                <a href={item.href} aria-current={here(item.href) ? 'page' : undefined}>
                  {item.label}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <main id="main">
          {view.period !== null && <Bar view={view} />}
          {children}
          <footer>
            <span>
              {view.actor.name}, {view.actor.role.replace('_', ' ')}
            </span>
            <span>Every charge links to its explanation</span>
            {view.run && (
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
  const at = view.periods.indexOf(view.period!);
  const before = view.periods[at - 1];
  const after = view.periods[at + 1];
  return (
    <div class="bar">
      <span class="switch">
        {before && (
          <a href={view.inPeriod(before)} aria-label={`Back to ${monthYear(before)}`}>
            ‹
          </a>
        )}{' '}
        {monthYear(view.period!)}{' '}
        {after && (
          <a href={view.inPeriod(after)} aria-label={`On to ${monthYear(after)}`}>
            ›
          </a>
        )}
      </span>
      <span class={`chip ${view.state === 'closed' ? 'issued' : 'preliminary'}`}>{STATES[view.state ?? 'open']}</span>
      <span class="right">
        <span>{view.company}</span>
        <span>{view.currency}, net of VAT</span>
        {view.run && <span>Run {view.run.id}</span>}
      </span>
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
          .map((person) => (
            <form key={person.login} method="post" action="/be">
              <input type="hidden" name="csrf" value={view.csrf} />
              <input type="hidden" name="login" value={person.login} />
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
      <body>{children}</body>
    </html>
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
