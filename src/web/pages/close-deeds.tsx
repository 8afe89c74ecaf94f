import { may } from '../../domain/roles.ts';
import type { Reconciliation, StatementSet } from '../../domain/statements/statement-set.ts';
import type { Board } from '../close-board.ts';
import { Fault, Field, Form } from '../form.tsx';
import { amount, counted, decimals, grouped, isZero, minor, money, monthYear, signed } from '../format.ts';
import { label, t } from '../language.ts';
import { Section, type View } from '../layout.tsx';
import type { Refusing } from '../refused.tsx';
import { Table } from '../table.tsx';
import { roleName } from '../words.ts';
import { ReconciliationDifference } from './close-difference.tsx';

interface Deed {
  readonly name: 'close' | 'submit' | 'approve' | 'issue';
  readonly label: string;
  readonly allowed: boolean;
  /** what it does in numbers, or why it is not open */
  readonly says: string;
}

/** What the viewer may do with the month, what each deed does in numbers, and why the others are not open. */
export function CloseDeeds({ view, board }: { view: View; board: Board }) {
  const deeds = deedsOf(view, board);
  // A run that knows all there is needs no other: it is handed in.
  const isStale = board.newerRules !== null || board.unread.length > 0;
  const open = deeds.filter(({ name, allowed }) => allowed && (name !== 'close' || board.run === null || isStale));
  const next = open[0]?.name;
  const mayPreview = may(view.actor, 'close') && board.period.state !== 'closed';
  return (
    <Section title={titleOf(board)} sub={t('who prepared cannot approve; each deed is an event in the audit log')}>
      <div class="actions">
        {mayPreview && (
          <Form view={view} action={`/periods/${view.period}/close`}>
            <button type="submit" name="step" value="preview" aria-describedby="why-preview">
              {t('Dry run')}
            </button>
          </Form>
        )}
        {deeds.map((deed) => (
          <Form key={deed.name} view={view} action={`/periods/${view.period}/${deed.name}`}>
            <button
              type="submit"
              class={deed.name === next ? 'primary' : ''}
              disabled={!deed.allowed}
              aria-describedby={`why-${deed.name}`}
            >
              {t(deed.label)}
            </button>
          </Form>
        ))}
      </div>
      {mayPreview && (
        <p class="note" id="why-preview">
          {t('Dry run: reckons with what is there now, shows it here and keeps nothing.')}
        </p>
      )}
      {deeds.map((deed) => (
        <p class="note" id={`why-${deed.name}`} key={deed.name}>
          {t(deed.label)}: {deed.says}
        </p>
      ))}
    </Section>
  );
}

function titleOf({ period }: Board): string {
  const { prepared_by: by, approved_by: approved, issued_by: issued } = period;
  if (period.state === 'closed') return t('Issued by {who}', { who: issued ?? '–' });
  if (approved !== null && period.state === 'approved') return t('Approved by {who}', { who: approved });
  return by === null ? t('What comes next') : t('Prepared by {who}; another person approves', { who: by });
}

function deedsOf(view: View, board: Board): Deed[] {
  const { state, prepared_by: preparer, one_person: onePerson } = board.period;
  const own = preparer === view.actor.login && !onePerson;
  const deed = (
    name: Deed['name'],
    title: string,
    right: Parameters<typeof may>[1],
    states: readonly string[],
    blocked: string,
    does: string,
  ): Deed => {
    const entitled = may(view.actor, right);
    const ready = states.includes(state);
    const mine = own && (name === 'approve' || name === 'issue');
    const role = roleName(view.actor.role);
    const says = !entitled
      ? t('not with the role {role}.', { role })
      : !ready
        ? blocked
        : mine
          ? t('not by you: you prepared it.')
          : does;
    return { name, label: title, allowed: entitled && ready && !mine, says };
  };
  const month = monthYear(view.period!);
  const told = consequence(view, board);
  return [
    deed(
      ...(['close', label('Calculate'), 'close', ['open', 'calculated'], t('only before review.')] as const),
      t('makes a run of what is there now; nothing is posted.'),
    ),
    deed(
      ...(['submit', label('Hand in'), 'submit', ['calculated'], t('only once calculated.')] as const),
      t('hands {told} to a second person.', { told }),
    ),
    deed(
      ...([
        'approve',
        label('Approve'),
        'approve',
        ['in_review'],
        t('only in review, and not by who prepared.'),
      ] as const),
      t('lets {told} be issued.', { told }),
    ),
    deed(
      ...(['issue', label('Issue'), 'issue', ['approved'], t('only once approved.')] as const),
      t('closes {month} for good: {told}. Later changes become corrections.', { month, told }),
    ),
  ];
}

/** 812,000.00 € for 6 units, 1 parked with 2,937.02 € */
function consequence(view: View, { document, parked }: Board): string {
  if (!document?.reconciliation) return t('nothing yet');
  const charged = money(document.reconciliation.charged, view.currency);
  const units = counted(document.units.length, 'unit', 'units');
  if (parked.length === 0) return t('{charged} for {units}', { charged, units });
  const scale = decimals(document.reconciliation.charged);
  const held = money(
    amount(
      parked.reduce((sum, { amount: text }) => sum + minor(text), 0n),
      scale,
    ),
    view.currency,
  );
  return t('{charged} for {units}, {parked} parked with {held}', { charged, units, parked: parked.length, held });
}

