import { Fraction } from '../domain/fraction.ts';
import { addDays } from '../domain/period.ts';
import type { Tx } from '../persistence/database.ts';
import {
  dateSegments,
  ownersAfter,
  parentsAfter,
  scoresOffScale,
  segmentsOutOfSum,
  segmentsWithoutContact,
  type OwnerRow,
} from '../persistence/set-checks.queries.ts';
import { flaw, type Flaw } from './column-checks.ts';
import type { KindName } from './kinds/kind.ts';

/** What is wrong with a row among the others; `column` names the field to look at. */
export type SetFlaw = Flaw & { readonly column: string };

const CHECKS: Partial<Record<KindName, (tx: Tx) => Promise<Map<number, SetFlaw>>>> = {
  units: (tx) => loops(tx, 'unit'),
  reasons: (tx) => loops(tx, 'reason'),
  decision_owners: async (tx) => sharesOff(await ownersAfter(tx)),
  contact_segments: segmentFaults,
  surveys: offScale,
};

/** Whether rows of a kind are looked at beside those stored of others. */
export function hasSetChecks(kind: KindName): boolean {
  return CHECKS[kind] !== undefined;
}

/** What must hold between the rows of a file and those stored, by kind: faults by line. */
export async function setFaults(tx: Tx, kind: KindName): Promise<Map<number, SetFlaw>> {
  return (await CHECKS[kind]?.(tx)) ?? new Map<number, SetFlaw>();
}

async function offScale(tx: Tx): Promise<Map<number, SetFlaw>> {
  const remedy = 'Mend the score, the metric or the instrument.';
  const rows = await scoresOffScale(tx);
  return new Map(rows.map(({ line, detail }) => [line, { column: 'score', ...flaw('off_scale', detail, remedy) }]));
}

async function loops(tx: Tx, table: 'unit' | 'reason'): Promise<Map<number, SetFlaw>> {
  const rows = await parentsAfter(tx, table);
  const above = new Map<string, string[]>();
  for (const { code, parent } of rows) above.set(code, [...(above.get(code) ?? []), parent]);
  const faults = new Map<number, SetFlaw>();
  for (const { code, line } of rows) {
    const way = line === null ? undefined : wayBack(above, code);
    if (way === undefined) continue;
    const message = `the parents run in a circle: ${way.join(' → ')}`;
    faults.set(line!, { column: 'parent_code', ...flaw('parent_loop', message, 'Break the circle at one of them.') });
  }
  return faults;
}

/** The way from a code over its parents back to itself, if there is one. */
function wayBack(above: ReadonlyMap<string, readonly string[]>, code: string): string[] | undefined {
  const from = new Map<string, string>();
  const open = [code];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const parent of above.get(at) ?? []) {
      if (parent === code) {
        const way = [code];
        for (let step = at; step !== code; step = from.get(step)!) way.unshift(step);
        return [code, ...way];
      }
      if (from.has(parent)) continue;
      from.set(parent, at);
      open.push(parent);
    }
  }
  return undefined;
}

/** Days on which the shares of a decision sum to something, but not to 1. */
export function sharesOff(rows: readonly OwnerRow[]): Map<number, SetFlaw> {
  const faults = new Map<number, SetFlaw>();
  const byDecision = new Map<string, OwnerRow[]>();
  for (const row of rows) byDecision.set(row.decision, [...(byDecision.get(row.decision) ?? []), row]);
  for (const owners of byDecision.values()) {
    const days = [...new Set(owners.flatMap((o) => (o.to === null ? [o.from] : [o.from, addDays(o.to, 1)])))].sort();
    for (const day of days) {
      const present = owners.filter((o) => o.from <= day && (o.to === null || day <= o.to));
      const total = present.reduce((sum, o) => sum.plus(Fraction.parse(o.share)), Fraction.ZERO);
      if (present.length === 0 || total.equals(Fraction.ONE)) continue;
      const message = `on ${day} the shares of ${owners[0]!.decision} sum to ${total.toText(6)}, not 1 (${present.map((o) => `${o.unit} ${o.share}`).join(', ')})`;
      const remedy =
        'Both days of a row are inclusive: end the former owner the day before, in a row with its valid_from.';
      for (const { line } of present) {
        if (line !== null && !faults.has(line))
          faults.set(line, { column: 'share', ...flaw('shares_off', message, remedy) });
      }
    }
  }
  return faults;
}

async function segmentFaults(tx: Tx): Promise<Map<number, SetFlaw>> {
  await dateSegments(tx);
  const faults = new Map<number, SetFlaw>();
  for (const { line, detail } of await segmentsWithoutContact(tx)) {
    faults.set(line, {
      column: 'contact_id',
      ...flaw('unknown_contact', `there is no contact "${detail}"`, 'Import the contact first.'),
    });
  }
  for (const { line, detail } of await segmentsOutOfSum(tx)) {
    const message = `the seconds of the contact's segments sum to ${detail}`;
    const remedy = 'Let them sum to the contact’s; a reason that no longer counts gets 0 seconds.';
    if (!faults.has(line)) faults.set(line, { column: 'handle_seconds', ...flaw('segments_off', message, remedy) });
  }
  return faults;
}
