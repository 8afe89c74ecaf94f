import { canonicalize } from 'json-canonicalize';
import { parse } from 'csv-parse/sync';
import { Injectable } from '@nestjs/common';
import { Register } from '../domain/attribution/register.ts';
import { Refusal } from '../domain/errors.ts';
import { sha256 } from '../domain/ids.ts';
import { amountText, parseAmount } from '../domain/money.ts';
import { lastDay, type LocalDate, type Period } from '../domain/period.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import {
  journalLines,
  reversedLines,
  totals,
  type JournalLine,
  type JournalPlaces,
  type JournalPosting,
} from '../domain/statements/journal.ts';
import { unitList } from '../persistence/close-inputs.queries.ts';
import { Database, type Tx } from '../persistence/database.ts';
import { currentIssue } from '../persistence/issues.queries.ts';
import {
  insertJournal,
  insertReceipt,
  journalList,
  journalPostings,
  type JournalRow,
} from '../persistence/journals.queries.ts';
import { lockPeriod } from '../persistence/periods.queries.ts';
import { runRow } from '../persistence/runs.queries.ts';
import { audit } from './audit.ts';
import { journalFile, readJournalMapping, type JournalMapping } from './journal-mapping.ts';
import { parsePlain } from './model-text.ts';
import { moneyOf, type Money } from './ruling-inputs.ts';

export interface Journal {
  /** number of the file, ascending without end */
  readonly no: string;
  readonly period: Period;
  readonly version: number;
  readonly document: string;
  readonly name: string;
  readonly content: Buffer;
  readonly sha256: string;
  readonly lines: number;
  /** sum of debits, and of credits */
  readonly total: string;
  /** charges between legal entities: they need an invoice at a transfer price, so they are no line of this file */
  readonly intercompany: readonly { readonly unit: string; readonly legalEntity: string; readonly amount: string }[];
  /** false: the file was made before; these are its bytes */
  readonly isNew: boolean;
  readonly receipt: { readonly reference: string; readonly bookedOn: string } | null;
}

/** Journals for the general ledger: one for each issue of a period, and what the ledger answered. */
@Injectable()
export class JournalsService {
  constructor(private readonly db: Database) {}

  /**
   * The journal of a closed period. Asked again it is the same file. A reissued period's journal begins with the exact
   * inverse of the one before, when that was made.
   * @param mapping text of a mapping file and its name
   * @throws Refusal not_issued, cost_center_missing, journal_exists; InvalidInput for the mapping
   */
  async journal(
    actor: Actor,
    period: Period,
    mapping: { readonly yaml: string; readonly file: string },
  ): Promise<Journal> {
    requireRight(actor, 'journal');
    const read = readJournalMapping(mapping.yaml, mapping.file);
    const mappingHash = sha256(canonicalize(parsePlain(mapping.yaml, mapping.file)));
    return await this.db.books(async (tx) => {
      const row = await lockPeriod(tx, period);
      const issue = await currentIssue(tx, period);
      if (row.state !== 'closed' || issue === undefined)
        throw new Refusal('not_issued', `${period} is not issued`, {
          kind: 'conflict',
          next: `answerable issue ${period}`,
        });
      const money = await moneyOf(tx);
      const made = await journalList(tx, period);
      const present = made.find((journal) => journal.issue_id === issue.issue_id);
      if (present) {
        if (present.mapping_hash !== mappingHash)
          throw new Refusal(
            'journal_exists',
            `journal ${present.journal_no} of ${period} was made with another mapping`,
            {
              kind: 'conflict',
              next: 'use the mapping it was made with; a file that was sent is not changed',
            },
          );
        return {
          ...shown(present, period, money, await betweenEntities(tx, issue.run_id, period, money)),
          isNew: false,
        };
      }
      const earlier = made[0];
      const taken = earlier
        ? await linesOf(tx, earlier.run_id, period, readJournalMapping(earlier.mapping, 'mapping'))
        : [];
      const lines = [...reversedLines(taken), ...(await linesOf(tx, issue.run_id, period, read))];
      const document = documentNo(period, issue.version);
      const content = journalFile(lines, read, { document, period, ...money });
      const kept = {
        ...{ issueId: issue.issue_id, mapping: mapping.yaml, mappingHash, content },
        ...{ sha256: sha256(content), lines: lines.length, total: totals(lines).debit, userId: actor.userId },
      };
      const no = await insertJournal(tx, kept);
      await audit(tx, actor, {
        deed: 'journal.make',
        object: { kind: 'journal', key: no },
        after: { document, lines: kept.lines, total: amountText(kept.total, money.digits), sha256: kept.sha256 },
      });
      const stored = (await journalList(tx, period)).find((journal) => journal.journal_no === no)!;
      return { ...shown(stored, period, money, await betweenEntities(tx, issue.run_id, period, money)), isNew: true };
    });
  }

