import type { RetentionSources } from '../application/customer-earnings.ts';
import { retentionFacts, type NamedFacts } from '../application/retention-facts.ts';
import { lastDay, type LocalDate, type Period } from '../domain/period.ts';
import { cohortSums, dayNumber, type CohortRows, type Strata } from '../domain/retention/cohort.ts';
import type { EffectKind } from '../domain/retention/effect.ts';
import { delayOf, type DueCohort } from '../domain/retention/maturity.ts';
import { cohortName } from '../domain/retention/period-effects.ts';
import type { Tx } from '../persistence/database.ts';
import { likePattern } from '../persistence/like-pattern.ts';
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
  const { customers, referrals, groups, ...names } = await retentionFacts(tx, sources, plain, policy);
  const places = new Map<string, number>();
  const columns = 4 + 2 * windowsDays.length;
  const sums = new ExactSums();
  for (const cohort of plain) {
    for (const { rows, earned, decision } of groups.of(cohort)) {
      const name = `${cohort.effect} ${cohortName(cohort.month, decision)}`;
      const found = cohortSums(rows, { customers, earned, referrals }, windowsDays, delayOf(cohort.effect));
      const { bands, before, priorValue, yearValue, referred, active } = found;
      const first = placesOf(rows, active, found.strata(), name, names, places);
      for (let i = 0; i < first.length; i++) sums.add((first[i]! *= columns), 1);
      for (const [column, values] of [...bands, before, priorValue, yearValue, ...referred!].entries())
        for (let i = 0; i < first.length; i++) sums.add(first[i]! + column + 1, values[i]!);
    }
  }
  const integers = (place: number): string =>
    Array.from({ length: columns }, (_, column) => sums.total(place * columns + column)).join(' ');
  return new Map([...places].map(([key, place]) => [key, integers(place)]));
}

/** Number of each row's sums; new ones are given where nobody like it was seen. */
function placesOf(
  rows: CohortRows,
  active: Uint8Array,
  { of, strata }: Strata,
  name: string,
  { segments, reasons }: Pick<NamedFacts, 'segments' | 'reasons'>,
  places: Map<string, number>,
): Int32Array {
  const known = new Int32Array(4 * strata.length).fill(-1);
  const placeOf = new Int32Array(of.length);
  for (let row = 0; row < placeOf.length; row++) {
    const alike = 4 * of[row]! + 2 * rows.treated[row]! + active[row]!;
    if (known[alike]! < 0) {
      const { tenureBand, fifth, segment, reason } = strata[of[row]!]!;
      const like = [tenureBand, fifth, segments[segment - 1], reasons[reason - 1]];
      const key = [name, rows.treated[row], active[row], ...like].join(' ');
      const place = places.get(key) ?? places.size;
      places.set(key, place);
      known[alike] = place;
    }
    placeOf[row] = known[alike]!;
  }
  return placeOf;
}
