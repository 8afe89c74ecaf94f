import { may } from '../../domain/roles.ts';
import type { Board } from '../close-board.ts';
import { Field, Form } from '../form.tsx';
import { counted, day, grouped, monthYear, rounded } from '../format.ts';
import { label, t } from '../language.ts';
import { Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';
import { roleName } from '../words.ts';

/** Something that is not settled yet: what it means for the month, who settles it, and where. */
export interface Matter {
  readonly key: string;
  readonly what: string;
  readonly means: string;
  /** decimal text; null where no amount hangs on it */
  readonly amount: string | null;
  /** roles */
  readonly who: readonly string[];
  readonly due: string | null;
  readonly href: string;
  readonly deed: string;
}

export function mattersOf(board: Board): Matter[] {
  const { period, run } = board;
  const matters: Matter[] = [];
  for (const { channel, contacts, units } of board.channels)
    matters.push({
      key: `channel ${channel}`,
      what: t('Channel “{channel}” is not mapped', { channel }),
      means: t('no pool takes its {contacts} contacts{units}', {
        contacts: grouped(rounded(contacts, 0)),
        units: units.length === 0 ? '' : ` (${units.map((unit) => nameOf(board, unit)).join(', ')})`,
      }),
      ...{ amount: null, who: ['finance'], due: null },
      ...{ href: `#channel-${channel}`, deed: t('Map one value') },
    });
  for (const parked of board.parked)
    matters.push({
      key: `parked ${parked.unit}`,
      what: t('{unit} is parked', { unit: nameOf(board, parked.unit) }),
      means: parked.reasons.map(({ why }) => why).join('; '),
      ...{ amount: parked.amount, who: ['controller', 'cfo'], due: parked.dueOn },
      ...{ href: `#parked-${parked.unit}`, deed: t('Release or keep') },
    });
  if (board.newerRules !== null)
    matters.push({
      key: 'rules',
      what: t('The rules have changed'),
      means: t('run {run} was made with rules {old}, rules {new} are in force: calculate again', {
        ...{ run: run!.run_id, old: run!.model_id, new: board.newerRules },
      }),
      ...{ amount: null, who: ['finance'], due: null },
      ...{ href: `/rules?version=${board.newerRules}&from=${run!.model_id}`, deed: t('What changed') },
    });
  if (board.unread.length > 0 && period.state !== 'closed')
    matters.push({
      key: 'imports',
      what: t('Newer data is there'),
      means: t('{imports} since run {run} are not in it: calculate again', {
        imports: counted(board.unread.length, 'import', 'imports'),
        run: run!.run_id,
      }),
      ...{ amount: null, who: ['finance'], due: null, href: '/imports', deed: t('See them') },
    });
  if (board.earlier !== null)
    matters.push({
      key: 'earlier',
      what: t('{month} is not issued', { month: monthYear(board.earlier) }),
      means: t('months are issued in order'),
      ...{ amount: null, who: ['finance', 'controller'], due: null },
      ...{ href: `/periods/${board.earlier}`, deed: t('Go there') },
    });
  for (const dispute of board.disputes)
    matters.push({
      key: `dispute ${dispute.id}`,
      what: t('Dispute of {unit}, {month}', {
        unit: nameOf(board, dispute.unit),
        month: monthYear(dispute.chargePeriod),
      }),
      means: t('once ruled, the next calculation posts it; it does not stop the issue'),
      ...{ amount: dispute.amount, who: ['controller', 'cfo', 'service_leader'], due: dispute.dueOn },
      ...{ href: `/disputes/${dispute.id}`, deed: t('Thread') },
    });
  for (const correction of board.corrections)
    matters.push({
      key: `correction ${correction.id}`,
      what: t('Correction of {unit}, {month}', {
        unit: nameOf(board, correction.unit),
        month: monthYear(correction.chargePeriod),
      }),
      means: t('asked for by {who}; once approved, the next calculation posts it', { who: correction.askedBy }),
      ...{ amount: correction.amount, who: ['controller', 'cfo'], due: null },
      ...{ href: `#correction-${correction.id}`, deed: t('Approve') },
    });
  return matters;
}

function nameOf({ document }: Board, unit: string): string {
  return document?.units.find((of) => of.unit === unit)?.name ?? unit;
}

/** What is open, and the forms that settle it. */
export function OpenMatters({ view, board, matters }: { view: View; board: Board; matters: readonly Matter[] }) {
  return (
    <Section
      title={
        matters.length === 0 ? t('Nothing is open') : counted(matters.length, 'matter is open', 'matters are open')
      }
      sub={t('what it means for this month, who can settle it, and the next step')}
    >
      {matters.length > 0 && (
        <Table>
          <thead>
            <tr>
              <th>{t('Matter')}</th>
              <th>{t('What it means')}</th>
              <th class="n">{view.currency}</th>
              <th>{t('Who')}</th>
              <th>{t('Due')}</th>
              <td></td>
            </tr>
          </thead>
          <tbody>
            {matters.map((matter) => (
              <tr key={matter.key}>
                <th scope="row">{matter.what}</th>
                <td class="wrap">{matter.means}</td>
                <td class="n">{matter.amount === null ? '–' : grouped(matter.amount)}</td>
                <td>{matter.who.map(roleName).join(', ')}</td>
                <td class="date">{matter.due === null ? '–' : day(matter.due)}</td>
                <td class="n">
                  <a href={matter.href}>{matter.deed}</a>
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <div class="columns">
        {board.channels.map(({ channel }) => (
          <div class="w6" key={channel} id={`channel-${channel}`}>
            <MapChannel view={view} board={board} channel={channel} />
          </div>
        ))}
        {board.parked.map((parked) => (
          <div class="w6" key={parked.unit} id={`parked-${parked.unit}`}>
            <RuleParked view={view} board={board} parked={parked} />
          </div>
        ))}
        {board.corrections.map((correction) => (
          <div class="w6" key={correction.id} id={`correction-${correction.id}`}>
            <ApproveCorrection view={view} correction={correction} unit={nameOf(board, correction.unit)} />
          </div>
        ))}
      </div>
    </Section>
  );
}

/** The value that no pool knows, and the pools that may take it. */
function MapChannel({ view, board, channel }: { view: View; board: Board; channel: string }) {
  return (
    <>
      <h3>{t('Channel “{channel}”: which pool takes it?', { channel })}</h3>
      {may(view.actor, 'change_model') ? (
        <Form view={view} action={`/periods/${view.period}/channel`}>
          <input type="hidden" name="channel" value={channel} />
          <label for={`pool-${channel}`}>{t('Cost pool')}</label>
          <select id={`pool-${channel}`} name="pool">
            {board.pools.map(({ pool, name }) => (
              <option key={pool} value={pool}>
                {name}
              </option>
            ))}
          </select>
          <p class="note">
            {t(
              'Makes a new version of the rules, from {month} on. A dry run shows what it does; it counts once calculated.',
              {
                month: monthYear(view.period!),
              },
            )}
          </p>
          <div class="actions">
            <button class="primary" type="submit">
              {t('Map “{channel}”', { channel })}
            </button>
          </div>
        </Form>
      ) : (
        <p class="note">{t('Finance maps it; nobody else changes the rules.')}</p>
      )}
    </>
  );
}

function RuleParked({ view, board, parked }: { view: View; board: Board; parked: Board['parked'][number] }) {
  const unit = nameOf(board, parked.unit);
  const { state, prepared_by: preparer } = board.period;
  const why = !may(view.actor, 'rule_parked_unit')
    ? t('A controller or the CFO rules on it, not who prepared.')
    : preparer === view.actor.login && !board.period.one_person
      ? t('You prepared this month and do not rule on it.')
      : state !== 'calculated' && state !== 'closed'
        ? t('While the month is in review a ruling would be lost: take it back first, or rule after the issue.')
        : null;
  return (
    <>
      <h3>
        {t('{unit}: {amount} {currency} parked', { unit, amount: grouped(parked.amount), currency: view.currency })}
      </h3>
      {why !== null ? (
        <p class="note">{why}</p>
      ) : (
        <Form view={view} action={`/periods/${view.period}/parked/${encodeURIComponent(parked.unit)}`}>
          <Field name="reason" label={t('Reason')} required />
          <p class="note">
            {t('Released: the next calculation charges {unit} {amount}. Kept: service bears it.', {
              ...{ unit, amount: grouped(parked.amount) },
            })}
          </p>
          <div class="actions">
            <button type="submit" name="ruling" value="released">
              {t('Release')}
            </button>
            <button type="submit" name="ruling" value="kept">
              {t('Keep with service')}
            </button>
          </div>
        </Form>
      )}
    </>
  );
}

const SIDES = { service: label('service') } as const;

function ApproveCorrection({
  view,
  correction,
  unit,
}: {
  view: View;
  correction: Board['corrections'][number];
  unit: string;
}) {
  const counter = correction.counter === 'service' ? t(SIDES.service) : correction.counter;
  const allowed = may(view.actor, 'approve_correction') && correction.askedBy !== view.actor.login;
  return (
    <>
      <h3>
        {t('{amount} {currency} to {unit}, borne by {counter}', {
          ...{ amount: grouped(correction.amount), currency: view.currency, unit, counter },
        })}
      </h3>
      <p class="note">
        {correction.why} ({t('asked for by {who}', { who: correction.askedBy })})
      </p>
      {allowed ? (
        <Form view={view} action={`/periods/${view.period}/corrections/${correction.id}/approve`}>
          <div class="actions">
            <button type="submit">{t('Approve the correction')}</button>
          </div>
        </Form>
      ) : (
        <p class="note">{t('A controller or the CFO approves it, not who asked.')}</p>
      )}
    </>
  );
}
