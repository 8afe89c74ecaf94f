import type { Board } from '../close-board.ts';
import { counted, day, grouped, instant, percent, rounded } from '../format.ts';
import { label, t } from '../language.ts';

const STEPS = ['open', 'calculated', 'in_review', 'approved', 'closed'] as const;
const NAMES = [label('Data in'), label('Attributed'), label('In review'), label('Approved'), label('Issued')] as const;

/** Where the month stands between its data and its issue, with what each step found. */
export function CloseRail({ board, open }: { board: Board; /** matters */ open: number }) {
  const at = STEPS.indexOf(board.period.state);
  const notes = [dataNote(board), runNote(board), reviewNote(board, open), approvalNote(board), issueNote(board)];
  return (
    <ol class="steps">
      {NAMES.map((name, i) => {
        const done = i < at || at === STEPS.length - 1;
        const now = !done && i === at;
        return (
          <li key={name} class={done ? 'done' : now ? 'now' : ''} aria-current={now ? 'step' : undefined}>
            <strong>
              {done ? '✓' : now ? '●' : '○'} {t(name)}
            </strong>
            {notes[i]!.map((note) => (
              <span key={note}>{note}</span>
            ))}
          </li>
        );
      })}
    </ol>
  );
}

function dataNote({ imports }: Board): string[] {
  if (imports.length === 0) return [t('no import of this month')];
  const refused = imports.reduce((sum, row) => sum + row.rowsRefused, 0);
  return [
    counted(imports.length, 'import', 'imports'),
    t('newest {at} UTC, {refused} refused', { at: instant(imports[0]!.at), refused: grouped(`${refused}`) }),
  ];
}

function runNote({ run, document }: Board): string[] {
  const { coverage } = document ?? {};
  if (run === null || coverage === undefined) return [t('not calculated')];
  const kept = (text: string): bigint => BigInt(rounded(text, 6).replace('.', ''));
  const attributed = 1_000_000n - kept(coverage.unattributed) - kept(coverage.repeats);
  return [
    t('run {run}, rules {rules}', { run: run.run_id, rules: run.model_id }),
    t('{share} of {contacts} contacts attributed', {
      share: percent(attributed, 1_000_000n),
      contacts: grouped(rounded(coverage.contacts, 0)),
    }),
  ];
}

function reviewNote({ period }: Board, open: number): string[] {
  return [
    period.prepared_by === null ? '' : t('prepared by {who}', { who: period.prepared_by }),
    open === 0 ? t('nothing is open') : counted(open, 'matter is open', 'matters are open'),
  ].filter((note) => note !== '');
}

function approvalNote({ period }: Board): string[] {
  if (period.approved_by !== null) return [t('by {who}', { who: period.approved_by })];
  return [t('by a controller or the CFO'), t('not by who prepared')];
}

function issueNote({ period, document, accepted }: Board): string[] {
  const statements = counted(document?.units.length ?? 0, 'statement', 'statements');
  if (period.state !== 'closed' || period.issued_at === null) return [statements];
  return [
    t('by {who}, {day}', { who: period.issued_by ?? '', day: day(period.issued_at.toISOString()) }),
    t('{statements}, {accepted} accepted', { statements, accepted: `${accepted.size}` }),
  ];
}
