import { canonicalize } from 'json-canonicalize';
import { compareKeys } from '../apportionment.ts';
import type { RuleShares } from '../attribution/causes.ts';
import { Fraction, scaledText } from '../fraction.ts';
import { sha256 } from '../ids.ts';
import { TIERS } from '../model/model.ts';
import { amountText } from '../money.ts';
import { lastDay } from '../period.ts';
import { netAmount } from '../retention/netting.ts';
import { adjustmentsOf, parkedSection, serviceAdjustments } from './adjustment-section.ts';
import type { Books, Coverage, Line, PoolResult, ServiceLine } from './books.ts';
import { bridgeSection } from './bridge-section.ts';
import { CONTACT_PARTS } from './cell-facts.ts';
import type { DocumentContext, JsonObject } from './document-context.ts';
import { creditOfUnit } from './retention-books.ts';
import { unitRetention, valueSection } from './value-section.ts';

export { bridgeLines } from './document-context.ts';
export type { DocumentContext, JsonObject };

/** Scheme 1: RFC 8785 canonical JSON, UTF-8, SHA-256. */
export const HASH_SCHEME = 1;

export interface Documents {
  /** figures of the period: `statements --format json` without the run's id */
  readonly period: JsonObject;
  /** canonical bytes by unit; service has its own */
  readonly statements: ReadonlyMap<string, { readonly bytes: Uint8Array; readonly sha256: string }>;
  /** hash of the run: of period, company, model, inputs and all statements (method 8) */
  readonly runHash: string;
}

export const SERVICE_FALLBACK = 'SERVICE';

/** Canonical documents of a close. The same books and context give the same bytes. */
export function documentsOf(books: Books, context: DocumentContext): Documents {
  const money = (minor: bigint) => amountText(minor, context.digits);
  const units = unitsOf(books, context);
  const unitSections = units.map((unit) => unitSection(unit, books, context));
  const service = serviceSection(books, context);
  const value = books.retention ? { value: valueSection(books, books.retention, context) } : {};
  const period: JsonObject = {
    period: books.period,
    currency: context.currency,
    reconciliation: Object.fromEntries(
      Object.entries(books.reconciliation).map(([key, amount]) => [key, money(amount as bigint)]),
    ),
    pools: books.pools.map((pool) => poolSection(pool, context)),
    units: unitSections,
    service,
    coverage: coverageSection(books.coverage, context.digits),
    shares: sharesSection(books.shares),
    ...value,
  };
  const head = {
    scheme: HASH_SCHEME,
    company: context.company,
    currency: context.currency,
    period: books.period,
    model: context.modelHash,
    inputs: context.inputsHash,
    onePersonMode: context.onePerson,
  };
  const statements = new Map<string, { bytes: Uint8Array; sha256: string }>();
  for (const section of unitSections)
    statements.set(section['unit'] as string, hashed({ ...head, document: 'statement', ...section }));
  const serviceUnit = context.register.serviceUnit(lastDay(books.period)) ?? SERVICE_FALLBACK;
  const serviceDocument = {
    ...head,
    document: 'service',
    unit: serviceUnit,
    ...service,
    pools: period['pools']!,
    reconciliation: period['reconciliation']!,
    coverage: period['coverage']!,
    ...value,
  };
  // A service unit that is charged itself keeps its own statement; the service document then stands under its own name.
  statements.set(statements.has(serviceUnit) ? `${serviceUnit} (service)` : serviceUnit, hashed(serviceDocument));
  const hashes = [...statements].map(([unit, { sha256: hash }]) => ({ unit, sha256: hash }));
  return { period, statements, runHash: hashed(certificateOf(head, hashes)).sha256 };
}

const HEAD = ['scheme', 'company', 'currency', 'period', 'model', 'inputs', 'onePersonMode'] as const;

/**
 * What the hash of a run is the hash of: the head that all its documents share and the hashes of the documents, ascending
 * by unit. @param head of any document of the run
 */
export function certificateOf(head: JsonObject, statements: readonly { unit: string; sha256: string }[]): JsonObject {
  return {
    ...Object.fromEntries(HEAD.map((key) => [key, head[key]!])),
    document: 'certificate',
    statements: [...statements]
      .sort((a, b) => compareKeys(a.unit, b.unit))
      .map(({ unit, sha256: hash }) => ({ unit, sha256: hash })),
  };
}

