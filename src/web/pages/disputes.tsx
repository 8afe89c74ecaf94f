import type { Dispute, PreviewPosting } from '../../application/disputes.service.ts';
import type { DisputeEntry } from '../../persistence/disputes.queries.ts';
import { Fault, Field, Form } from '../form.tsx';
import { counted, day, grouped, instant, money, monthYear } from '../format.ts';
import { label, rich, t } from '../language.ts';
import { Page, Section, type View } from '../layout.tsx';
import type { Refusing } from '../refused.tsx';
import { Table } from '../table.tsx';
import { PostingsTable } from './postings-table.tsx';

const STATES: Readonly<Record<Dispute['state'], string>> = {
  open: label('○ Open'),
  escalated: label('▲ With the CFO'),
  accepted: label('✓ Accepted'),
  rejected: label('✕ Rejected'),
};

type Units = ReadonlyMap<string, string>;

export function sideName(unit: string, units: Units): string {
  return unit === 'service' ? t('Service') : (units.get(unit) ?? unit);
}

export function DisputesPage({ view, disputes, units }: { view: View; disputes: readonly Dispute[]; units: Units }) {
  const waiting = disputes.filter((dispute) => dispute.ruledBy === null);
  const overdue = waiting.filter((dispute) => dispute.overdue).length;
  return (
    <Page view={view} title={t('Disputes')}>
      <h1>
        {disputes.length === 0
          ? t('Nothing is disputed.')
          : waiting.length === 0
            ? t('Every dispute is ruled.')
            : `${counted(waiting.length, 'dispute waits for a ruling', 'disputes wait for a ruling')}${overdue > 0 ? `, ${t('{count} overdue', { count: overdue })}` : ''}.`}
      </h1>
      <p class="lead">
        {t(
          'A line of an issued statement is disputed from the line itself, within twelve months. Somebody who belongs to neither side rules; the next close books what is accepted, summing to zero.',
        )}
      </p>
      <Section title={t('Disputes')} sub={t('{currency}; newest first', { currency: view.currency })}>
        {disputes.length === 0 ? (
          <p class="note">
            {rich('Open a {statement}: each line has its own link.', {
              statement: <a href="/statements">{t('statement')}</a>,
            })}
          </p>
        ) : (
          <Table>
            <thead>
              <tr>
                <th>{t('What is disputed')}</th>
                <th>{t('Why')}</th>
                <th class="n">{t('Disputed')}</th>
                <th class="n">{t('Accepted')}</th>
                <th>{t('State')}</th>
                <th>{t('Ruling due')}</th>
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
                  <td>{t(STATES[dispute.state])}</td>
                  <td class={dispute.overdue ? 'against' : ''}>
                    {dispute.ruledBy === null
                      ? `${day(dispute.dueOn)}${dispute.overdue ? `, ${t('overdue')}` : ''}`
                      : t('ruled')}
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
    <Page view={view} title={t('Dispute {id}', { id: dispute.id })}>
      <p class="sub">
        <a href="/disputes">{t('Disputes')}</a> › {unit}, {monthYear(dispute.chargePeriod)}
      </p>
      <h1>
        {t('{unit} disputes {amount} of {month}', {
          unit,
          amount: money(dispute.amount, view.currency),
          month: monthYear(dispute.chargePeriod),
        })}
      </h1>
      <p class="lead">
        {t(STATES[dispute.state])}.{' '}
        {open
          ? dispute.overdue
            ? t('To be ruled by {day}: overdue.', { day: day(dispute.dueOn) })
            : t('To be ruled by {day}.', { day: day(dispute.dueOn) })
          : dispute.accepted === null
            ? t('Nothing is taken back; ruled by {who}.', { who: dispute.ruledBy })
            : t('{amount} is taken back; ruled by {who}.', {
                amount: money(dispute.accepted, view.currency),
                who: dispute.ruledBy,
              })}{' '}
        <a href={`/explain/line/${dispute.line}`}>{t('The charge, explained')}</a>
      </p>
      <Fault of={fault} />
      <div class="columns">
        <div class="w7">
          <Section title={t('What was said')} sub={t('both sides see all of it; times in UTC')}>
            <ol class="thread">
              <Said by={dispute.openedBy} at={dispute.openedAt} kind={t('opened it')} text={dispute.reason} />
              {dispute.evidence !== '' && (
                <Said by={dispute.openedBy} at={dispute.openedAt} kind={t('evidence')} text={dispute.evidence} />
              )}
              {dispute.thread.map((entry) => (
                <Said
                  key={`${entry.at.toISOString()} ${entry.text}`}
                  by={entry.by}
                  at={entry.at}
                  kind={entry.kind === 'escalation' ? t('handed it to the CFO') : t('replied')}
                  text={entry.text}
                />
              ))}
              {dispute.ruledAt !== null && (
                <Said by={dispute.ruledBy!} at={dispute.ruledAt} kind={dispute.state} text={dispute.ruling!} />
              )}
            </ol>
            {deeds.reply && open && (
              <Form view={view} action={`${path}/reply`}>
                <Field name="text" label={t('Reply')} value={typed['text']} required long fault={fault !== null} />
                <div class="actions">
                  <button type="submit">{t('Reply')}</button>
                  {deeds.escalate && (
                    <button type="submit" formaction={`${path}/escalate`}>
                      {t('Hand to the CFO')}
                    </button>
                  )}
                </div>
              </Form>
            )}
          </Section>
        </div>
        <div class="w5">
          <Section
            title={open ? t('If accepted, the next close posts') : t('What the ruling posts')}
            sub={t('{currency}; borne by {counter}; sums to zero', {
              currency: view.currency,
              counter: sideName(dispute.counter, units),
            })}
          >
            {postings === null ? (
              <p class="note">{t('Nothing.')}</p>
            ) : (
              <PostingsTable postings={postings} units={units} />
            )}
          </Section>
          {open && (
            <Section title={t('Ruling')} sub={deeds.why}>
              {deeds.rule && (
                <Form view={view} action={`${path}/rule`}>
                  <Field
                    name="amount"
                    label={t('Accepted part of {amount}, {currency}', {
                      amount: grouped(dispute.amount),
                      currency: view.currency,
                    })}
                    value={typed['amount']}
                    help={t('Left empty: all of it.')}
                    fault={fault !== null}
                  />
                  <Field
                    name="reason"
                    label={t('Reason')}
                    value={typed['reason']}
                    required
                    long
                    fault={fault !== null}
                  />
                  <div class="actions">
                    <button class="primary" type="submit" name="outcome" value="accept">
                      {t('Accept: take it back')}
                    </button>
                    <button type="submit" name="outcome" value="reject">
                      {t('Reject: let it stand')}
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

/** What somebody said, in a list of class `thread`. */
export function Said({ by, at, kind, text }: { by: string; at: Date; kind: string; text: string }) {
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
    <Page view={view} title={t('Dispute: {title}', { title: line.title })}>
      <p class="sub">
        <a href={statement}>
          {line.unitName}, {monthYear(view.period!)}
        </a>{' '}
        › {line.title} › {t('Dispute')}
      </p>
      <h1>
        {t('Dispute {amount} for {title} ‖ deed', { amount: money(line.amount, view.currency), title: line.title })}
      </h1>
      <p class="lead">
        {t('Say what is wrong and what shows it. Nothing is posted until somebody of neither side has ruled.')}{' '}
        <a href={`/explain/line/${line.id}`}>{t('See what the charge is made of')}</a>
      </p>
      <Fault of={fault} />
      <div class="columns">
        <div class="w7">
          <Section title={t('What is wrong')}>
            <Form view={view} action={`${statement}/lines/${encodeURIComponent(line.id)}/dispute`}>
              <Field name="reason" label={t('Reason')} value={typed['reason']} required long fault={fault !== null} />
              <Field
                name="evidence"
                label={t('Evidence')}
                value={typed['evidence']}
                help={t('A ticket, a recording, a contact number.')}
                long
              />
              <Field
                name="amount"
                label={t('Disputed part, {currency}', { currency: view.currency })}
                value={typed['amount']}
                help={t('Left empty: all that is not taken back yet.')}
                fault={fault !== null}
              />
              <Field
                name="to"
                label={t('Code of the unit that should bear it')}
                value={typed['to']}
                help={t('Left empty: service.')}
                fault={fault !== null}
              />
              <div class="actions">
                <button class="primary" type="submit" name="step" value="open">
                  {t('Open the dispute')}
                </button>
                <button type="submit" name="step" value="preview">
                  {t('Preview')}
                </button>
              </div>
            </Form>
          </Section>
        </div>
        <div class="w5">
          <Section
            title={t('If accepted, the next close posts')}
            sub={t('{currency}; sums to zero', { currency: view.currency })}
          >
            {postings === null ? (
              <p class="note">{t('Nothing can be shown for what is typed.')}</p>
            ) : (
              <PostingsTable postings={postings} units={new Map([[line.unit, line.unitName]])} />
            )}
          </Section>
        </div>
      </div>
    </Page>
  );
}
