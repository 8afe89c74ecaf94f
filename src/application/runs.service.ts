import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/errors.ts';
import { amountText } from '../domain/money.ts';
import type { Period } from '../domain/period.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import { Database, type Tx } from '../persistence/database.ts';
import {
  importsBetween,
  lineList,
  runList,
  runRow,
  serviceLineList,
  type LineRow,
  type RunListing,
} from '../persistence/runs.queries.ts';
import { moneyOf } from './ruling-inputs.ts';

export interface LineChange {
  readonly line: string;
  /** null: service */
  readonly unit: string | null;
  readonly kind: string;
  readonly decision: string | null;
  readonly reason: string | null;
  readonly channel: string | null;
  readonly pool: string | null;
  readonly before: string;
  readonly after: string;
  readonly contacts: { readonly before: string; readonly after: string } | null;
}

export interface RunComparison {
  readonly period: Period;
  readonly before: string;
  readonly after: string;
  /** why they may differ: what was frozen with the one and not with the other */
  readonly why: {
    readonly model: { readonly before: number; readonly after: number } | null;
    readonly code: { readonly before: string; readonly after: string } | null;
    /** imports that only one of them read, those that touch the period or nothing in particular */
    readonly imports: readonly { readonly import: string; readonly kind: string; readonly file: string }[];
    /** earlier runs, corrections and rulings that they went on from */
    readonly reads: readonly string[];
  };
  /** lines whose amount or contacts differ, largest difference first */
  readonly lines: readonly LineChange[];
}

/** Runs of a period, and what differs between two of them, and why. */
@Injectable()
export class RunsService {
  constructor(private readonly db: Database) {}

  async list(actor: Actor, period: Period): Promise<RunListing[]> {
    requireRight(actor, 'read_all');
    return await this.db.read(actor, (tx) => runList(tx, period));
  }

  /** @throws Refusal no_run, other_period */
  async compare(actor: Actor, before: string, after: string): Promise<RunComparison> {
    requireRight(actor, 'read_all');
    return await this.db.read(actor, async (tx) => {
      const [a, b] = [await known(tx, before), await known(tx, after)];
      if (a.period !== b.period)
        throw new Refusal('other_period', `run ${before} is of ${a.period}, run ${after} of ${b.period}`, {
          next: `answerable runs list ${a.period}`,
        });
      const [older, newer] = BigInt(a.watermark) <= BigInt(b.watermark) ? [a, b] : [b, a];
      const imports = await importsBetween(tx, older.watermark, newer.watermark);
      return {
        period: a.period,
        before,
        after,
        why: {
          model: a.model_id === b.model_id ? null : { before: a.model_id, after: b.model_id },
          code: a.code_version === b.code_version ? null : { before: a.code_version, after: b.code_version },
          imports: imports
            .filter(({ periods }) => periods.length === 0 || periods.includes(a.period))
            .map((row) => ({ import: row.import_id, kind: row.kind, file: row.file_name })),
          reads: Object.keys({ ...a.reads, ...b.reads }).filter((key) => differs(a.reads, b.reads, key)),
        },
        lines: await changes(tx, before, after),
      };
    });
  }
}

async function known(tx: Tx, id: string) {
  const run = /^\d{1,18}$/.test(id) ? await runRow(tx, id) : undefined;
  if (run) return run;
  throw new Refusal('no_run', `there is no run ${id}`, { kind: 'not_found', next: 'answerable runs list PERIOD' });
}

function differs(a: object, b: object, key: string): boolean {
  const of = (reads: object) => JSON.stringify((reads as Record<string, unknown>)[key] ?? null);
  return of(a) !== of(b);
}

async function changes(tx: Tx, before: string, after: string): Promise<LineChange[]> {
  const { digits } = await moneyOf(tx);
  const [was, is] = [await amounts(tx, before), await amounts(tx, after)];
  const magnitude = (value: bigint) => (value < 0n ? -value : value);
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((id) => ({ id, a: was.get(id), b: is.get(id) }))
    .filter(({ a, b }) => a?.amount !== b?.amount || a?.contacts !== b?.contacts)
    .sort((x, y) => {
      const [dx, dy] = [x, y].map(({ a, b }) => magnitude((b?.amount ?? 0n) - (a?.amount ?? 0n))) as [bigint, bigint];
      return dx === dy ? (x.id < y.id ? -1 : 1) : dx > dy ? -1 : 1;
    })
    .map(({ id, a, b }): LineChange => {
      const { unit, kind, decision, reason, channel, pool } = (b ?? a)!;
      return {
        ...{ line: id, unit, kind, decision, reason, channel, pool },
        before: amountText(a?.amount ?? 0n, digits),
        after: amountText(b?.amount ?? 0n, digits),
        contacts: unit === null ? null : { before: a?.contacts ?? '0', after: b?.contacts ?? '0' },
      };
    });
}

type Amounts = Omit<LineChange, 'line' | 'before' | 'after' | 'contacts'> & {
  readonly amount: bigint;
  readonly contacts: string | null;
};

async function amounts(tx: Tx, run: string): Promise<Map<string, Amounts>> {
  const lines = (await lineList(tx, run)).map((line: LineRow): [string, Amounts] => [
    line.line_id,
    {
      unit: line.unit_code,
      kind: `${line.kind}, ${line.treatment}`,
      decision: line.decision_code,
      reason: line.reason_code,
      channel: line.channel,
      pool: line.pool_code,
      amount: BigInt(line.amount_minor),
      contacts: line.contacts,
    },
  ]);
  const service = (await serviceLineList(tx, run)).map((row): [string, Amounts] => [
    row['line_id']!,
    {
      ...{
        unit: null,
        kind: row['kind']!,
        decision: null,
        reason: null,
        channel: null,
        pool: row['pool_code'] ?? null,
      },
      amount: BigInt(row['amount_minor']!),
      contacts: null,
    },
  ]);
  return new Map([...lines, ...service]);
}