export function hashed(document: object): { bytes: Uint8Array; sha256: string } {
  const bytes = new TextEncoder().encode(canonicalize(document));
  return { bytes, sha256: sha256(bytes) };
}

/** Units with a line, and business units of the period without one: an empty statement is a statement, too. */
function unitsOf(books: Books, context: DocumentContext): string[] {
  const day = lastDay(books.period);
  const units = new Set(books.lines.map((line) => line.unit));
  for (const { unit } of books.adjustments) if (unit !== null) units.add(unit);
  for (const { unit } of books.retention?.credits ?? []) units.add(unit);
  for (const [unit, records] of context.register.units) {
    const now = records.find((record) => record.validFrom <= day && (record.validTo === null || day <= record.validTo));
    if (now?.kind === 'business') units.add(unit);
  }
  return [...units].sort();
}

function unitSection(unit: string, books: Books, context: DocumentContext): JsonObject {
  const money = (minor: bigint) => amountText(minor, context.digits);
  const lines = books.lines.filter((line) => line.unit === unit);
  const gross = total(lines.filter((line) => line.treatment === 'charged'));
  const records = context.register.units.get(unit);
  const adjustments = adjustmentsOf(unit, books, context.digits);
  const credit = creditOfUnit(unit, books.retention);
  return {
    unit,
    name: records?.at(-1)?.name ?? unit,
    legalEntity: records?.at(-1)?.legalEntity ?? null,
    contacts: contactsOf(lines, books),
    gross: money(gross),
    withheld: money(total(lines.filter((line) => line.treatment === 'withheld'))),
    retentionCredit: money(credit),
    adjustments: money(adjustments.amount),
    net: money(netAmount(gross, credit, adjustments.amount)),
    parked: parkedSection(unit, books, context.digits),
    bridge: bridgeSection(unit, lines, books, context),
    lines: lines.map((line) => lineSection(line, context)),
    adjustmentLines: adjustments.sections,
    ...(books.retention ? { retention: unitRetention(unit, books.retention, context.digits) } : {}),
  };
}

/** Contacts of the handling of a unit: layers above it handle the same contacts again, so each contact counts once. */
function contactsOf(lines: readonly Line[], books: Books): string {
  const handling = new Set(books.pools.filter((pool) => pool.layer === 'handling').map((pool) => pool.pool));
  const micro = lines.reduce((sum, line) => (handling.has(line.pool) ? sum + line.microContacts : sum), 0n);
  return trimmed(scaledText(micro, 6));
}

function lineSection(line: Line, context: DocumentContext): JsonObject {
  return {
    id: line.id,
    kind: line.kind,
    decision: line.decision,
    reason: line.reason,
    channel: line.channel,
    pool: line.pool,
    rule: line.rule,
    contacts: trimmed(scaledText(line.microContacts, 6)),
    seconds: line.quantity.toText(6),
    handleSeconds: line.handleSeconds.toText(6),
    rate: line.rate && rateText(line.rate, context.digits),
    amount: amountText(line.amount, context.digits),
    tier: line.tier,
    treatment: line.treatment,
    chargePeriod: line.chargePeriod,
  };
}

function poolSection(pool: PoolResult, context: DocumentContext): JsonObject {
  const money = (minor: bigint) => amountText(minor, context.digits);
  return {
    pool: pool.pool,
    kind: pool.kind,
    layer: pool.layer,
    driver: pool.driver,
    ledger: money(pool.ledger),
    received: money(pool.received),
    passedOn: money(pool.passed),
    cost: money(pool.cost),
    practicalSeconds: pool.practical.toText(6),
    usedSeconds: pool.used.toText(6),
    standardSeconds: pool.standard.toText(6),
    overCapacitySeconds: pool.overCapacity.toText(6),
    rate: rateText(pool.rate, context.digits),
    chargeRate: rateText(pool.chargeRate, context.digits),
    rateSource: pool.rateSource,
    used: money(pool.usedAmount),
    unused: money(pool.unusedAmount),
    charged: money(pool.charged),
    serviceVariances: money(pool.variances),
    unusedCapacity: money(pool.unused),
    unattributed: money(pool.unattributed),
    withheld: money(pool.withheld),
    parked: money(pool.parked),
  };
}

