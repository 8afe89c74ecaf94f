import { Injectable } from '@nestjs/common';
import { Register } from '../domain/attribution/register.ts';
import { InvalidInput, Refusal, type InputFault } from '../domain/errors.ts';
import { Fraction } from '../domain/fraction.ts';
import { modelReference, type Model } from '../domain/model/model.ts';
import { selects, textRuleKey } from '../domain/model/selector.ts';
import { windowDays } from '../domain/model/window-days.ts';
import { isPeriod, type LocalDate, type Period } from '../domain/period.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import { booksOf } from '../domain/statements/close.ts';
import { documentsOf, type JsonObject } from '../domain/statements/document.ts';
import { atVolumes, type VolumeFactor } from '../domain/statements/volumes.ts';
import {
  cellCounts,
  cellList,
  decisionList,
  ownerList,
  reasonList,
  unitList,
  watermark,
} from '../persistence/close-inputs.queries.ts';
import { Database, type Tx } from '../persistence/database.ts';
import { touchingMark } from '../persistence/kept-figures.queries.ts';
import {
  checkPattern,
  insertModel,
  modelById,
  modelList,
  modelOfPeriod,
  type ModelListing,
  type ModelVersion,
} from '../persistence/models.queries.ts';
import { runOfPeriod } from '../persistence/periods.queries.ts';
import { runRow } from '../persistence/runs.queries.ts';
import { audit } from './audit.ts';
import { hashedModel, parseModel, parsePlain, withChannel } from './model-text.ts';
import { cellFacts, storedSum } from './cells-at.ts';
import { keptOr } from './kept-figures.ts';
import { plain } from './plain.ts';
import { readCosting } from './read-close.ts';

export interface AppliedModel {
  readonly modelId: number;
  readonly from: Period;
  readonly hash: string;
  /** true: the newest version from this period on already had this content */
  readonly unchanged: boolean;
}

export interface ModelTrial {
  readonly period: Period;
  readonly coverage: JsonObject;
  readonly unusedRules: readonly string[];
  readonly units: readonly { readonly unit: string; readonly now: string | null; readonly tried: string }[];
  readonly reconciliation: JsonObject;
}

/** Immutable versions of model.yaml, each from a period on. */
@Injectable()
export class ModelsService {
  constructor(private readonly db: Database) {}

  /** Checks a model against everything that is there and stores it. @throws InvalidInput with every fault at once */
  async apply(actor: Actor, yaml: string, from?: string, file = 'model.yaml'): Promise<AppliedModel> {
    requireRight(actor, 'change_model');
    const { model, hash } = hashedModel(yaml, file);
    const start = from ?? '1900-01';
    if (!isPeriod(start))
      throw new Refusal('bad_period', `"${start}" is not a period; a period is a month like 2026-05`);
    return await this.db.books(async (tx) => {
      await checkAgainstRecords(tx, model, file);
      const newest = await modelOfPeriod(tx, start);
      if (newest && newest.from_period === start && newest.hash === hash)
        return { modelId: newest.model_id, from: start, hash, unchanged: true };
      const modelId = await insertModel(tx, start, hash, yaml, actor.userId);
      await audit(tx, actor, {
        deed: 'model.apply',
        object: { kind: 'model', key: `${modelId}` },
        before: newest ? { model: newest.model_id, hash: newest.hash } : null,
        after: { from: start, hash, file },
      });
      return { modelId, from: start, hash, unchanged: false };
    });
  }

  /** The rules of a period with one more channel that a pool serves, as a new version from that period on. @throws Refusal no_such_pool */
  async serveChannel(actor: Actor, period: Period, channel: string, pool: string): Promise<AppliedModel> {
    requireRight(actor, 'change_model');
    const { yaml } = await this.show(actor, period);
    return await this.apply(actor, withChannel(yaml, pool, channel), period, 'close board');
  }

  /** Names of the cost pools in the rules of a period, by code. */
  async poolNames(actor: Actor, period: Period): Promise<ReadonlyMap<string, string>> {
    const { pools } = parseModel((await this.show(actor, period)).yaml);
    return new Map(pools.map(({ code, name }) => [code, name ?? code]));
  }

  /** Handling pools that list the channels they serve: where a channel that nobody serves may go. */
  async poolsByChannel(actor: Actor, period: Period): Promise<{ pool: string; name: string; channels: string[] }[]> {
    const { pools } = parseModel((await this.show(actor, period)).yaml);
    return pools.flatMap(({ code, name, kind, layer, serves }) =>
      kind === 'operating' && layer === 'handling' && serves?.channel
        ? [{ pool: code, name: name ?? code, channels: [...serves.channel] }]
        : [],
    );
  }

  /** A version by number, by the period it would close, or the newest. */
  async show(actor: Actor, which?: string): Promise<ModelVersion> {
    requireRight(actor, 'read_all');
    return await this.db.read(actor, (tx) => versionOf(tx, which));
  }

