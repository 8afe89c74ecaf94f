import { compareKeys } from '../../domain/apportionment.ts';
import { Refusal } from '../../domain/errors.ts';
import { Fraction } from '../../domain/fraction.ts';
import type { Pool } from '../../domain/model/model.ts';
import { matchesPattern } from '../../domain/model/selector.ts';
import { amountText, majorUnits, minorDigits, roundToMinor } from '../../domain/money.ts';
import { addMonths, lastDay } from '../../domain/period.ts';
import type { Books } from '../../domain/statements/books.ts';
import { CONTACT_PARTS } from '../../domain/statements/cell-facts.ts';
import type { CloseInputs } from '../../domain/statements/close-inputs.ts';
import { close } from '../../domain/statements/close.ts';
import { documentsOf, SERVICE_FALLBACK, type DocumentContext } from '../../domain/statements/document.ts';
import { creditOfUnit } from '../../domain/statements/retention-books.ts';
import type { ValueSection } from '../../domain/statements/value-document.ts';
import type { CellUse } from '../../domain/statements/use-sums.ts';
import { resultHash, TIE_OUT, type PostedResult } from '../result.ts';
import { allocationOf } from './allocation.ts';
import { priorView } from './bridge-cells.ts';
import { poolViews } from './pool-figures.ts';
import { supportView } from './support.ts';
import { VolumeSums } from './volumes.ts';
import type {
  ClaimView,
  CurrencyView,
  DecisionView,
  LedgerView,
  LineView,
  RunView,
  UnitView,
  ValueView,
  VolumeView,
  WorkbookModel,
} from './workbook-model.ts';

/** Cents are exact in a double below this; beyond, JSON and CSV still are. */
const LARGEST = 10n ** 13n;

export interface ModelOptions {
  readonly run: Omit<RunView, 'hash' | 'modelHash' | 'inputsHash' | 'onePerson'>;
  readonly templateVersion: string;
  readonly observe?: (use: CellUse) => void;
  readonly profits?: WorkbookModel['profits'];
}

/**
 * Closes the inputs again and gives what the master workbook shows.
 * @throws Refusal workbook_too_large when an amount does not fit a spreadsheet's numbers to the cent
 */
export function masterModel(inputs: CloseInputs, context: DocumentContext, options: ModelOptions): WorkbookModel {
  const sums = new VolumeSums();
  const books = close(inputs, (use) => {
    sums.add(use);
    options.observe?.(use);
  });
  refuseLarge(inputs, books);
  const documents = documentsOf(books, context);
  const units = unitViews(documents.period['units'] as readonly { unit: string }[], context, books);
  const decisions = decisionViews(books, inputs, context);
  const poolKeys = poolKeysOf(inputs.model.pools);
  const keys = { units, pools: poolKeys, decisions: new Map(decisions.map(({ code, key }) => [code, key])) };
  const { volumes, standards } = sums.result(inputs, poolKeys);
  const pools = poolViews(inputs, books, volumes, keys);
  const policy = inputs.model.charging.unused_capacity;
  const allocation = allocationOf(books, pools, volumes, keys, policy, context.digits);
  const bridged =
    context.lastLines &&
    priorView(
      {
        runId: options.run.priorId,
        period: addMonths(inputs.period, -1),
        lines: context.lastLines,
        restated: context.restatedLines,
        adjustments: context.lastAdjustments,
      },
      allocation.lines,
      adjustmentsByUnit(books),
      keys,
      context.digits,
    );
  const lines: LineView[] =
    bridged?.lines ?? allocation.lines.map((line) => ({ ...line, bridgeCell: null, likeForLike: true }));
  const lineNo = new Map(lines.map(({ line, no }) => [line.id, no]));
  const claimNo = new Map(
    allocation.claims
      .filter(({ block }) => block === 'charge')
      .map((claim) => [`${claim.poolKey}\u0000${claim.apportioned.key}`, claim.no]),
  );
  const serviceUnit = context.register.serviceUnit(lastDay(inputs.period)) ?? SERVICE_FALLBACK;
  const service = context.register.units.get(serviceUnit)?.at(-1);
  const model: Omit<WorkbookModel, 'resultHash'> = {
    scope: 'master',
    company: context.company,
    period: inputs.period,
    currency: inputs.currency,
    digits: context.digits,
    run: {
      ...options.run,
      hash: documents.runHash,
      modelHash: context.modelHash,
      inputsHash: context.inputsHash,
      onePerson: context.onePerson,
    },
    basis: inputs.model.charging.basis,
    unusedPolicy: policy,
    units: [...units.values()],
    pools,
    decisions,
    reasonNames: new Map([...context.register.reasons].map(([code, { name }]) => [code, name])),
    currencies: currencyViews(inputs, books),
    ledger: ledgerViews(inputs, poolKeys),
    support: supportView(inputs.model, books, poolKeys, context.digits),
    standards,
    volumes: volumes.map((volume): VolumeView => {
      const { taker, service, pool } = volume.key;
      const poolKey = poolKeys.get(pool)!;
      const claim = taker ? `unit:${taker.unit}` : `service:${service}`;
      return {
        ...volume,
        claimNo: claimNo.get(`${poolKey}\u0000${claim}`)!,
        lineNo: volume.lineId === null ? null : lineNo.get(volume.lineId)!,
        unitKey: taker ? units.get(taker.unit)!.key : null,
        poolKey,
        standardNo: volume.measure.no,
        channel: volume.key.channel,
      };
    }),
    claims: allocation.claims,
    groups: allocation.groups,
    lines,
    serviceKinds: serviceKindsOf(allocation.claims),
    prior: bridged?.prior,
    adjustments: books.adjustments.map((adjustment) => ({
      adjustment,
      unitKey: adjustment.unit && units.get(adjustment.unit)!.key,
    })),
    reconciliation: books.reconciliation,
    coverage: books.coverage,
    contacts: Fraction.of(books.coverage.parts, CONTACT_PARTS),
    unservedContacts: Fraction.of(books.coverage.unserved, CONTACT_PARTS),
    serviceUnit,
    serviceCostCenter: service?.costCenter ?? null,
    serviceLegalEntity: service?.legalEntity ?? null,
    profits: options.profits,
    value: valueView(documents.period['value'] as unknown as ValueSection | undefined, units),
    drillDown: undefined,
  };
  return { ...model, resultHash: resultHash(postedOf(model, options.templateVersion)) };
}

