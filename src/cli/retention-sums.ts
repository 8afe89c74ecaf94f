import { retentionFacts, type RetentionSources } from '../application/retention-facts.ts';
import { lastDay, type LocalDate, type Period } from '../domain/period.ts';
import { cohortSums } from '../domain/retention/cohort.ts';
import type { EffectKind } from '../domain/retention/effect.ts';
import { episodes } from '../domain/retention/episode.ts';
import { delayOf, type DueCohort } from '../domain/retention/maturity.ts';
import { cohortName, groupsOf, type RetentionFacts } from '../domain/retention/period-effects.ts';
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
  const facts = await retentionFacts(tx, sources, cohorts);
  const names = await strataNames(tx, sources);
  const { windows_days: windowsDays } = sources.model.retention!;
  const places = new Map<string, number>();
  const columns = 4 + 2 * windowsDays.length;
  const sums = new ExactSums();
  for (const effect of ['decision', 'service'] as const) {
    const opened = episodes(effect === 'service' ? facts.contacts : facts.hits, delayOf(effect));
    for (const cohort of cohorts.filter((due) => due.effect === effect)) {
      for (const group of groupsOf(facts, cohort, opened)) {
        const name = `${effect} ${cohortName(cohort.month, group.decision)}`;
        for (const [place, values] of byStratum(facts, group.rows, effect, windowsDays, name, names, places))
          values.forEach((value, column) => sums.add(place * columns + column, value));
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

function* byStratum(
  facts: RetentionFacts,
  rows: Parameters<typeof cohortSums>[0],
  effect: EffectKind,
  windowsDays: readonly number[],
  name: string,
  { segments, reasons }: Names,
  places: Map<string, number>,
): Generator<readonly [place: number, values: readonly number[]]> {
  const { bands, referred, before, priorValue, yearValue, active, stratum } = cohortSums(
    rows,
    facts,
    windowsDays,
    delayOf(effect),
  );
  for (const [i, own] of stratum().entries()) {
    const [tenure, fifth, segment, reason] = own.split(' ').map(Number) as [number, number, number, number];
    const key = [name, rows.treated[i], active[i], tenure, fifth, segments[segment], reasons[reason]].join(' ');
    const place = places.get(key) ?? places.size;
    if (place === places.size) places.set(key, place);
    const gone = referred ?? bands.map(() => NOTHING);
    const value = (column: Float64Array): number => column[i] ?? 0;
    yield [place, [1, ...bands.map(value), value(before), value(priorValue), value(yearValue), ...gone.map(value)]];
  }
}

const NOTHING = new Float64Array(0);
