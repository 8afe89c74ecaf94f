import type { StatementSet } from '../../domain/statements/statement-set.ts';
import type { Board } from '../close-board.ts';
import { Fault } from '../form.tsx';
import { counted, grouped, isZero, money, monthYear, rounded } from '../format.ts';
import { t } from '../language.ts';
import { Page, Section, type View } from '../layout.tsx';
import type { Refusing } from '../refused.tsx';
import { Table } from '../table.tsx';
import { CloseDeeds, DryRun, Mail, Reopen } from './close-deeds.tsx';
import { LastDifference } from './close-difference.tsx';
import { mattersOf, OpenMatters } from './close-open.tsx';
import { CloseJob } from './close-job.tsx';
import { CloseRail } from './close-rail.tsx';
import { FlowSection, ReconciliationSection, type WholeSet } from './close-reconciliation.tsx';
import { CloseUnits } from './close-units.tsx';

/** Reasons that nobody answers for, the largest. */
const WORKLIST = 10;

/** Why a deed was refused, where its form stands, and what was typed. */
export interface RefusedDeed {
  readonly of: Refusing;
  readonly deed: string;
  readonly typed: Readonly<Record<string, string>>;
}

/** Where the month stands, what is open, whether it ties out, and what comes next. */
export function ClosePage({
  view,
  board,
  preview,
  refused,
  isShown = false,
}: {
  view: View;
  board: Board;
  preview: StatementSet | null;
  refused: RefusedDeed | null;
  /** the newest calculation's outcome stands on this page */
  isShown?: boolean;
}) {
  const matters = mattersOf(board);
  const document = board.document as WholeSet | null;
  const month = monthYear(view.period!);
  const inReopen = refused?.deed === 'reopen';
  return (
    <Page view={view} title={t('Close {month}', { month })}>
      <h1>
        {document === null
          ? t('{month} has not been calculated.', { month })
          : isZero(document.reconciliation.difference)
            ? t('{month} ties out to the cent.', { month })
            : t('{month} does not tie out.', { month })}{' '}
        {matters.length === 0
          ? document !== null && t('Nothing is open.')
          : `${counted(matters.length, 'matter is open', 'matters are open')}.`}
      </h1>
      <p class="lead">
        {document === null
          ? t('Calculate it to see what it would say; nothing is posted.')
          : t('{ledger} of service cost, {contacts} contacts, {units}.', {
              ledger: money(document.reconciliation.ledger, view.currency),
              contacts: grouped(rounded(document.coverage.contacts, 0)),
              units: counted(document.units.length, 'unit', 'units'),
            })}
      </p>
      {!isShown && <CloseJob view={view} board={board} />}
      {refused !== null && !inReopen && <Fault of={refused.of} />}
      <CloseRail board={board} open={matters.length} />
      {preview !== null && <DryRun view={view} board={board} preview={preview} />}
      <OpenMatters view={view} board={board} matters={matters} />
      <div class="columns">
        <div class="w7">
          <CloseDeeds view={view} board={board} />
        </div>
        <div class="w5">
          <Mail view={view} board={board} />
          <Reopen
            view={view}
            board={board}
            fault={inReopen ? refused.of : null}
            typed={inReopen ? refused.typed : {}}
          />
        </div>
      </div>
      {document !== null && (
        <>
          <ReconciliationSection view={view} document={document} pools={board.poolNames} />
          <CloseUnits view={view} board={board} />
          <LastDifference view={view} board={board} />
          <FlowSection view={view} document={document} pools={board.poolNames} />
          <Worklist view={view} document={document} reasons={board.reasonNames} />
        </>
      )}
    </Page>
  );
}

function Worklist({
  view,
  document,
  reasons,
}: {
  view: View;
  document: WholeSet;
  reasons: ReadonlyMap<string, string>;
}) {
  const { worklist } = document.coverage;
  return (
    <Section
      title={worklist.length === 0 ? t('Every contact has an owner') : t('Largest reasons that nobody answers for')}
      sub={t('contacts without an owner stay with service until a rule takes them')}
    >
      {worklist.length > 0 && (
        <Table focusable>
          <thead>
            <tr>
              <th>{t('Reason')}</th>
              <th>{t('Channel')}</th>
              <th class="n">{t('Contacts')}</th>
              <th class="n">{view.currency}</th>
            </tr>
          </thead>
          <tbody>
            {worklist.slice(0, WORKLIST).map((item) => (
              <tr key={`${item.reason} ${item.channel}`}>
                <td>{reasons.get(item.reason) ?? item.reason}</td>
                <td>{item.channel}</td>
                <td class="n">{grouped(rounded(item.contacts, 1))}</td>
                <td class="n">{grouped(item.amount)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  );
}