function valueView(value: ValueSection | undefined, units: ReadonlyMap<string, UnitView>): ValueView | undefined {
  return (
    value && {
      service: value.service,
      effects: value.effects,
      credits: value.credits.map((credit) => ({ ...credit, unitKey: units.get(credit.unit)!.key })),
    }
  );
}

/** The figures that a workbook posts, as its result hash takes them. */
export function postedOf(model: Omit<WorkbookModel, 'resultHash'>, template: string): PostedResult {
  const text = (minor: bigint) => amountText(minor, model.digits);
  const kept = model.claims.filter(({ serviceKind, kept: keeps }) => serviceKind !== null && keeps);
  const isMaster = model.scope === 'master';
  return {
    template,
    company: model.company,
    period: model.period,
    currency: model.currency,
    run: model.run.hash,
    unit: isMaster ? null : model.units[0]!.code,
    lines: model.lines.map(({ line }) => [line.id, text(line.amount)]),
    service: kept.map((claim) => [claim.serviceKind!, claim.poolKey, text(claim.apportioned.posted)]),
    reconciliation: isMaster ? TIE_OUT.map((term) => [term, text(model.reconciliation[term])]) : [],
    adjustments: model.adjustments.map(({ adjustment }) => [adjustment.id, text(adjustment.amount)]),
  };
}

function adjustmentsByUnit(books: Books): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { unit, amount } of books.adjustments) if (unit !== null) sums.set(unit, (sums.get(unit) ?? 0n) + amount);
  return sums;
}

/** U01, U02 …: as many digits as the largest number has, at least two. */
export function numbered(letter: string, index: number, count: number): string {
  return letter + String(index + 1).padStart(Math.max(2, String(count).length), '0');
}

/** What service keeps, in the order of the statement: variances, unused capacity, what nobody caused. */
function serviceKindsOf(claims: readonly ClaimView[]): string[] {
  const place = (kind: string) =>
    ['variance.', 'unused.', 'unattributed'].findIndex((prefix) => kind.startsWith(prefix));
  const kinds = [...new Set(claims.flatMap(({ serviceKind }) => serviceKind ?? []))];
  return kinds.sort((a, b) => place(a) - place(b) || compareKeys(a, b));
}

/** Keys of pools in the order of the workbook: timed pools, other operating ones, direct ones, support. */
function poolKeysOf(pools: readonly Pool[]): Map<string, string> {
  const place = ({ kind, driver }: Pool) =>
    kind === 'operating' ? (driver === 'handle_seconds' ? 0 : 1) : kind === 'direct' ? 2 : 3;
  const ordered = [...pools].sort((a, b) => place(a) - place(b));
  return new Map(ordered.map(({ code }, i) => [code, numbered('P', i, ordered.length)]));
}