  async list(actor: Actor): Promise<ModelListing[]> {
    requireRight(actor, 'read_all');
    return await this.db.read(actor, (tx) => modelList(tx));
  }

  /** Every key that differs between two versions, with both values. */
  async diff(
    actor: Actor,
    a: string,
    b: string,
  ): Promise<{ path: string; before: string | null; after: string | null }[]> {
    requireRight(actor, 'read_all');
    return await this.db.read(actor, async (tx) => {
      const before = flat(parsePlain((await versionOf(tx, a)).yaml, 'a'));
      const after = flat(parsePlain((await versionOf(tx, b)).yaml, 'b'));
      return [...new Set([...before.keys(), ...after.keys()])]
        .sort()
        .filter((path) => before.get(path) !== after.get(path))
        .map((path) => ({ path, before: before.get(path) ?? null, after: after.get(path) ?? null }));
    });
  }

  /**
   * What a period would say under another model: coverage, unused rules, difference per unit. Nothing is stored.
   * @param volumes so many times the contacts of some reasons, like `billing.*=1.2` @throws Refusal bad_volume
   */
  async tryOn(
    actor: Actor,
    yaml: string,
    period: Period,
    file = 'model.yaml',
    volumes: readonly string[] = [],
  ): Promise<ModelTrial> {
    requireRight(actor, 'read_all');
    const factors = volumes.map(volumeFactor);
    const tried = hashedModel(yaml, file);
    const { model } = tried;
    // A deed on the books, so that what it makes of the facts is kept for the next trial, and for the close.
    return await this.db.books(async (tx) => {
      await checkAgainstRecords(tx, model, file);
      const reading = await readCosting(tx, period, undefined, tried, { control: 'sample', keeping: 'keep' });
      const books = booksOf(atVolumes(reading.upper, factors), reading.inputs);
      const document = documentsOf(books, reading.context).period;
      const current = await runOfPeriod(tx, period);
      const now = current && (await runRow(tx, current.run_id))?.document;
      const gross = (of: JsonObject | undefined) =>
        new Map(
          ((of?.['units'] ?? []) as JsonObject[]).map((unit) => [unit['unit'] as string, unit['gross'] as string]),
        );
      const before = gross(now);
      const used = new Set(books.lines.map((line) => line.rule));
      return {
        period,
        coverage: document['coverage'] as JsonObject,
        unusedRules: model.rules.map((rule) => rule.name).filter((name) => !used.has(name)),
        units: [...gross(document)].map(([unit, tried]) => ({ unit, now: before.get(unit) ?? null, tried })),
        reconciliation: document['reconciliation'] as JsonObject,
      };
    });
  }

  reference(): string {
    return modelReference();
  }
}

function volumeFactor(text: string): VolumeFactor {
  const [, reasons, factor] = /^([^=]+)=(\d{1,6}(?:\.\d{1,6})?)$/.exec(text) ?? [];
  if (reasons !== undefined && factor !== undefined) return { reasons, factor: Fraction.parse(factor) };
  throw new Refusal('bad_volume', `"${text}" is no reason, or prefix with *, and the times its contacts come`, {
    next: 'e.g. answerable model try model.yaml PERIOD --volume "billing.*=1.2"',
  });
}

async function versionOf(tx: Tx, which: string | undefined): Promise<ModelVersion> {
  const version =
    which === undefined
      ? await modelOfPeriod(tx, '2999-12' as Period)
      : isPeriod(which)
        ? await modelOfPeriod(tx, which)
        : /^\d{1,9}$/.test(which)
          ? await modelById(tx, Number(which))
          : undefined;
  if (version) return version;
  throw new Refusal(
    'no_such_model',
    which === undefined ? 'no model has been applied' : `there is no model "${which}"`,
    { kind: 'not_found', next: 'answerable model list' },
  );
}

