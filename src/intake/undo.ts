import { Refusal } from '../domain/errors.ts';
import type { Tx } from '../persistence/database.ts';
import { importById, insertImport, lockImports, sharePeriods } from '../persistence/imports.queries.ts';
import { reverse, touchedLater } from '../persistence/staging.queries.ts';
import { stillNamed } from '../persistence/still-named.queries.ts';
import { KINDS } from './kinds/all.ts';
import { reasons } from './kinds/reasons.ts';
import { tableOf } from './stage-columns.ts';

export interface UndoReport {
  readonly importId: string;
  readonly undoes: string;
  readonly kind: string;
  readonly file: string;
  readonly rows: number;
  readonly periods: readonly string[];
}

/**
 * Takes an import back while its periods are open: its records get their former version or end, its facts turn their
 * sign. The import itself stays in the history.
 * @throws Refusal unknown_import, undone_already, import_built_upon, period_not_open
 */
export async function undoImport(tx: Tx, importId: string, userId: number | null): Promise<UndoReport> {
  await lockImports(tx);
  const done = /^\d{1,18}$/.test(importId) ? await importById(tx, importId) : undefined;
  if (done === undefined)
    throw new Refusal('unknown_import', `there is no import ${importId}`, {
      kind: 'not_found',
      next: 'answerable import --history',
    });
  if (done.undoes !== null || done.undoneBy !== null) {
    const message =
      done.undoes !== null
        ? `import ${importId} is itself the undo of ${done.undoes}`
        : `import ${importId} is undone by ${done.undoneBy}`;
    throw new Refusal('undone_already', message, {
      kind: 'conflict',
      next: 'import the file again to bring its rows back',
    });
  }
  const shut = (await sharePeriods(tx, done.totals.periods)).filter(
    ({ state }) => state !== 'open' && state !== 'calculated',
  );
  if (shut.length > 0) {
    throw new Refusal(
      'period_not_open',
      `import ${importId} touches ${shut.map((p) => `${p.period} (${p.state})`).join(', ')}`,
      {
        kind: 'conflict',
        next: 'import corrected rows instead: they become late corrections',
      },
    );
  }
  const kind = KINDS.find(({ name }) => name === done.kind)!;
  const of = tableOf(kind);
  const what = { importId, periods: done.totals.periods };
  const later = await touchedLater(tx, of, what);
  if (later.length > 0) {
    const list = later.map((l) => `${l.importId} (${l.rows} rows)`).join(', ');
    throw new Refusal('import_built_upon', `later imports changed rows of import ${importId}: ${list}`, {
      kind: 'conflict',
      next: 'undo those first',
    });
  }
  const named = await stillNamed(tx, done.kind, importId);
  if (named.length > 0) {
    const list = named.map((one) => `${one.what} by ${one.by}`).join(', ');
    throw new Refusal('import_built_upon', `what import ${importId} brought is still named: ${list}`, {
      kind: 'conflict',
      next: 'undo the imports that name it first',
    });
  }
  const undoId = await insertImport(tx, {
    ...{ kind: done.kind, fileName: done.fileName, bytes: done.bytes, sha256: done.sha256, mapping: null },
    ...{ rowsNew: 0, rowsChanged: done.rowsNew + done.rowsChanged, rowsSame: 0, rowsRefused: 0 },
    ...{ totals: done.totals, undoes: importId, userId },
  });
  await reverse(tx, of, what, undoId);
  // reasons that it made go with it, unless others have come to name them
  if (kind.name === 'contacts' && (await stillNamed(tx, 'reasons', importId)).length === 0) {
    await reverse(tx, tableOf(reasons), { importId, periods: [] }, undoId);
  }
  return {
    importId: undoId,
    undoes: importId,
    kind: done.kind,
    file: done.fileName,
    rows: done.rowsNew + done.rowsChanged,
    periods: done.totals.periods,
  };
}
