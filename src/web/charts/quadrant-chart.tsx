import { grouped, length, rounded } from '../format.ts';
import { t } from '../language.ts';

/** A decision on the map: minor units of what its contacts cost and of what it keeps, and its contacts. */
export interface DecisionPoint {
  readonly code: string;
  readonly title: string;
  readonly cost: bigint;
  readonly kept: bigint;
  readonly contacts: string;
  readonly verdict: string;
}

const HEIGHT = 360;

/**
 * Which decisions pay: across what the contacts cost, up what the decision keeps; on the diagonal it earns nothing. The
 * area of a mark is its contacts; marks are links, and the table below holds the figures.
 */
export function QuadrantChart({
  points,
  title,
  show,
}: {
  points: readonly DecisionPoint[];
  title: string;
  show: (minor: bigint) => string;
}) {
  const most = points.reduce((top, { cost, kept }) => [cost, kept, top].reduce((a, b) => (a > b ? a : b)), 1n);
  const crowd = Math.max(1, ...points.map((point) => Number(point.contacts)));
  const x = (minor: bigint): number => 6 + length(minor < 0n ? 0n : minor, most) * 0.8;
  const y = (minor: bigint): number => 20 + HEIGHT - (length(minor < 0n ? 0n : minor, most) / 100) * (HEIGHT - 20);
  return (
    <svg height={HEIGHT + 48} role="group" aria-label={title}>
      <title>{title}</title>
      <desc>
        {points
          .map((point) =>
            t('{decision}: costs {cost}, keeps {kept}', {
              decision: point.title,
              cost: grouped(show(point.cost)),
              kept: grouped(show(point.kept)),
            }),
          )
          .join('; ')}
      </desc>
      <line class="s-axis" x1="6%" x2="86%" y1={20.5 + HEIGHT} y2={20.5 + HEIGHT} />
      <line class="s-axis" x1="6%" x2="6%" y1="20" y2={20 + HEIGHT} />
      <line class="s-date" x1="6%" y1={20 + HEIGHT} x2="86%" y2="40" />
      <text class="mute" x="8%" y="34">
        {t('● Keep')}
      </text>
      <text class="mute" x="86%" y="34" text-anchor="end">
        {t('◆ Improve')}
      </text>
      <text class="mute" x="8%" y={HEIGHT + 10}>
        {t('◆ Explain')}
      </text>
      <text class="mute" x="86%" y={HEIGHT + 10} text-anchor="end">
        {t('■ Stop')}
      </text>
      <text class="accent halo" x="84%" y="60" text-anchor="end">
        {t('break-even')}
      </text>
      {points.map((point) => (
        <a
          key={point.code}
          href={`/decisions/${encodeURIComponent(point.code)}`}
          aria-label={`${point.title}: ${point.verdict}`}
        >
          <circle
            class={point.kept < point.cost ? 's-mark against' : 's-mark favour'}
            cx={`${x(point.cost)}%`}
            cy={y(point.kept)}
            r={5 + Math.sqrt(Number(point.contacts) / crowd) * 14}
          />
          <text class="strong halo" x={`${Math.min(x(point.cost) + 2, 80)}%`} y={y(point.kept) - 10}>
            {point.title.length > 28 ? `${point.title.slice(0, 27)}…` : point.title}
          </text>
        </a>
      ))}
      <text x="86%" y={HEIGHT + 38} text-anchor="end">
        {t('contact cost, up to {most}', { most: grouped(rounded(show(most), 0)) })}
      </text>
      <text x="6%" y="12">
        {t('kept by the decision, up to {most}', { most: grouped(rounded(show(most), 0)) })}
      </text>
    </svg>
  );
}
