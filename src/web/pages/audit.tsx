import type { EndedJob } from '../../application/jobs.service.ts';
import type { VerifyReport } from '../../application/verify.service.ts';
import type { AuditBody, AuditValues, ChainHead } from '../../domain/audit-chain.ts';
import type { UserRow } from '../../persistence/users.queries.ts';
import { Field, Form } from '../form.tsx';
import { counted, grouped, instant } from '../format.ts';
import { t } from '../language.ts';
import { Page, Section, type View } from '../layout.tsx';
import { hasEnded, pageOfJob, resultOf } from '../page-jobs.ts';
import { Table } from '../table.tsx';
import { roleName } from '../words.ts';

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
  lastCheck,
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
  /** newest recomputing of the books */
  lastCheck: EndedJob | null;
}) {
  const filtered = Object.values(filters).some((value) => value !== '');
  return (
    <Page view={view} title={t('Audit')}>
      <h1>{checked === null ? counted(head.no, 'event in one chain.', 'events in one chain.') : outcome(checked)}</h1>
      <p class="lead">
        {t(
          'Every change and every look at customer text is an event that names who, when, and what was before and after. Each carries the hash of the one before it, so that none can be changed or left out unseen.',
        )}
      </p>
      {checked !== null && <CheckedSection checked={checked} />}
      <div class="columns">
        <div class="w8">
          <Section
            title={t('Head of the chain: event {no}', { no: grouped(String(head.no)) })}
            sub={t('write it down where nobody here can change it; later it proves that nothing before it was changed')}
            links={<a href="/audit/events.jsonl">{t('Export, JSON lines')}</a>}
          >
            <p class="hash">sha256 {head.hash}</p>
          </Section>
        </div>
        <div class="w4">
          <Section
            title={t('Verify')}
            sub={mayVerify ? t('changes nothing') : t('finance, controller, CFO and auditor verify')}
          >
            {mayVerify && (
              <Form view={view} action="/audit/verify">
                <div class="actions">
                  <button class="primary" type="submit" name="what" value="chain">
                    {t('Check the chain')}
                  </button>
                  <button type="submit" name="what" value="books">
                    {t('Recompute the books')}
                  </button>
                </div>
              </Form>
            )}
            {lastCheck !== null && <LastCheck job={lastCheck} />}
          </Section>
        </div>
      </div>
      <Section
        title={events.length === 0 ? t('No event fits') : filtered ? t('Events that fit') : t('Newest events')}
        sub={
          events.length === most
            ? t('newest first, times in UTC; the newest {most}, the export holds all', { most })
            : t('newest first, times in UTC')
        }
        links={filtered ? <a href="/audit">{t('All events')}</a> : undefined}
      >
        <form method="get" action="/audit" class="filters">
          <div>
            <Field name="deed" label={t('Deed, like period.issue')} value={filters.deed} />
          </div>
          <div>
            <Field name="who" label={t('Login')} value={filters.who} />
          </div>
          <div>
            <Field name="object" label={t('Object, like 2026-10')} value={filters.object} />
          </div>
          <button type="submit">{t('Filter')}</button>
        </form>
        <Table focusable>
          <thead>
            <tr>
              <th class="n">{t('No')}</th>
              <th>{t('At')}</th>
              <th>{t('Who')}</th>
              <th>{t('Deed')}</th>
              <th>{t('Object')}</th>
              <th>{t('Before → after')}</th>
              <th>{t('Reason')}</th>
            </tr>
          </thead>
          <tbody>
            {events.map((event) => (
              <tr key={event.no}>
                <td class="n">{event.no}</td>
                <td class="date">{instant(new Date(event.at))}</td>
                <td>
                  {event.actor}
                  {event.for === null ? '' : ` ${t('for {login}', { login: event.for })}`}, {event.door}
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
        <Section
          title={t('Who may see and do what')}
          sub={t('the access review; a unit owner sees the units below, too')}
          links={<a href="/audit/access.csv">{t('Export with every right, CSV')}</a>}
        >
          <Table focusable>
            <thead>
              <tr>
                <th>{t('Login')}</th>
                <th>{t('Name')}</th>
                <th>{t('Role')}</th>
                <th>{t('Units')}</th>
                <th>{t('State')}</th>
              </tr>
            </thead>
            <tbody>
              {people.map((person) => (
                <tr key={person.login}>
                  <td>{person.login}</td>
                  <td>{person.name}</td>
                  <td>{roleName(person.role)}</td>
                  <td>{person.role === 'unit_owner' ? person.units.join(', ') : t('by role')}</td>
                  <td>{person.disabled ? t('disabled') : t('active')}</td>
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
      ? t('The chain is unbroken to event {no}.', { no: grouped(String(checked.head.no)) })
      : t('The chain has {faults}.', { faults: counted(checked.faults.length, 'fault', 'faults') });
  const { checked: lines, differences } = checked.report;
  return differences.length === 0
    ? counted(lines.length, 'thing was recomputed: no difference.', 'things were recomputed: no difference.')
    : counted(differences.length, 'difference was found.', 'differences were found.');
}

function CheckedSection({ checked }: { checked: Checked }) {
  const faults = checked.of === 'chain' ? checked.faults : checked.report.differences;
  const lines = checked.of === 'chain' ? [t('audit log to event {no} {hash}', checked.head)] : checked.report.checked;
  return (
    <Section
      title={faults.length === 0 ? t('✓ Verified') : t('✕ Not as it should be')}
      sub={t('recomputed from the stored inputs, just now')}
    >
      <div role="status">
        <ul class="plain">
          {faults.map((fault) => (
            <li key={fault} class="against" lang="en">
              {fault}
            </li>
          ))}
          {lines.map((line) => (
            <li key={line} class="hash" lang="en">
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

/** For whoever left before the books were recomputed. */
function LastCheck({ job }: { job: EndedJob }) {
  if (!hasEnded(job))
    return (
      <p class="note" role="status">
        {t('The books are being recomputed; {who} asked for it.', { who: job.askedBy })}{' '}
        <a href={pageOfJob(job)}>{t('See how far it is')}</a>
      </p>
    );
  const differences = (job.answer as VerifyReport | null)?.differences.length;
  const said = { who: job.askedBy, at: instant(job.endedAt!) };
  return (
    <p class="note">
      {differences === 0
        ? t('Recomputed last for {who}, {at} UTC: no difference.', said)
        : t('Recomputed last for {who}, {at} UTC: not as it should be.', said)}{' '}
      <a href={resultOf(job)!}>{t('See what it found')}</a>
    </p>
  );
}
