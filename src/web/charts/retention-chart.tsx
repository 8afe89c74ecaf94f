import { counted, grouped, length, minor, rounded, signed } from '../format.ts';
import { t } from '../language.ts';

/** An effect per customer over one window, with its interval; `ripe` where the window is over. */
export interface RetentionPoint {
  readonly days: number;
  readonly cohort: string;
  readonly point: string;
  readonly low: string;
  readonly high: string;
  readonly ripe: boolean;
}

const HEIGHT = 120;

/** 30 days, 182 days, 548 days: as months, the way people say it. */
export function windowName(days: number): string {
  const months = Math.round(days / 30.4);
  return months < 1 ? counted(days, 'day', 'days') : counted(months, 'month', 'months');
}

/**
 * What a decision or good service took or brought, for a customer, after one, six and eighteen months: each point with
 * its interval; hollow and dotted where the cohort is not that old yet. Above the line customers brought more.
 */
export function RetentionChart({ points, title }: { points: readonly RetentionPoint[]; title: string }) {
  // A picture needs no more than cents; figures beside it come from the same text.
  const cents = (text: string): bigint => minor(rounded(text, 2));
  const ends = points.flatMap((point) => [cents(point.low), cents(point.high)]);
  const high = ends.reduce((top, value) => (value > top ? value : top), 0n);
  const low = ends.reduce((least, value) => (value < least ? value : least), 0n);
  const span = high - low === 0n ? 1n : high - low;
  const y = (value: bigint): number => 36 + HEIGHT - (length(value - low, span) / 100) * HEIGHT;
  const x = (i: number): number => ((i + 0.5) / points.length) * 100;
  return (
    <svg height={HEIGHT + 76} role="img" aria-label={title}>
      <title>{title}</title>
      <desc>
        {points
          .map((point) =>
            t('{window}: {point}, from {low} to {high}', {
              window: windowName(point.days),
              point: grouped(point.point),
              low: grouped(point.low),
              high: grouped(point.high),
            }),
          )
          .join('; ')}
      </desc>
      <line class="s-axis" x1="0" x2="100%" y1={y(0n)} y2={y(0n)} />
      {points.slice(1).map((point, i) => (
        <line
          key={point.days}
          class={`s-effect ${point.ripe ? '' : 'young'}`}
          x1={`${x(i)}%`}
          y1={y(cents(points[i]!.point))}
          x2={`${x(i + 1)}%`}
          y2={y(cents(point.point))}
        />
      ))}
      {points.map((point, i) => (
        <g key={point.days}>
          <line class="s-interval" x1={`${x(i)}%`} x2={`${x(i)}%`} y1={y(cents(point.low))} y2={y(cents(point.high))} />
          <circle class={point.ripe ? 's-point' : 's-crossing'} cx={`${x(i)}%`} cy={y(cents(point.point))} r="4" />
          <text class="strong halo" x={`${x(i) + 1.5}%`} y={y(cents(point.point)) - 6}>
            {signed(rounded(point.point, 2))}
          </text>
          <text x={`${x(i)}%`} y={HEIGHT + 56} text-anchor="middle">
            {windowName(point.days)}
          </text>
          <text x={`${x(i)}%`} y={HEIGHT + 70} text-anchor="middle">
            {point.ripe ? point.cohort : t('not that old yet')}
          </text>
        </g>
      ))}
      <text x="0" y="12">
        {t('bars: the 90% interval')}
      </text>
    </svg>
  );
}
