import { canonicalize } from 'json-canonicalize';
import { Register } from '../domain/attribution/register.ts';
import { Refusal } from '../domain/errors.ts';
import { sha256 } from '../domain/ids.ts';
import type { Model } from '../domain/model/model.ts';
import { textRuleKey } from '../domain/model/selector.ts';
import { windowDays } from '../domain/model/window-days.ts';
import { minorDigits } from '../domain/money.ts';
import { addMonths, firstDay, lastDay, type LocalDate, type Period } from '../domain/period.ts';
import type { CloseInputs, CostingInputs } from '../domain/statements/close-inputs.ts';
import type { DecidingInputs } from '../domain/statements/deciding-inputs.ts';
import type { DocumentContext } from '../domain/statements/document.ts';
import type { RetentionInputs } from '../domain/statements/retention-books.ts';
import type { UpperRollUp } from '../domain/statements/upper-roll-up.ts';
import {
  capacityList,
  companyRow,
  contactDigest,
  decisionList,
  fxList,
  ledgerList,
  ownerList,
  reasonList,
  unitList,
  watermark as newestImport,
  type Company,
  type ContactDigest,
  type ContactReading,
  type ExposureRule,
} from '../persistence/close-inputs.queries.ts';
import { touchingMark } from '../persistence/kept-figures.queries.ts';
import { adjustmentMarks, correctionsDue } from '../persistence/adjustments.queries.ts';
import type { Tx } from '../persistence/database.ts';
import { modelById, modelOfPeriod, type ModelVersion } from '../persistence/models.queries.ts';
import { medianStandards, ratesOfRun, runsBefore, type RunReads, type RunRow } from '../persistence/runs.queries.ts';
import { runsUntil } from '../persistence/series.queries.ts';
import { besideEachOther } from './beside-each-other.ts';
import { cellsAt } from './cells-at.ts';
import { CustomerDaysOfRules } from './customer-days.ts';
import { incrementsOf } from './increments.ts';
import { keptOr, type Keeping } from './kept-figures.ts';
import { parseModel } from './model-text.ts';
import { plain } from './plain.ts';
import { NOTHING_AROUND, readAround } from './read-around.ts';
import type { Control } from './roll-up-control.ts';
import { readRetention } from './read-retention.ts';
import { upperAt, type Records } from './upper-at.ts';

/** What a run froze: repeated with these, it gives the same bytes. Absent: what stands now. */
export interface Frozen {
  readonly watermark: string;
  readonly modelId: number;
  readonly reads: RunReads;
}

interface Reading {
  /** finds the contacts behind the cells again */
  readonly contacts: ContactReading;
  readonly context: DocumentContext;
  readonly frozen: Frozen;
}

export interface CloseReading extends Reading {
  readonly inputs: CloseInputs;
}

export interface CostingReading extends Reading {
  readonly upper: UpperRollUp;
  readonly inputs: CostingInputs;
}

export interface ReadingOptions {
  /** without corrections, rulings and bounds: what they go on from */
  readonly factsOnly?: boolean;
  /** with what became known of retention, for a run; who only looks at the charge does without */
  readonly retention?: boolean;
  /** how the SQL road proves the roll-up; absent: it does not */
  readonly control?: Control;
  /** whether steps come from what is kept of the same facts; absent: everything is made anew */
  readonly keeping?: Keeping;
  /** with how many customers looked at another thread tells the effects on retention; absent: where it is worth one */
  readonly threadFrom?: number;
}

/** What is read, as what: absent `frozen`, what stands now; `tried` instead of the stored model (`frozen.modelId` is 0). */
type Asked = readonly [
  tx: Tx,
  period: Period,
  frozen?: Frozen,
  tried?: { readonly model: Model; readonly hash: string },
  options?: ReadingOptions,
];

/**
 * Reads everything that a close of the period takes, cell by cell, in one snapshot of the caller's transaction.
 * @throws Refusal no_company, no_model
 */
export async function readClose(...asked: Asked): Promise<CloseReading> {
  const [tx, , , , { control, keeping } = {}] = asked;
  const { inputs, made, ...reading } = await readBeside(asked, async ({ contacts, customerDays, increments }) => ({
    ...{ customerDays, increments },
    cells: await cellsAt(tx, contacts, control, keeping),
  }));
  return { ...reading, inputs: { ...inputs, ...made } };
}