  /**
   * Reads what the ledger answered and holds it against the file: same document, same totals.
   * @throws Refusal no_journal, bad_receipt, receipt_differs, receipt_read
   */
  async receipt(actor: Actor, period: Period, csv: string): Promise<Journal> {
    requireRight(actor, 'journal');
    return await this.db.books(async (tx) => {
      await lockPeriod(tx, period);
      const [row] = await journalList(tx, period);
      if (!row)
        throw new Refusal('no_journal', `there is no journal of ${period}`, {
          kind: 'not_found',
          next: `answerable journal ${period}`,
        });
      if (row.reference !== null)
        throw new Refusal('receipt_read', `journal ${row.journal_no} is booked as ${row.reference}`, {
          kind: 'conflict',
        });
      const money = await moneyOf(tx);
      const mapping = readJournalMapping(row.mapping, 'mapping');
      const document = documentNo(period, row.version);
      const answer = receiptOf(csv, mapping, document, money);
      const expected = BigInt(row.total_minor);
      if (answer.debit !== expected || answer.credit !== expected) {
        const booked = `${amountText(answer.debit, money.digits)} and ${amountText(answer.credit, money.digits)}`;
        throw new Refusal(
          'receipt_differs',
          `the ledger booked ${booked}, the file has ${amountText(expected, money.digits)}`,
          {
            kind: 'conflict',
            next: 'ask whoever booked it; the file stays as it is',
          },
        );
      }
      const { reference, bookedOn } = answer;
      const receipt = { journalNo: row.journal_no, reference, bookedOn, total: expected, sha256: sha256(csv) };
      await insertReceipt(tx, { ...receipt, userId: actor.userId });
      await audit(tx, actor, {
        deed: 'journal.receipt',
        object: { kind: 'journal', key: row.journal_no },
        after: { document, reference, bookedOn, sha256: receipt.sha256 },
      });
      const [stored] = await journalList(tx, period);
      return { ...shown(stored!, period, money, await betweenEntities(tx, row.run_id, period, money)), isNew: false };
    });
  }
}

const documentNo = (period: Period, version: number): string => `ANSWERABLE-${period}-${version}`;

interface Entities {
  readonly places: JournalPlaces;
  /** legal entity of units that belong to another one than service */
  readonly foreign: ReadonlyMap<string, string>;
}

async function linesOf(tx: Tx, run: string, period: Period, mapping: JournalMapping): Promise<JournalLine[]> {
  const { foreign, places } = await entities(tx, run, period);
  const postings = (await journalPostings(tx, run)).filter((posting) => !foreign.has(posting.unit));
  const without = [...new Set(postings.map(({ unit }) => unit))].filter((unit) => !places.units.get(unit));
  if (without.length > 0 || places.service === '')
    throw new Refusal(
      'cost_center_missing',
      `no cost center of ${[...without, ...(places.service ? [] : ['service'])].join(', ')}`,
      {
        next: 'import units with cost_center',
      },
    );
  const { charge, recovery } = mapping.accounts;
  const accounts = {
    ...{ charge, recovery, adjustment: mapping.accounts.adjustment ?? charge },
    adjustmentRecovery: mapping.accounts.adjustment_recovery ?? recovery,
  };
  return journalLines(postings, accounts, places, mapping.by);
}

