import type { VerifyReport } from '../../application/verify.service.ts';
import type { AuditBody, AuditValues, ChainHead } from '../../domain/audit-chain.ts';
import type { UserRow } from '../../persistence/users.queries.ts';
import { Field, Form } from '../form.tsx';
import { counted, grouped, instant } from '../format.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';

export interface AuditFilters {
  readonly deed: string;
  readonly who: string;
  readonly object: string;
}

/** The outcome of a check that somebody asked for. */
export type Checked =
  | { readonly of: 'chain'; readonly head: ChainHead; readonly faults: readonly string[] }
  | { readonly of: 'books'; readonly report: VerifyReport };

export function AuditPage({
  view,
  events,
  most,
  head,
  filters,
  people,
  mayVerify,
  checked,
}: {
  view: View;
  events: readonly AuditBody[];
  /** how many are shown at most */
  most: number;
  head: ChainHead;
  filters: AuditFilters;
  /** for the access review; null for who may not read it */
  people: readonly UserRow[] | null;
  mayVerify: boolean;
  checked: Checked | null;
}) {
  const filtered = Object.values(filters).some((value) => value !== '');
  return (
    <Page view={view} title="Audit">
      <h1>{checked === null ? `${counted(head.no, 'event', 'events')} in one chain.` : outcome(checked)}</h1>
      <p class="lead">
        Every change and every look at customer text is an event that names who, when, and what was before and after.
        Each carries the hash of the one before it, so that none can be changed or left out unseen.
      </p>
      {checked !== null && <CheckedSection checked={checked} />}
      <div class="columns">
        <div class="w8">
          <Section
            title={`Head of the chain: event ${grouped(String(head.no))}`}
            sub="write it down where nobody here can change it; later it proves that nothing before it was changed"
            links={<a href="/audit/events.jsonl">Export, JSON lines</a>}
          >
            <p class="hash">sha256 {head.hash}</p>
          </Section>
        </div>
        <div class="w4">
          <Section title="Verify" sub={mayVerify ? 'changes nothing' : 'finance, controller, CFO and auditor verify'}>
            {mayVerify && (
              <Form view={view} action="/audit/verify">
                <div class="actions">
                  <button class="primary" type="submit" name="what" value="chain">
                    Check the chain
                  </button>
                  <button type="submit" name="what" value="books">
                    Recompute the books
                  </button>
                </div>
              </Form>
            )}
          </Section>
        </div>
      </div>
      <Section
        title={events.length === 0 ? 'No event fits' : filtered ? 'Events that fit' : 'Newest events'}
        sub={`newest first, times in UTC${events.length === most ? `; the newest ${most}, the export holds all` : ''}`}
        links={filtered ? <a href="/audit">All events</a> : undefined}
      >
        <form method="get" action="/audit" class="filters">
          <div>
            <Field name="deed" label="Deed, like period.issue" value={filters.deed} />
          </div>
          <div>
            <Field name="who" label="Login" value={filters.who} />
          </div>
          <div>
            <Field name="object" label="Object, like 2026-10" value={filters.object} />
          </div>
          <button type="submit">Filter</button>
        </form>
        <Table focusable>
          <thead>
            <tr>
              <th class="n">No</th>
              <th>At</th>
              <th>Who</th>
              <th>Deed</th>
              <th>Object</th>
              <th>Before → after</th>
              <th>Reason</th>
            </tr>
          </thead>
          <tbody>
            {events.map((event) => (
              <tr key={event.no}>
                <td class="n">{event.no}</td>
                <td class="date">{instant(new Date(event.at))}</td>
                <td>
                  {event.actor}
                  {event.for === null ? '' : ` for ${event.for}`}, {event.door}
                </td>
                <td>{event.deed}</td>
                <td>
                  {event.object.kind} {event.object.key}
                </td>
                <td class="wrap">{change(event.before, event.after)}</td>
                <td class="wrap">{event.reason ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      </Section>
      {people !== null && (
        <Section title="Who may see and do what" sub="the access review; a unit owner sees the units below, too">
          <Table focusable>
            <thead>
              <tr>
                <th>Login</th>
                <th>Name</th>
                <th>Role</th>
                <th>Units</th>
                <th>State</th>
              </tr>
            </thead>
            <tbody>
              {people.map((person) => (
                <tr key={person.login}>
                  <td>{person.login}</td>
                  <td>{person.name}</td>
                  <td>{person.role.replace('_', ' ')}</td>
                  <td>{person.role === 'unit_owner' ? person.units.join(', ') : 'by role'}</td>
                  <td>{person.disabled ? 'disabled' : 'active'}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        </Section>
      )}
    </Page>
  );
}

function outcome(checked: Checked): string {
  if (checked.of === 'chain')
    return checked.faults.length === 0
      ? `The chain is unbroken to event ${grouped(String(checked.head.no))}.`
      : `The chain has ${counted(checked.faults.length, 'fault', 'faults')}.`;
  const { checked: lines, differences } = checked.report;
  return differences.length === 0
    ? `${counted(lines.length, 'thing was', 'things were')} recomputed: no difference.`
    : `${counted(differences.length, 'difference was', 'differences were')} found.`;
}

function CheckedSection({ checked }: { checked: Checked }) {
  const faults = checked.of === 'chain' ? checked.faults : checked.report.differences;
  const lines =
    checked.of === 'chain' ? [`audit log to event ${checked.head.no} ${checked.head.hash}`] : checked.report.checked;
  return (
    <Section
      title={faults.length === 0 ? '✓ Verified' : '✕ Not as it should be'}
      sub="recomputed from the stored inputs, just now"
    >
      <div role="status">
        <ul class="plain">
          {faults.map((fault) => (
            <li key={fault} class="against">
              {fault}
            </li>
          ))}
          {lines.map((line) => (
            <li key={line} class="hash">
              {line}
            </li>
          ))}
        </ul>
      </div>
    </Section>
  );
}

/** Values that differ, as before → after. */
function change(before: AuditValues | null, after: AuditValues | null): string {
  const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return keys
    .filter((key) => JSON.stringify(before?.[key]) !== JSON.stringify(after?.[key]))
    .map((key) => `${key}: ${before?.[key] === undefined ? '' : `${short(before[key])} → `}${short(after?.[key])}`)
    .join('; ');
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  if (/^[0-9a-f]{64}$/.test(text)) return `${text.slice(0, 12)}…`;
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