/** The same with the upper roll-up instead of cells: what gives the books. @throws Refusal no_company, no_model */
export async function readCosting(...asked: Asked): Promise<CostingReading> {
  const [tx, , , , { control, keeping = 'no' } = {}] = asked;
  const { made, ...reading } = await readBeside(asked, ({ contacts, ...given }) =>
    upperAt(tx, contacts, given, { control, keeping }),
  );
  return { ...reading, upper: made };
}

/** What decides of the contacts. */
interface Deciding extends Pick<DecidingInputs, 'customerDays' | 'increments'> {
  readonly contacts: ContactReading;
  readonly model: Model;
  readonly records: Records;
}

/**
 * What a close takes beside the contacts themselves, and what is made of these: meanwhile another thread may tell the
 * effects on retention, so that the database and the calculation need not wait for each other.
 */
async function readBeside<T>(
  [tx, period, frozen, tried, options = {}]: Asked,
  make: (deciding: Deciding) => Promise<T>,
): Promise<Reading & { readonly inputs: CostingInputs; readonly made: T }> {
  const { company, mark, version, model, modelHash, reads, records, register, derivedStandards, contacts } =
    await readRules(tx, period, frozen, tried);
  const digits = minorDigits(company.currency)!;
  const ledger = await ledgerList(tx, period, mark);
  const rates = await fxList(tx, period, mark);
  const capacity = await capacityList(tx, period, mark);
  const lastRates = await ratesOfRun(tx, reads.rates);

  const { keeping = 'no' } = options;
  const increments = await incrementsOf(tx, { period, mark, model, register, runs: reads.posted ?? [], keeping });
  const { currency } = company;
  const daysOfRules = new CustomerDaysOfRules({ period, model, register, mark, keeping });
  const { threadFrom } = options;
  const sources = {
    period,
    mark,
    model,
    register,
    currency,
    look: daysOfRules.look,
    ...(threadFrom !== undefined && { threadFrom }),
  };
  const { posted } = reads;
  const [retention, { customerDays, around, contactsDigest, made }] = await besideEachOther(
    async (whileTold) =>
      options.retention && posted
        ? await readRetention(tx, { ...sources, digits, runs: posted, keeping, whileTold })
        : undefined,
    async () => {
      const customerDays = await daysOfRules.days(tx);
      const around = options.factsOnly
        ? NOTHING_AROUND
        : await readAround(
            tx,
            { period, mark, model, register, reads, derivedStandards, digits, control: options.control, keeping },
            issuedReading(tx, options.control),
          );
      const contactsDigest = await digestOf(tx, period, mark, keeping);
      return {
        customerDays,
        around,
        contactsDigest,
        made: await make({ contacts, model, records, customerDays, increments }),
      };
    },
  );

  const content = {
    company: { name: company.name, currency: company.currency, timeZone: company.timeZone },
    model: modelHash,
    ...records,
    ledger: ledger.map(({ importId: _import, line: _line, ...entry }) => entry),
    rates,
    capacity,
    contacts: contactsDigest,
    lastRates,
    derivedStandards,
    customerDays,
    ...(increments.length > 0 ? { increments } : {}),
    ...(retention ? { retention: retentionContent(retention) } : {}),
    ...around.content,
  };
  return {
    contacts,
    inputs: {
      period,
      currency: company.currency,
      model,
      register,
      ledger,
      rates,
      capacity,
      lastRates: new Map([...lastRates].map(([pool, rate]) => [pool, rate.over(10n ** BigInt(digits))])),
      derivedStandards,
      ...(retention ? { retention } : {}),
      ...around.inputs,
    },
    made,
    context: {
      company: company.name,
      currency: company.currency,
      digits,
      modelHash,
      inputsHash: sha256(canonicalize(plain(content))),
      register,
      ...around.context,
      onePerson: company.onePerson,
    },
    frozen: { watermark: mark, modelId: version?.model_id ?? 0, reads },
  };
}

