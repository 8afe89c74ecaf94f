import { day, grouped, length, minor, shortMonth, rounded } from '../format.ts';
import { t } from '../language.ts';

export interface CumulatedDay {
  readonly date: string;
  readonly collectedCum: string;
  readonly costCum: string;
  readonly mature: boolean;
}

const HEIGHT = 170;

/** What a decision collected and what its contacts cost, cumulated: lines named at their ends, the crossing with its date. */
export function BreakEvenChart({
  points,
  underWaterSince,
  title,
}: {
  points: readonly CumulatedDay[];
  underWaterSince: string | null;
  title: string;
}) {
  const last = points.at(-1);
  if (last === undefined) return <p class="note">{t('No day yet.')}</p>;
  const values = points.flatMap((point) => [minor(point.collectedCum), minor(point.costCum)]);
  const high = values.reduce((top, value) => (value > top ? value : top), 1n);
  const low = values.reduce((least, value) => (value < least ? value : least), 0n);
  const y = (text: string): number => 1000 - length(minor(text) - low, high - low) * 10;
  const x = (i: number): number => (points.length < 2 ? 500 : (i / (points.length - 1)) * 1000);
  const path = (of: 'collectedCum' | 'costCum', from: number, to: number): string =>
    points
      .slice(from, to + 1)
      .map((point, i) => `${i === 0 ? 'M' : 'L'}${x(from + i).toFixed(1)} ${y(point[of]).toFixed(1)}`)
      .join(' ');
  const young = points.findIndex((point) => !point.mature);
  const ripe = young < 0 ? points.length - 1 : Math.max(0, young - 1);
  const crossing = underWaterSince === null ? -1 : points.findIndex((point) => point.date === underWaterSince);
  const px = (text: string): number => 20 + (y(text) / 1000) * HEIGHT;
  // Two names at the right end must not stand on each other.
  const apart = Math.abs(px(last.collectedCum) - px(last.costCum)) < 14;
  const below = px(last.collectedCum) > px(last.costCum);
  return (
    <svg height={HEIGHT + 44} role="img" aria-label={title}>
      <title>{title}</title>
      <desc>
        {t('On {day}: collected {collected}, contact cost {cost}', {
          day: day(last.date),
          collected: grouped(last.collectedCum),
          cost: grouped(last.costCum),
        })}
      </desc>
      <svg x="0" y="20" width="78%" height={HEIGHT} viewBox="0 0 1000 1000" preserveAspectRatio="none">
        <path class="s-curve above" d={path('collectedCum', 0, ripe)} />
        <path class="s-curve below" d={path('costCum', 0, ripe)} />
        {young >= 0 && <path class="s-curve above young" d={path('collectedCum', ripe, points.length - 1)} />}
        {young >= 0 && <path class="s-curve below young" d={path('costCum', ripe, points.length - 1)} />}
      </svg>
      <line class="s-axis" x1="0" x2="78%" y1={px('0.00')} y2={px('0.00')} />
      {crossing >= 0 && (
        <circle class="s-crossing" cx={`${(x(crossing) / 10) * 0.78}%`} cy={px(points[crossing]!.costCum)} r="4" />
      )}
      {points.map((point, i) =>
        point.date.endsWith('-01') && (points.length < 400 || /-(01|04|07|10)-01$/.test(point.date)) ? (
          <text key={point.date} x={`${(x(i) / 10) * 0.78}%`} y={HEIGHT + 38}>
            {shortMonth(point.date)}
          </text>
        ) : null,
      )}
      <text class="strong favour" x="79%" y={px(last.collectedCum) + (apart ? (below ? 10 : -4) : 4)}>
        {t('collected {amount}', { amount: grouped(rounded(last.collectedCum, 0)) })}
      </text>
      <text class="strong against" x="79%" y={px(last.costCum) + (apart ? (below ? -4 : 10) : 4)}>
        {t('contact cost {amount}', { amount: grouped(rounded(last.costCum, 0)) })}
      </text>
    </svg>
  );
}
