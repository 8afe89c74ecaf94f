import type { RetentionSources } from '../application/customer-earnings.ts';
import { retentionFacts } from '../application/retention-facts.ts';
import { lastDay, type LocalDate, type Period } from '../domain/period.ts';
import { cohortSums, dayNumber, type CohortRows, type Strata } from '../domain/retention/cohort.ts';
import type { EffectKind } from '../domain/retention/effect.ts';
import { delayOf, type DueCohort } from '../domain/retention/maturity.ts';
import { cohortName } from '../domain/retention/period-effects.ts';
import { cellList } from '../persistence/close-inputs.queries.ts';
import type { Tx } from '../persistence/database.ts';
import { likePattern } from '../persistence/like-pattern.ts';
import { customerSegments } from '../persistence/retention.queries.ts';
import { ExactSums } from '../persistence/roll-up/exact-sums.ts';

/** What the retention step of a close is asked, in words that another engine understands, too. */
export interface RetentionQuestion {
  readonly until: LocalDate;
  readonly cohorts: readonly { readonly effect: EffectKind; readonly month: Period }[];
  /** decisions whose hits open episodes, with the segments of their population as LIKE patterns; null: all customers */
  readonly decisions: readonly { readonly code: string; readonly segments: readonly string[] | null }[];
  readonly windowsDays: readonly number[];
  /** decimal text: margin of events that state none */
  readonly marginRate: string;
}

export function retentionQuestion(sources: RetentionSources, cohorts: readonly DueCohort[]): RetentionQuestion {
  const { period, model, register } = sources;
  return {
    until: lastDay(period),
    cohorts: cohorts.map(({ effect, month }) => ({ effect, month })),
    decisions: [...register.decisions].map(([code, { selector }]) => ({
      code,
      segments: selector?.segment?.map(likePattern) ?? null,
    })),
    windowsDays: model.retention!.windows_days,
    marginRate: model.retention!.margin_rate!.toText(20),
  };
}

/**
 * The retention step of a close up to its integers: what the customers of every due cohort earned by window, summed by
 * arm and stratum (tenure, fifth of prior value, segment, reason). By
 * `effect cohort arm active tenure fifth segment reason`: rows, margin of each band, of the 182 days before, of the prior
 * year, of the year before, and of referred customers by band.
 */
export async function retentionSums(
  tx: Tx,
  sources: RetentionSources,
  cohorts: readonly DueCohort[],
): Promise<Map<string, string>> {
  const { windows_days: windowsDays } = sources.model.retention!;
  // nothing is forecast or posted
  const plain = cohorts.map((cohort) => ({ ...cohort, due: [], open: [] }));
  const policy = { windowsDays, netProvisional: false, observedThrough: dayNumber(lastDay(sources.period)) };
  const { customers, referrals, groups } = await retentionFacts(tx, sources, plain, policy);
  const names = await strataNames(tx, sources);
  const places = new Map<string, number>();
  const columns = 4 + 2 * windowsDays.length;
  const sums = new ExactSums();
  for (const cohort of plain) {
    for (const { rows, earned, decision } of groups.of(cohort)) {
      const name = `${cohort.effect} ${cohortName(cohort.month, decision)}`;
      const found = cohortSums(rows, { customers, earned, referrals }, windowsDays, delayOf(cohort.effect));
      const { bands, before, priorValue, yearValue, referred, active } = found;
      const values = [...bands, before, priorValue, yearValue, ...referred!];
      const placeOf = placesOf(rows, active, found.strata(), name, names, places);
      for (let i = 0; i < rows.customer.length; i++) {
        const first = placeOf(i) * columns;
        sums.add(first, 1);
        for (let column = 1; column < columns; column++) sums.add(first + column, values[column - 1]![i]!);
      }
    }
  }
  const integers = (place: number): string =>
    Array.from({ length: columns }, (_, column) => sums.total(place * columns + column)).join(' ');
  return new Map([...places].map(([key, place]) => [key, integers(place)]));
}

type Names = Awaited<ReturnType<typeof strataNames>>;

async function strataNames(tx: Tx, { mark, register }: RetentionSources) {
  const cells = await cellList(tx);
  const reasons = new Set([...register.reasons.keys(), ...[...cells.values()].map((cell) => cell.reason_code)]);
  return { segments: ['', ...(await customerSegments(tx, mark))], reasons: ['', ...[...reasons].sort()] };
}

/** Number of a row's sums; a new one is given where nobody like it was seen. */
function placesOf(
  rows: CohortRows,
  active: Uint8Array,
  { of, strata }: Strata,
  name: string,
  { segments, reasons }: Names,
  places: Map<string, number>,
): (row: number) => number {
  const known = new Int32Array(4 * strata.length).fill(-1);
  return (row) => {
    const alike = 4 * of[row]! + 2 * rows.treated[row]! + active[row]!;
    if (known[alike]! < 0) {
      const { tenureBand, fifth, segment, reason } = strata[of[row]!]!;
      const key = [name, rows.treated[row], active[row], tenureBand, fifth, segments[segment], reasons[reason]].join(
        ' ',
      );
      const place = places.get(key) ?? places.size;
      places.set(key, place);
      known[alike] = place;
    }
    return known[alike]!;
  };
}