/** Issued statements to their owners, each unit's own alone. */
export function Mail({ view, board }: { view: View; board: Board }) {
  if (board.mails === null) return null;
  return (
    <Section
      title={
        board.mails === 0
          ? t('Nobody has been mailed')
          : counted(board.mails, label('mail is on its way or there'), label('mails are on their way or there'))
      }
      sub={t('each owner gets the own unit’s statement with link and hash; whom a mail has reached gets none again')}
    >
      {may(view.actor, 'mail') ? (
        <Form view={view} action={`/periods/${view.period}/mail`}>
          <div class="actions">
            <button type="submit">{t('Mail the statements to their owners')}</button>
          </div>
        </Form>
      ) : (
        <p class="note">{t('Finance or a controller does it.')}</p>
      )}
    </Section>
  );
}

/** Taking the month back: a reason, and the month typed, because what was handed in or issued falls. */
export function Reopen({
  view,
  board,
  fault,
  typed,
}: {
  view: View;
  board: Board;
  fault: Refusing | null;
  typed: Readonly<Record<string, string>>;
}) {
  const { state } = board.period;
  if (!['in_review', 'approved', 'closed'].includes(state)) return null;
  const closed = state === 'closed';
  const told = consequence(view, board);
  const confirms = may(view.actor, 'confirm_reopening') && board.reopening?.askedBy !== view.actor.login;
  return (
    <Section
      title={closed ? t('Open the month again') : t('Take the month back')}
      sub={
        closed
          ? t(
              'asked for by one, confirmed by another; what is issued stays as it is, and the next issue is a new version',
            )
          : t('it becomes calculated again and can be changed; approval starts anew')
      }
    >
      {board.reopening !== null && (
        <>
          <p class="note">
            {t('{who} asks for it: {reason}', { who: board.reopening.askedBy, reason: board.reopening.reason })}
          </p>
          {confirms ? (
            <Form view={view} action={`/periods/${view.period}/confirm-reopening`}>
              <p class="note">{t('Confirmed: {told} is open again.', { told })}</p>
              <div class="actions">
                <button type="submit">{t('Confirm: open it again')}</button>
              </div>
            </Form>
          ) : (
            <p class="note">{t('Another controller or the CFO confirms it.')}</p>
          )}
        </>
      )}
      {board.reopening === null && may(view.actor, 'reopen') && (
        <details open={fault !== null}>
          <summary>{closed ? t('Ask for it') : t('Take it back')}</summary>
          <Fault of={fault} />
          <Form view={view} action={`/periods/${view.period}/reopen`}>
            <Field name="reason" label={t('Reason')} value={typed['reason']} required fault={fault !== null} />
            <Field
              name="period"
              label={t('Type {period} to take back {told}', { period: view.period!, told })}
              value={typed['period']}
              required
              fault={fault !== null}
            />
            <div class="actions">
              <button type="submit">{closed ? t('Ask for it') : t('Take it back')}</button>
            </div>
          </Form>
        </details>
      )}
      {board.reopening === null && !may(view.actor, 'reopen') && (
        <p class="note">{t('Finance or a controller does it.')}</p>
      )}
    </Section>
  );
}

/** What a dry run found, beside the standing run. */
export function DryRun({ view, board, preview }: { view: View; board: Board; preview: StatementSet }) {
  const before = board.document;
  const after = preview.reconciliation!;
  const scale = decimals(after.charged);
  const names = new Map(preview.units.map(({ unit, name }) => [unit, name]));
  const gross = (of: StatementSet | null): Map<string, string> =>
    new Map((of?.units ?? []).map((unit) => [unit.unit, unit.gross]));
  const [was, is] = [gross(before), gross(preview)];
  const moved = [...new Set([...is.keys(), ...was.keys()])]
    .map((unit) => ({ unit, was: was.get(unit) ?? amount(0n, scale), is: is.get(unit) ?? amount(0n, scale) }))
    .filter((row) => row.was !== row.is);
  const still = preview.units.filter((unit) => unit.lines.some(({ treatment }) => treatment === 'parked'));
  return (
    <Section
      title={
        still.length === 0
          ? t('Dry run: {charged} would be charged, nobody is parked', { charged: money(after.charged, view.currency) })
          : t('Dry run: {charged} would be charged, {parked} parked', {
              charged: money(after.charged, view.currency),
              parked: still.map(({ name }) => name).join(', '),
            })
      }
      sub={t('nothing of this is kept; to keep it, take the month back if it is handed in, and calculate')}
    >
      <div class="columns" role="status">
        <div class="w6">
          <ReconciliationDifference
            before={before?.reconciliation ?? nothing(after)}
            after={after}
            heads={[board.run === null ? t('Nothing yet') : t('Run {id}', { id: board.run.run_id }), t('Dry run')]}
          />
        </div>
        <div class="w6">
          <Table focusable>
            <thead>
              <tr>
                <th>{moved.length === 0 ? t('No unit’s charge moves') : t('Gross charge that moves')}</th>
                <th class="n">{t('Now')}</th>
                <th class="n">{t('Dry run')}</th>
                <th class="n">{t('Difference')}</th>
              </tr>
            </thead>
            <tbody>
              {moved.map((row) => (
                <tr key={row.unit}>
                  <td>{names.get(row.unit) ?? row.unit}</td>
                  <td class="n">{grouped(row.was)}</td>
                  <td class="n">{grouped(row.is)}</td>
                  <td class="n">{signed(amount(minor(row.is) - minor(row.was), scale))}</td>
                </tr>
              ))}
            </tbody>
          </Table>
          {isZero(after.difference) && <p class="note">{t('It ties out to the cent.')} ✓</p>}
        </div>
      </div>
    </Section>
  );
}

function nothing(like: Reconciliation): Reconciliation {
  const zero = amount(0n, decimals(like.ledger));
  return Object.fromEntries(Object.keys(like).map((key) => [key, zero])) as unknown as Reconciliation;
}