/** What decides of a contact, before any is read: the rules and records that hold for a period. */
export async function readRules(tx: Tx, period: Period, frozen?: Frozen, tried?: { model: Model; hash: string }) {
  const standing = await companyRow(tx);
  if (!standing)
    throw new Refusal('no_company', 'there is no company yet', {
      next: 'answerable import-folder DIR (with company.yaml)',
    });
  const company = { ...standing, ...frozen?.reads.company };
  const mark = frozen?.watermark ?? (await newestImport(tx));
  const version = tried ? undefined : await modelVersion(tx, period, frozen?.modelId);
  const { model, hash: modelHash } = tried ?? { model: parseModel(version!.yaml), hash: version!.hash };
  const reads = frozen?.reads ?? (await freshReads(tx, period, mark, company, model));
  const records = {
    units: await unitList(tx, mark),
    decisions: await decisionList(tx, mark),
    owners: await ownerList(tx, mark),
    reasons: await reasonList(tx, mark),
  };
  const register = new Register(records);
  const derivedStandards = await medianStandards(tx, reads.measures);
  const contacts: ContactReading = {
    period,
    cuts: sliceDays(period, register, model),
    watermark: mark,
    patterns: textPatterns(model),
    exposureRules: exposureRulesOf(model),
  };
  return { period, company, mark, version, model, modelHash, reads, records, register, derivedStandards, contacts };
}

export type RulesReading = Awaited<ReturnType<typeof readRules>>;

/** What a new run goes on from: frozen with it. */
async function freshReads(tx: Tx, period: Period, mark: string, company: Company, model: Model): Promise<RunReads> {
  return {
    ...(await runsBefore(tx, period, addMonths(period, -1))),
    ...(model.retention || model.rules.some((rule) => rule.incremental) ? { posted: await runsUntil(tx, period) } : {}),
    company: { name: company.name, onePerson: company.onePerson },
    corrected: await correctionsDue(tx, period, mark),
    ...(await adjustmentMarks(tx, period)),
  };
}

/** Of retention, what the hash of the inputs covers: the figures that the facts gave, and what earlier runs left. */
function retentionContent({ effects, charges, credits, onBooks }: RetentionInputs): object {
  const posted = effects.posted.map(({ reading, ...own }) => ({
    ...own,
    decision: own.decision ?? null,
    effect: reading?.effect.kind === 'measured' ? reading.effect.total : null,
  }));
  return { posted, charges, credits, onBooks };
}

/** A closed period as its issued run read it. */
function issuedReading(tx: Tx, control: Control | undefined): (run: RunRow) => Promise<CloseReading> {
  return (run) =>
    readClose(tx, run.period, { watermark: run.watermark, modelId: run.model_id, reads: run.reads }, undefined, {
      factsOnly: true,
      ...(control && { control }),
    });
}

async function modelVersion(tx: Tx, period: Period, id: number | undefined): Promise<ModelVersion> {
  const version = id === undefined ? await modelOfPeriod(tx, period) : await modelById(tx, id);
  if (version) return version;
  throw new Refusal('no_model', `no model holds for ${period}`, {
    next: `answerable model apply model.yaml --from ${period}`,
  });
}

/** First days of the stretches of the period in which no owner, unit, decision or rule begins or ends. */
function sliceDays(period: Period, register: Register, model: Model): LocalDate[] {
  const first = firstDay(period);
  const days = new Set([...register.changeDays(), ...windowDays(model)]);
  return [first, ...[...days].filter((day) => day > first && day <= lastDay(period)).sort()];
}

function textPatterns(model: Model): string[] {
  const words = [
    ...model.rules.map((rule) => rule.match?.text),
    ...model.pools.map((pool) => pool.serves?.text),
    ...model.time_equations.flatMap((equation) => equation.add.map((term) => term.when.text)),
  ];
  const patterns = [...new Set(words.filter((word) => word !== undefined).map(textRuleKey))];
  if (patterns.length > 30)
    throw new Refusal('too_many_text_rules', `${patterns.length} text patterns; a model has at most 30`);
  return patterns;
}

function exposureRulesOf(model: Model): ExposureRule[] {
  return model.rules
    .filter((rule) => rule.exposure)
    .map((rule) => ({
      rule: rule.name,
      days: rule.within_days!,
      decisions: rule.exposure!.includes('*') ? null : rule.exposure!,
      ages: rule.several === 'time_decay',
    }));
}

async function digestOf(tx: Tx, period: Period, mark: string, keeping: Keeping): Promise<ContactDigest> {
  const touched = await touchingMark(tx, mark, { kinds: ['contacts'], from: period, to: period });
  const basis = { subject: `digest of contacts of ${period}`, on: [touched] };
  return await keptOr(tx, keeping, basis, () => contactDigest(tx, period, mark));
}