function serviceSection(books: Books, context: DocumentContext): JsonObject {
  const of = (prefix: string) =>
    books.serviceLines
      .filter((line) => line.kind.startsWith(prefix))
      .map((line) => serviceLineSection(line, prefix, context));
  const unattributed = books.serviceLines.filter((line) => line.kind === 'unattributed');
  return {
    variances: of('variance.'),
    unused: of('unused.'),
    unattributed: {
      amount: amountText(total(unattributed), context.digits),
      contacts: contactText(books.coverage.unattributed),
      pools: unattributed.map((line) => ({ pool: line.pool, amount: amountText(line.amount, context.digits) })),
    },
    parked: amountText(total(books.serviceLines.filter((line) => line.kind === 'parked')), context.digits),
    conversion: amountText(total(books.serviceLines.filter((line) => line.kind === 'conversion')), context.digits),
    adjustments: serviceAdjustments(books, context.digits),
  };
}

function serviceLineSection(line: ServiceLine, prefix: string, context: DocumentContext): JsonObject {
  return {
    id: line.id,
    kind: line.kind.slice(prefix.length),
    pool: line.pool,
    amount: amountText(line.amount, context.digits),
  };
}

function coverageSection(coverage: Coverage, digits: number): JsonObject {
  const share = (parts: Fraction) => (coverage.parts === 0n ? '0' : parts.over(coverage.parts).toText(6));
  return {
    contacts: contactText(Fraction.of(coverage.parts)),
    tiers: Object.fromEntries(TIERS.map((tier) => [tier, share(coverage.byTier.get(tier) ?? Fraction.ZERO)])),
    unattributed: share(coverage.unattributed),
    repeats: share(coverage.repeats),
    transfers: coverage.transfers ? share(coverage.transfers) : 'not measured',
    withoutHandleTime: share(Fraction.of(coverage.untimed)),
    withoutPool: share(Fraction.of(coverage.unserved)),
    ...(coverage.unservedChannels.length > 0
      ? {
          unservedChannels: coverage.unservedChannels.map(({ channel, parts, units }) => ({
            channel,
            contacts: contactText(Fraction.of(parts)),
            units: [...units],
          })),
        }
      : {}),
    withoutStandard: share(coverage.withoutStandard),
    derivedStandard: share(coverage.derivedStandard),
    tagsNotHonoured: share(coverage.tagsNotHonoured),
    worklist: coverage.worklist.map(({ reason, channel, parts, amount }) => ({
      reason,
      channel,
      contacts: contactText(parts),
      amount: amountText(amount, digits),
    })),
  };
}

/** What exposure and incremental rules were allowed to take: enough to recompute it by hand. */
function sharesSection(shares: RuleShares): JsonObject {
  return {
    background: [...shares.excess.values()].map((excess) => ({
      rule: excess.rule,
      decision: excess.decision,
      exposedContacts: contactText(excess.exposedContacts),
      otherContacts: contactText(excess.otherContacts),
      hitCustomerDays: `${excess.hitDays}`,
      otherCustomerDays: `${excess.otherDays}`,
      share: excess.share.toText(12),
      tier: excess.tier,
    })),
    incremental: [...shares.incremental.values()].map((share) => ({
      rule: share.rule,
      decision: share.decision,
      point: share.point.toText(12),
      bound: share.bound.toText(12),
      earlierContacts: share.earlierContacts.toText(6),
      pointContacts: share.pointContacts.toText(6),
      boundContacts: share.boundContacts.toText(6),
      why: share.why,
      ...share.evidence,
    })),
  };
}

/** Rate in major units, cut at 12 decimals: a label; the exact quotient stays in the run. */
function rateText(rate: Fraction, digits: number): string {
  return rate.over(10n ** BigInt(digits)).toText(12);
}

function contactText(parts: Fraction): string {
  return parts.over(CONTACT_PARTS).toText(6);
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function total(items: readonly { readonly amount: bigint }[]): bigint {
  return items.reduce((sum, item) => sum + item.amount, 0n);
}
