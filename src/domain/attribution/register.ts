import { Refusal } from '../errors.ts';
import { Fraction } from '../fraction.ts';
import { madeOnce } from '../made-once.ts';
import { matchesPattern, populationSelector, reasonPatterns, type Pattern, type Selector } from '../model/selector.ts';
import { addDays, type LocalDate } from '../period.ts';

/** What the company registered about units, decisions and reasons, as a run reads it. Days are local, both ends included. */
export interface UnitRecord {
  readonly unit: string;
  readonly name: string;
  readonly parent: string | null;
  readonly costCenter: string | null;
  readonly ownerEmail: string | null;
  readonly kind: 'business' | 'service';
  readonly legalEntity: string | null;
  readonly successor: string | null;
  readonly validFrom: LocalDate;
  readonly validTo: LocalDate | null;
}
export interface DecisionRecord {
  readonly decision: string;
  readonly title: string;
  readonly kind: string;
  readonly effectiveFrom: LocalDate;
  readonly announcedAt: LocalDate | null;
  readonly effectiveTo: LocalDate | null;
  readonly population: string | null;
  readonly reasons: string | null;
  readonly expectedContactsPerMonth: string | null;
  readonly expectedRevenuePerMonth: string | null;
}
export interface OwnerRecord {
  readonly decision: string;
  readonly unit: string;
  readonly share: Fraction;
  readonly validFrom: LocalDate;
  readonly validTo: LocalDate | null;
}
export interface ReasonRecord {
  readonly reason: string;
  readonly name: string;
  readonly parent: string | null;
  readonly ownerUnit: string | null;
  readonly demand: 'value' | 'failure' | null;
  readonly standardHandleSeconds: number | null;
}

export interface Share {
  readonly unit: string;
  readonly share: Fraction;
}

interface Decision extends DecisionRecord {
  readonly attachesFrom: LocalDate;
  readonly patterns: readonly Pattern[];
  readonly selector: Selector | undefined;
}

/** Lookups over the records, by day. Knows who owns what when, and refuses days that nobody owns. */
export class Register {
  readonly units: ReadonlyMap<string, readonly UnitRecord[]>;
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly reasons: ReadonlyMap<string, ReasonRecord>;
  private readonly owners: ReadonlyMap<string, readonly OwnerRecord[]>;
  /** found once: cells ask for the same day again and again */
  private readonly knownOwners = new Map<string, readonly Share[]>();

  constructor(records: {
    readonly units: readonly UnitRecord[];
    readonly decisions: readonly DecisionRecord[];
    readonly owners: readonly OwnerRecord[];
    readonly reasons: readonly ReasonRecord[];
  }) {
    this.units = grouped(records.units, (unit) => unit.unit);
    this.owners = grouped(records.owners, (owner) => owner.decision);
    this.reasons = new Map(records.reasons.map((reason) => [reason.reason, reason]));
    this.decisions = new Map(
      records.decisions.map((record) => [
        record.decision,
        {
          ...record,
          // Contacts attach from the earlier of announcement and effect: customers call when they hear of it.
          attachesFrom:
            record.announcedAt !== null && record.announcedAt < record.effectiveFrom
              ? record.announcedAt
              : record.effectiveFrom,
          patterns: reasonPatterns(record.reasons),
          selector: populationSelector(record.population),
        },
      ]),
    );
  }

  /** True when a tag or match may attach a contact of this day to the decision. */
  inForce(decision: Decision, day: LocalDate): boolean {
    return day >= decision.attachesFrom && (decision.effectiveTo === null || day <= decision.effectiveTo);
  }

  /** True when the decision's reasons include this one; an empty list is no limit. */
  concerns(decision: Decision, reason: string): boolean {
    return decision.patterns.length === 0 || decision.patterns.some((pattern) => matchesPattern(pattern, reason));
  }

