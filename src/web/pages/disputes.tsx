import type { Dispute, PreviewPosting } from '../../application/disputes.service.ts';
import type { DisputeEntry } from '../../persistence/disputes.queries.ts';
import { Fault, Field, Form } from '../form.tsx';
import { counted, day, instant, money, monthYear } from '../format.ts';
import { Page, Section, type View } from '../layout.tsx';
import type { Refusing } from '../refused.tsx';
import { Table } from '../table.tsx';
import { PostingsTable } from './postings-table.tsx';

const STATES: Readonly<Record<Dispute['state'], string>> = {
  open: '○ Open',
  escalated: '▲ With the CFO',
  accepted: '✓ Accepted',
  rejected: '✕ Rejected',
};

type Units = ReadonlyMap<string, string>;

export function sideName(unit: string, units: Units): string {
  return unit === 'service' ? 'Service' : (units.get(unit) ?? unit);
}

export function DisputesPage({ view, disputes, units }: { view: View; disputes: readonly Dispute[]; units: Units }) {
  const waiting = disputes.filter((dispute) => dispute.ruledBy === null);
  const overdue = waiting.filter((dispute) => dispute.overdue).length;
  return (
    <Page view={view} title="Disputes">
      <h1>
        {disputes.length === 0
          ? 'Nothing is disputed.'
          : waiting.length === 0
            ? 'Every dispute is ruled.'
            : `${counted(waiting.length, 'dispute waits', 'disputes wait')} for a ruling${overdue > 0 ? `, ${overdue} overdue` : ''}.`}
      </h1>
      <p class="lead">
        A line of an issued statement is disputed from the line itself, within twelve months. Somebody who belongs to
        neither side rules; the next close books what is accepted, summing to zero.
      </p>
      <Section title="Disputes" sub={`${view.currency}; newest first`}>
        {disputes.length === 0 ? (
          <p class="note">
            Open a <a href="/statements">statement</a>: each line has its own link.
          </p>
        ) : (
          <Table>
            <thead>
              <tr>
                <th>What is disputed</th>
                <th>Why</th>
                <th class="n">Disputed</th>
                <th class="n">Accepted</th>
                <th>State</th>
                <th>Ruling due</th>
              </tr>
            </thead>
            <tbody>
              {disputes.map((dispute) => (
                <tr key={dispute.id}>
                  <td>
                    <a href={`/disputes/${dispute.id}`}>
                      {sideName(dispute.unit, units)}, {monthYear(dispute.chargePeriod)}
                    </a>
                  </td>
                  <td>{dispute.reason.length > 80 ? `${dispute.reason.slice(0, 79)}…` : dispute.reason}</td>
                  <td class="n">{money(dispute.amount, view.currency)}</td>
                  <td class="n">{dispute.accepted === null ? '–' : money(dispute.accepted, view.currency)}</td>
                  <td>{STATES[dispute.state]}</td>
                  <td class={dispute.overdue ? 'against' : ''}>
                    {dispute.ruledBy === null ? `${day(dispute.dueOn)}${dispute.overdue ? ', overdue' : ''}` : 'ruled'}
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Section>
    </Page>
  );
}

/** What the viewer may do here; where a ruling is not theirs, the reason. */
export interface DisputeDeeds {
  readonly reply: boolean;
  readonly escalate: boolean;
  readonly rule: boolean;
  readonly why: string;
}

export function DisputePage({
  view,
  dispute,
  postings,
  units,
  deeds,
  fault,
  typed,
}: {
  view: View;
  dispute: Dispute & { readonly thread: readonly DisputeEntry[] };
  /** absent where nothing would be posted any more */
  postings: readonly PreviewPosting[] | null;
  units: Units;
  deeds: DisputeDeeds;
  fault: Refusing | null;
  typed: Readonly<Record<string, string>>;
}) {
  const open = dispute.ruledBy === null;
  const path = `/disputes/${dispute.id}`;
  const unit = sideName(dispute.unit, units);
  return (
    <Page view={view} title={`Dispute ${dispute.id}`}>
      <p class="sub">
        <a href="/disputes">Disputes</a> › {unit}, {monthYear(dispute.chargePeriod)}
      </p>
      <h1>
        {unit} disputes {money(dispute.amount, view.currency)} of {monthYear(dispute.chargePeriod)}
      </h1>
      <p class="lead">
        {STATES[dispute.state]}.{' '}
        {open
          ? `To be ruled by ${day(dispute.dueOn)}${dispute.overdue ? ': overdue' : ''}.`
          : `${dispute.accepted === null ? 'Nothing' : money(dispute.accepted, view.currency)} is taken back; ruled by ${dispute.ruledBy}.`}{' '}
        <a href={`/explain/line/${dispute.line}`}>The charge, explained</a>
      </p>
      <Fault of={fault} />
      <div class="columns">
        <div class="w7">
          <Section title="What was said" sub="both sides see all of it; times in UTC">
            <ol class="thread">
              <Said by={dispute.openedBy} at={dispute.openedAt} kind="opened it" text={dispute.reason} />
              {dispute.evidence !== '' && (
                <Said by={dispute.openedBy} at={dispute.openedAt} kind="evidence" text={dispute.evidence} />
              )}
              {dispute.thread.map((entry) => (
                <Said
                  key={`${entry.at.toISOString()} ${entry.text}`}
                  by={entry.by}
                  at={entry.at}
                  kind={entry.kind === 'escalation' ? 'handed it to the CFO' : 'replied'}
                  text={entry.text}
                />
              ))}
              {dispute.ruledAt !== null && (
                <Said by={dispute.ruledBy!} at={dispute.ruledAt} kind={dispute.state} text={dispute.ruling!} />
              )}
            </ol>
            {deeds.reply && open && (
              <Form view={view} action={`${path}/reply`}>
                <Field name="text" label="Reply" value={typed['text']} required long fault={fault !== null} />
                <div class="actions">
                  <button type="submit">Reply</button>
                  {deeds.escalate && (
                    <button type="submit" formaction={`${path}/escalate`}>
                      Hand to the CFO
                    </button>
                  )}
                </div>
              </Form>
            )}
          </Section>
        </div>
        <div class="w5">
          <Section
            title={open ? 'If accepted, the next close posts' : 'What the ruling posts'}
            sub={`${view.currency}; borne by ${sideName(dispute.counter, units)}; sums to zero`}
          >
            {postings === null ? <p class="note">Nothing.</p> : <PostingsTable postings={postings} units={units} />}
          </Section>
          {open && (
            <Section title="Ruling" sub={deeds.why}>
              {deeds.rule && (
                <Form view={view} action={`${path}/rule`}>
                  <Field
                    name="amount"
                    label={`Accepted part of ${dispute.amount}, ${view.currency}`}
                    value={typed['amount']}
                    help="Left empty: all of it."
                    fault={fault !== null}
                  />
                  <Field name="reason" label="Reason" value={typed['reason']} required long fault={fault !== null} />
                  <div class="actions">
                    <button class="primary" type="submit" name="outcome" value="accept">
                      Accept: take it back
                    </button>
                    <button type="submit" name="outcome" value="reject">
                      Reject: let it stand
                    </button>
                  </div>
                </Form>
              )}
            </Section>
          )}
        </div>
      </div>
    </Page>
  );
}

function Said({ by, at, kind, text }: { by: string; at: Date; kind: string; text: string }) {
  return (
    <li>
      <span class="note">
        {by}, {instant(at)}: {kind}
      </span>
      <p>{text}</p>
    </li>
  );
}

export interface DisputedLine {
  readonly id: string;
  readonly title: string;
  readonly amount: string;
  readonly unit: string;
  readonly unitName: string;
}

/** Opening a dispute from the line itself: what would be posted is shown before it is opened. */
export function OpenDisputePage({
  view,
  line,
  typed,
  postings,
  fault,
}: {
  view: View;
  line: DisputedLine;
  typed: Readonly<Record<string, string>>;
  postings: readonly PreviewPosting[] | null;
  fault: Refusing | null;
}) {
  const statement = `/statements/${view.period}/${encodeURIComponent(line.unit)}`;
  return (
    <Page view={view} title={`Dispute ${line.title}`}>
      <p class="sub">
        <a href={statement}>
          {line.unitName}, {monthYear(view.period!)}
        </a>{' '}
        › {line.title} › Dispute
      </p>
      <h1>
        Dispute {money(line.amount, view.currency)} for {line.title}
      </h1>
      <p class="lead">
        Say what is wrong and what shows it. Nothing is posted until somebody of neither side has ruled.{' '}
        <a href={`/explain/line/${line.id}`}>See what the charge is made of</a>
      </p>
      <Fault of={fault} />
      <div class="columns">
        <div class="w7">
          <Section title="What is wrong">
            <Form view={view} action={`${statement}/lines/${encodeURIComponent(line.id)}/dispute`}>
              <Field name="reason" label="Reason" value={typed['reason']} required long fault={fault !== null} />
              <Field
                name="evidence"
                label="Evidence"
                value={typed['evidence']}
                help="A ticket, a recording, a contact number."
                long
              />
              <Field
                name="amount"
                label={`Disputed part, ${view.currency}`}
                value={typed['amount']}
                help="Left empty: all that is not taken back yet."
                fault={fault !== null}
              />
              <Field
                name="to"
                label="Code of the unit that should bear it"
                value={typed['to']}
                help="Left empty: service."
                fault={fault !== null}
              />
              <div class="actions">
                <button class="primary" type="submit" name="step" value="open">
                  Open the dispute
                </button>
                <button type="submit" name="step" value="preview">
                  Preview
                </button>
              </div>
            </Form>
          </Section>
        </div>
        <div class="w5">
          <Section title="If accepted, the next close posts" sub={`${view.currency}; sums to zero`}>
            {postings === null ? (
              <p class="note">Nothing can be shown for what is typed.</p>
            ) : (
              <PostingsTable postings={postings} units={new Map([[line.unit, line.unitName]])} />
            )}
          </Section>
        </div>
      </div>
    </Page>
  );
}
