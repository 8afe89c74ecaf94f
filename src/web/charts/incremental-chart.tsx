import { day, grouped } from '../format.ts';
import { t } from '../language.ts';

/** Contacts of a day, and those expected without the decision. */
export interface ObservedDay {
  readonly date: string;
  readonly observed: string;
  readonly expected: string;
}

const HEIGHT = 170;

interface Week {
  readonly from: string;
  readonly observed: number;
  readonly expected: number;
}

/**
 * Contacts a week beside those expected without the decision, from the day on which it takes effect; the gap between is
 * what it brought. The interval of the sum stands below as a bar of its own, for it is the sum that is estimated.
 */
export function IncrementalChart({
  days,
  from,
  estimate,
  title,
}: {
  days: readonly ObservedDay[];
  /** day on which the decision takes effect */
  from: string;
  estimate: { readonly point: string; readonly low: string; readonly high: string };
  title: string;
}) {
  const weeks = weeksOf(days);
  const last = weeks.at(-1);
  if (last === undefined) return <p class="note">{t('No week yet.')}</p>;
  const high = Math.max(1, ...weeks.flatMap((week) => [week.observed, week.expected]));
  const x = (i: number): number => (weeks.length < 2 ? 500 : (i / (weeks.length - 1)) * 1000);
  const y = (value: number): number => 1000 - (value / high) * 1000;
  const path = (of: 'observed' | 'expected'): string =>
    weeks.map((week, i) => `${i === 0 ? 'M' : 'L'}${x(i).toFixed(1)} ${y(week[of]).toFixed(1)}`).join(' ');
  const start = weeks.findIndex((week) => week.from >= from);
  const gap =
    start < 0
      ? ''
      : `${weeks
          .slice(start)
          .map((week, i) => `${i === 0 ? 'M' : 'L'}${x(start + i).toFixed(1)} ${y(week.observed).toFixed(1)}`)
          .join(' ')} ` +
        `${weeks
          .slice(start)
          .map((_, i) => weeks.length - 1 - i)
          .map((i) => `L${x(i).toFixed(1)} ${y(weeks[i]!.expected).toFixed(1)}`)
          .join(' ')} Z`;
  const px = (value: number): number => 20 + (y(value) / 1000) * HEIGHT;
  const apart = Math.abs(px(last.observed) - px(last.expected)) < 14;
  return (
    <svg height={HEIGHT + 84} role="img" aria-label={title}>
      <title>{title}</title>
      <desc>
        {t('Additional contacts: {point}, from {low} to {high}', {
          point: grouped(estimate.point),
          low: grouped(estimate.low),
          high: grouped(estimate.high),
        })}
      </desc>
      <svg x="0" y="20" width="78%" height={HEIGHT} viewBox="0 0 1000 1000" preserveAspectRatio="none">
        {gap !== '' && <path class="s-gap" d={gap} />}
        <path class="s-curve" d={path('observed')} />
        <path class="s-curve without" d={path('expected')} />
      </svg>
      <line class="s-axis" x1="0" x2="78%" y1={20.5 + HEIGHT} y2={20.5 + HEIGHT} />
      {start >= 0 && (
        <>
          <line
            class="s-date"
            x1={`${(x(start) / 10) * 0.78}%`}
            x2={`${(x(start) / 10) * 0.78}%`}
            y1="14"
            y2={20 + HEIGHT}
          />
          <text
            class="strong accent halo"
            x={`${(x(start) / 10) * 0.78}%`}
            y="10"
            text-anchor={start > weeks.length / 2 ? 'end' : 'start'}
          >
            {t('{day}: takes effect', { day: day(from) })}
          </text>
        </>
      )}
      <text class="strong" x="79%" y={px(last.observed) - (apart ? 4 : -4)}>
        {t('observed {observed}', { observed: grouped(String(Math.round(last.observed))) })}
      </text>
      <text class="strong accent" x="79%" y={px(last.expected) + (apart ? 12 : 4)}>
        {t('without it {expected}', { expected: grouped(String(Math.round(last.expected))) })}
      </text>
      <text x="0" y={HEIGHT + 38}>
        {day(weeks[0]!.from)}
      </text>
      <Interval y={HEIGHT + 62} estimate={estimate} />
    </svg>
  );
}

/** The estimate with its interval, on a scale from zero or below. */
function Interval({ y, estimate }: { y: number; estimate: { point: string; low: string; high: string } }) {
  const [point, low, high] = [Number(estimate.point), Number(estimate.low), Number(estimate.high)];
  const [least, most] = [Math.min(0, low), Math.max(1, high)];
  const at = (value: number): string => `${(((value - least) / (most - least)) * 78).toFixed(2)}%`;
  const whole = (value: number): string => grouped(String(Math.round(value)));
  return (
    <g>
      <line class="s-line" x1="0" x2="78%" y1={y} y2={y} />
      <line class="s-interval" x1={at(low)} x2={at(high)} y1={y} y2={y} />
      <line class="s-axis" x1={at(0)} x2={at(0)} y1={y - 6} y2={y + 6} />
      <circle class="s-point" cx={at(point)} cy={y} r="4" />
      <text x={at(0)} y={y + 18}>
        0
      </text>
      <text class="strong" x="79%" y={y + 4}>
        {t('{point} ({low} to {high})', { point: whole(point), low: whole(low), high: whole(high) })}
      </text>
    </g>
  );
}

function weeksOf(days: readonly ObservedDay[]): Week[] {
  const weeks: Week[] = [];
  for (let i = 0; i + 7 <= days.length; i += 7) {
    const week = days.slice(i, i + 7);
    const sum = (of: 'observed' | 'expected'): number => week.reduce((total, one) => total + Number(one[of]), 0);
    weeks.push({ from: week[0]!.date, observed: sum('observed'), expected: sum('expected') });
  }
  return weeks;
}