function unitViews(
  sections: readonly { unit: string }[],
  context: DocumentContext,
  books: Books,
): Map<string, UnitView> {
  const stated = new Set(sections.map(({ unit }) => unit));
  const before = [...(context.lastLines?.keys() ?? []), ...(context.lastAdjustments?.keys() ?? [])]
    .filter((unit) => !stated.has(unit))
    .sort(compareKeys);
  const codes = [...new Set([...stated, ...before])];
  return new Map(
    codes.map((code, i) => {
      const record = context.register.units.get(code)?.at(-1);
      const view: UnitView = {
        key: numbered('U', i, codes.length),
        code,
        name: record?.name ?? code,
        costCenter: record?.costCenter ?? null,
        legalEntity: record?.legalEntity ?? null,
        retention: creditOfUnit(code, books.retention),
        hasStatement: stated.has(code),
      };
      return [code, view];
    }),
  );
}

function decisionViews(books: Books, inputs: CloseInputs, context: DocumentContext): DecisionView[] {
  const now = [...books.lines, ...books.adjustments].flatMap(({ decision }) => decision ?? []);
  const before = [...(context.lastLines?.values() ?? [])].flat().flatMap(({ decision }) => decision ?? []);
  const codes = [...new Set([...now, ...before])].sort(compareKeys);
  return codes.map((code, i) => {
    const record = inputs.register.decisions.get(code);
    return {
      key: numbered('D', i, codes.length),
      code,
      title: record?.title ?? code,
      kind: record?.kind ?? '',
      effectiveFrom: record?.effectiveFrom ?? '',
    };
  });
}

function currencyViews(inputs: CloseInputs, books: Books): CurrencyView[] {
  const codes = [...new Set([inputs.currency, ...inputs.ledger.map(({ currency }) => currency)])].sort(compareKeys);
  return codes.map((code) => {
    const rate = code === inputs.currency ? Fraction.ONE : inputs.rates.get(code)!;
    const sum = inputs.ledger.reduce((all, entry) => (entry.currency === code ? all + entry.amount : all), 0n);
    const parts = books.postings
      .filter(({ from, to }) => from === `ledger:${code}` && to !== 'service:conversion')
      .reduce((all, { amount }) => all + amount, 0n);
    const total = roundToMinor(majorUnits(sum, minorDigits(code)!).times(rate), minorDigits(inputs.currency)!);
    return { code, rate, total, parts };
  });
}

function ledgerViews(inputs: CloseInputs, poolKeys: ReadonlyMap<string, string>): LedgerView[] {
  const parked = new Set(inputs.model.parked_entries);
  const takes = (pattern: string | undefined, value: string | null) =>
    pattern === undefined || matchesPattern(pattern, value);
  return [...inputs.ledger]
    .sort((a, b) => compareKeys(a.account, b.account) || compareKeys(a.entry, b.entry))
    .map((entry): LedgerView => {
      const pool = inputs.model.pools.find((candidate) =>
        candidate.ledger.some(
          (pattern) =>
            takes(pattern.account, entry.account) &&
            takes(pattern.cost_center, entry.costCenter) &&
            takes(pattern.vendor, entry.vendor),
        ),
      );
      const more = entry as { postedAt?: string | null; description?: string | null };
      return {
        ...entry,
        description: more.description ?? null,
        postedAt: more.postedAt ?? null,
        poolKey: parked.has(entry.entry) ? null : poolKeys.get(pool!.code)!,
        entries: 1,
      };
    });
}

function refuseLarge(inputs: CloseInputs, books: Books): void {
  const amounts = [
    ...inputs.ledger.map(({ amount, currency }) => [amount, minorDigits(currency)!] as const),
    ...books.pools.flatMap(({ cost, ledger }) =>
      [cost, ledger].map((a) => [a, minorDigits(inputs.currency)!] as const),
    ),
    [books.reconciliation.ledger, minorDigits(inputs.currency)!] as const,
  ];
  const large = amounts.find(([amount, digits]) => (amount < 0n ? -amount : amount) >= LARGEST * 10n ** BigInt(digits));
  if (large === undefined) return;
  throw new Refusal(
    'workbook_too_large',
    `${amountText(...large)} is beyond 10^13: a spreadsheet no longer keeps its cents`,
    { next: `answerable statements ${inputs.period} --format json --out out` },
  );
}
