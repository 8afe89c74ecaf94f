import { day, grouped, length, minor } from '../format.ts';
import { t } from '../language.ts';

export interface CurvePoint {
  readonly date: string;
  readonly net: string;
  readonly mature: boolean;
}

const HEIGHT = 150;

/** Cumulated net of a decision: above the line it pays, below it is under water; the crossing carries its date; young days are dotted. */
export function CurveChart({
  points,
  underWaterSince,
  title,
}: {
  points: readonly CurvePoint[];
  underWaterSince: string | null;
  title: string;
}) {
  const values = points.map((point) => minor(point.net));
  const high = values.reduce((top, value) => (value > top ? value : top), 0n);
  const low = values.reduce((least, value) => (value < least ? value : least), 0n);
  const span = high - low === 0n ? 1n : high - low;
  const y = (value: bigint) => 1000 - length(value - low, span) * 10;
  const x = (i: number) => (points.length < 2 ? 500 : (i / (points.length - 1)) * 1000);
  const path = (from: number, to: number) =>
    points
      .slice(from, to + 1)
      .map((_, i) => `${i === 0 ? 'M' : 'L'}${x(from + i).toFixed(1)} ${y(values[from + i]!).toFixed(1)}`)
      .join(' ');
  const young = points.findIndex((point) => !point.mature);
  const lastMature = young < 0 ? points.length - 1 : Math.max(0, young - 1);
  const last = points.at(-1);
  const crossing = underWaterSince === null ? -1 : points.findIndex((point) => point.date === underWaterSince);
  return (
    <svg height={HEIGHT + 44} role="img" aria-label={title}>
      <title>{title}</title>
      <desc>{last ? t('On {day}: {net}', { day: day(last.date), net: grouped(last.net) }) : t('no days yet')}</desc>
      <svg x="0" y="20" width="100%" height={HEIGHT} viewBox="0 0 1000 1000" preserveAspectRatio="none">
        <path class={`s-curve ${underWaterSince === null ? 'above' : 'below'}`} d={path(0, lastMature)} />
        {young >= 0 && <path class="s-curve young" d={path(lastMature, points.length - 1)} />}
      </svg>
      <line class="s-axis" x1="0" x2="100%" y1={20 + (y(0n) / 1000) * HEIGHT} y2={20 + (y(0n) / 1000) * HEIGHT} />
      {crossing >= 0 && (
        <>
          <line
            class="s-connector"
            x1={`${x(crossing) / 10}%`}
            x2={`${x(crossing) / 10}%`}
            y1={16}
            y2={20 + (y(0n) / 1000) * HEIGHT}
          />
          <circle class="s-crossing" cx={`${x(crossing) / 10}%`} cy={20 + (y(0n) / 1000) * HEIGHT} r="4" />
          <text
            class="strong halo"
            x={`${x(crossing) / 10}%`}
            y={12}
            text-anchor={x(crossing) > 700 ? 'end' : x(crossing) < 300 ? 'start' : 'middle'}
          >
            {t('under water since {day}', { day: day(underWaterSince!) })}
          </text>
        </>
      )}
      {points[0] && (
        <text x="0" y={HEIGHT + 40}>
          {day(points[0].date)}
        </text>
      )}
      {last && (
        <text class="strong" x="100%" y={HEIGHT + 40} text-anchor="end">
          {day(last.date)}: {grouped(last.net)}
        </text>
      )}
    </svg>
  );
}