/** Codes exist, patterns can be read, and no contact that is there is taken by two pools of a layer. */
async function checkAgainstRecords(tx: Tx, model: Model, file: string): Promise<void> {
  const mark = await watermark(tx);
  const register = new Register({
    units: await unitList(tx, mark),
    decisions: await decisionList(tx, mark),
    owners: await ownerList(tx, mark),
    reasons: await reasonList(tx, mark),
  });
  const faults: InputFault[] = [];
  const fault = (column: string, value: string, message: string, remedy: string) =>
    faults.push({ file, column, value, code: 'unknown_code', message, remedy });
  const unit = (path: string, code: string) =>
    register.units.has(code) ||
    fault(path, code, 'this unit does not exist', `Units: ${names(register.units.keys())}.`);
  const decision = (path: string, code: string) =>
    register.decisions.has(code) ||
    fault(path, code, 'this decision does not exist', `Decisions: ${names(register.decisions.keys())}.`);
  model.pools.forEach((pool, i) => {
    if (pool.unit !== undefined) unit(`pools[${i}].unit`, pool.unit);
    if (pool.zero_driver !== 'unattributed') unit(`pools[${i}].zero_driver`, pool.zero_driver);
  });
  model.rules.forEach((rule, i) => {
    for (const taker of rule.to ?? []) {
      if (taker.unit !== undefined) unit(`rules[${i}].to`, taker.unit);
      if (taker.decision !== undefined) decision(`rules[${i}].to`, taker.decision);
    }
    for (const code of rule.exposure ?? []) if (code !== '*') decision(`rules[${i}].exposure`, code);
    if (rule.incremental !== undefined) decision(`rules[${i}].incremental`, rule.incremental);
  });
  for (const section of ['reserved', 'forecast'] as const) {
    for (const units of model.charging[section].values())
      for (const code of units.keys()) unit(`charging.${section}`, code);
  }
  if (faults.length > 0) throw new InvalidInput(faults);
  for (const [i, rule] of model.rules.entries()) {
    if (rule.match?.text) await readable(tx, textRuleKey(rule.match.text), `rules[${i}].match.text`, file);
  }
  await refuseOverlaps(tx, model);
}

async function readable(tx: Tx, pattern: string, path: string, file: string): Promise<void> {
  try {
    // A savepoint: a pattern that PostgreSQL cannot read must not end the transaction.
    await tx.transaction((inner) => checkPattern(inner, pattern));
  } catch (error) {
    throw new InvalidInput([
      {
        file,
        column: path,
        value: pattern,
        code: 'bad_pattern',
        message: error instanceof Error ? error.message : 'unreadable',
        remedy: 'Mend the regular expression.',
      },
    ]);
  }
}

async function refuseOverlaps(tx: Tx, model: Model): Promise<void> {
  const serving = model.pools.flatMap(({ kind, code, layer, serves }) =>
    kind === 'operating' ? [{ code, layer, serves }] : [],
  );
  const touched = { kinds: ['contacts'], from: '0001-01' as Period, to: '9999-12' as Period };
  const mark = await touchingMark(tx, await watermark(tx), touched);
  const basis = { subject: 'contacts of two pools', on: [plain(serving), windowDays(model), mark] };
  const overlaps = await keptOr(tx, 'keep', basis, () => overlapsOf(tx, serving, ['0001-01-01', ...windowDays(model)]));
  if (overlaps.size === 0) return;
  const details = [...overlaps].map(([pools, contacts]) => `${pools}: ${contacts} contacts`);
  throw new Refusal('overlapping_pools', `contacts are taken by more than one pool of a layer: ${details[0]}`, {
    details,
    next: 'narrow `serves` of these pools',
  });
}

/** Contacts of every day by the pools of a layer that each would take them. @param cuts first days of stretches */
async function overlapsOf(
  tx: Tx,
  serving: readonly Pick<Model['pools'][number], 'code' | 'layer' | 'serves'>[],
  cuts: readonly LocalDate[],
): Promise<Map<string, bigint>> {
  const cells = await cellList(tx);
  const overlaps = new Map<string, bigint>();
  const counts = await cellCounts(tx, cuts);
  const sums = counts.map(({ cell_no: cellNo, slice }) => storedSum(cellNo, slice, 0n));
  for (const [i, cell] of cellFacts(sums, cells, { cuts, patterns: [] }).entries()) {
    const { contacts } = counts[i]!;
    const layers = new Map<string, string[]>();
    for (const pool of serving) {
      if (pool.serves && !selects(pool.serves, cell)) continue;
      layers.set(pool.layer, [...(layers.get(pool.layer) ?? []), pool.code]);
    }
    for (const pools of layers.values()) {
      if (pools.length > 1) overlaps.set(pools.join(', '), (overlaps.get(pools.join(', ')) ?? 0n) + BigInt(contacts));
    }
  }
  return overlaps;
}

function names(codes: Iterable<string>): string {
  const all = [...codes];
  return all.length <= 12 ? all.join(', ') : `${all.slice(0, 12).join(', ')} and ${all.length - 12} more`;
}

/** Leaves of a plain value by path. */
function flat(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) {
      const name = Array.isArray(value) ? `[${labelOf(item) ?? key}]` : path === '' ? key : `.${key}`;
      flat(item, path + name, into);
    }
  } else into.set(path, JSON.stringify(value ?? null));
  return into;
}

/** Pools and rules are told apart by code or name, so that moving one does not look like changing all. */
function labelOf(item: unknown): string | undefined {
  const named = item as { code?: unknown; name?: unknown } | null;
  const label = typeof item === 'object' ? (named?.code ?? named?.name) : undefined;
  return typeof label === 'string' ? label : undefined;
}