/** Units as the run knew them, on the last day of the period. */
async function entities(tx: Tx, run: string, period: Period): Promise<Entities> {
  const { watermark } = (await runRow(tx, run))!;
  const units = await unitList(tx, watermark);
  const register = new Register({ units, decisions: [], owners: [], reasons: [] });
  const day = lastDay(period);
  const now = new Map(
    [...register.units].map(([code, records]) => [
      code,
      records.find((record) => holds(record, day)) ?? records.at(-1)!,
    ]),
  );
  const service = now.get(register.serviceUnit(day) ?? '');
  const own = service?.legalEntity ?? null;
  const foreign = new Map<string, string>();
  for (const [code, { legalEntity }] of now)
    if (legalEntity !== null && own !== null && legalEntity !== own) foreign.set(code, legalEntity);
  return {
    places: {
      units: new Map([...now].map(([code, unit]) => [code, unit.costCenter ?? ''])),
      service: service?.costCenter ?? '',
    },
    foreign,
  };
}

function holds(record: { validFrom: LocalDate; validTo: LocalDate | null }, day: LocalDate): boolean {
  return record.validFrom <= day && (record.validTo === null || day <= record.validTo);
}

async function betweenEntities(tx: Tx, run: string, period: Period, money: Money): Promise<Journal['intercompany']> {
  const { foreign } = await entities(tx, run, period);
  const postings: JournalPosting[] = await journalPostings(tx, run);
  return [...foreign].flatMap(([unit, legalEntity]) => {
    const amount = postings
      .filter((posting) => posting.unit === unit)
      .reduce((sum, posting) => sum + posting.amount, 0n);
    return amount === 0n ? [] : [{ unit, legalEntity, amount: amountText(amount, money.digits) }];
  });
}

function receiptOf(
  csv: string,
  mapping: JournalMapping,
  document: string,
  money: Money,
): { reference: string; bookedOn: string; debit: bigint; credit: bigint } {
  const columns = mapping.receipt;
  const bad = (why: string) =>
    new Refusal('bad_receipt', `the receipt ${why}`, { next: `its columns are ${Object.values(columns).join(', ')}` });
  let rows: Record<string, string>[];
  try {
    rows = parse(csv, { columns: true, bom: true, delimiter: mapping.delimiter, skip_empty_lines: true });
  } catch (error) {
    throw bad(`is no table: ${error instanceof Error ? error.message : ''}`);
  }
  const row = rows.find((candidate) => candidate[columns.document] === document);
  if (!row) throw bad(`has no row of document ${document}`);
  const minor = (column: string): bigint => {
    const parsed = parseAmount((row[column] ?? '').replace(mapping.decimal, '.'), money.currency);
    if ('fault' in parsed) throw bad(`has "${row[column] ?? ''}" in column ${column}`);
    return parsed.minor;
  };
  const [reference, bookedOn] = [row[columns.reference], row[columns.booked_on]];
  if (!reference || !bookedOn) throw bad(`lacks ${reference ? columns.booked_on : columns.reference}`);
  return { reference, bookedOn, debit: minor(columns.debit), credit: minor(columns.credit) };
}

function shown(
  row: JournalRow,
  period: Period,
  money: Money,
  intercompany: Journal['intercompany'],
): Omit<Journal, 'isNew'> {
  return {
    no: row.journal_no,
    period,
    version: row.version,
    document: documentNo(period, row.version),
    name: `journal-${period}-${row.version}-${row.journal_no.padStart(6, '0')}.csv`,
    content: row.content,
    sha256: row.sha256,
    lines: row.lines,
    total: amountText(BigInt(row.total_minor), money.digits),
    intercompany,
    receipt: row.reference === null ? null : { reference: row.reference, bookedOn: row.booked_on! },
  };
}