  /** Owners of a decision on a day; shares sum to 1. @throws Refusal decision_without_owner */
  ownersOf(decision: string, day: LocalDate): readonly Share[] {
    return madeOnce(this.knownOwners, `${decision} ${day}`, () => this.findOwners(decision, day));
  }

  private findOwners(decision: string, day: LocalDate): readonly Share[] {
    const owners = (this.owners.get(decision) ?? []).filter((owner) => covers(owner, day));
    const total = owners.reduce((sum, owner) => sum.plus(owner.share), Fraction.ZERO);
    if (!total.equals(Fraction.ONE)) {
      throw new Refusal(
        'decision_without_owner',
        owners.length === 0
          ? `decision ${decision} has no owner on ${day}`
          : `the owners' shares of decision ${decision} on ${day} sum to ${total.toText()}, not to 1`,
        { next: 'import decision_owners with rows that cover this day' },
      );
    }
    return merged(owners.map((owner) => ({ unit: this.unitOn(owner.unit, day), share: owner.share })));
  }

  /** The unit itself, or its successor when it has ended. @throws Refusal unit_not_valid */
  unitOn(unit: string, day: LocalDate): string {
    const seen = new Set<string>();
    for (let code = unit; !seen.has(code);) {
      seen.add(code);
      const records = this.units.get(code) ?? [];
      if (records.some((record) => covers(record, day))) return code;
      const ended = records.filter(
        (record) => record.validTo !== null && record.validTo < day && record.successor !== null,
      );
      const last = ended.sort((a, b) => (a.validFrom < b.validFrom ? -1 : 1)).at(-1);
      if (last?.successor == null) break;
      code = last.successor;
    }
    throw new Refusal('unit_not_valid', `unit ${unit} does not exist on ${day} and names no successor that does`, {
      next: 'import units with a row that covers this day, or with a successor',
    });
  }

  /** Owner unit of a reason or of its nearest parent that has one. */
  reasonOwner(reason: string, day: LocalDate): string | undefined {
    const seen = new Set<string>();
    for (let code: string | null = reason; code !== null && !seen.has(code);) {
      seen.add(code);
      const record: ReasonRecord | undefined = this.reasons.get(code);
      if (!record) return undefined;
      if (record.ownerUnit !== null) return this.unitOn(record.ownerUnit, day);
      code = record.parent;
    }
    return undefined;
  }

  /** The unit of kind service that keeps what the units do not pay. */
  serviceUnit(day: LocalDate): string | undefined {
    for (const [code, records] of this.units) {
      if (records.some((record) => record.kind === 'service' && covers(record, day))) return code;
    }
    return undefined;
  }

  /** Days on which an owner, a unit or a decision begins or ends: where a period is cut into date slices. */
  changeDays(): ReadonlySet<LocalDate> {
    const days = new Set<LocalDate>();
    const add = (record: { validFrom: LocalDate; validTo: LocalDate | null }) => {
      days.add(record.validFrom);
      if (record.validTo !== null) days.add(addDays(record.validTo, 1));
    };
    for (const owners of this.owners.values()) owners.forEach(add);
    for (const records of this.units.values()) records.forEach(add);
    for (const decision of this.decisions.values())
      add({ validFrom: decision.attachesFrom, validTo: decision.effectiveTo });
    return days;
  }
}

function covers(record: { validFrom: LocalDate; validTo: LocalDate | null }, day: LocalDate): boolean {
  return record.validFrom <= day && (record.validTo === null || day <= record.validTo);
}

function merged(shares: readonly Share[]): readonly Share[] {
  const sums = new Map<string, Fraction>();
  for (const { unit, share } of shares) sums.set(unit, (sums.get(unit) ?? Fraction.ZERO).plus(share));
  return [...sums].map(([unit, share]) => ({ unit, share }));
}

function grouped<T>(records: readonly T[], keyOf: (record: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const record of records) {
    const group = groups.get(keyOf(record));
    if (group) group.push(record);
    else groups.set(keyOf(record), [record]);
  }
  return groups;
}
