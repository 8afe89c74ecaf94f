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
/** Labels whose places across are nearer than this, in percent, stand above each other, so that they are read on a phone, too. */
const NEAR = 30;
const LINE = 14;

/** Beyond the middle a label stands left of its mark. */
const isLeftOf = (x: number): boolean => x > 46;

/**
 * Where labels stand: where they are wanted, those that would hide each other one above the other, the outer the higher, so
 * that no line from a mark to its label crosses another label.
 */
export function labelPlaces(wanted: readonly { readonly x: number; readonly y: number }[]): { x: number; y: number }[] {
  const taken = [{ x: 8, y: HEIGHT + 10 }]; // the word in the corner
  const places = wanted.map(({ x, y }) => ({ x, y }));
  const inner = (x: number): number => (isLeftOf(x) ? 100 - x : x);
  for (const place of [...places].sort((a, b) => inner(b.x) - inner(a.x))) {
    const hides = (other: { x: number; y: number }): boolean =>
      Math.abs(other.x - place.x) < NEAR && Math.abs(other.y - place.y) < LINE;
    for (let by = taken.find(hides); by !== undefined; by = taken.find(hides)) place.y = by.y - LINE;
    taken.push(place);
  }
  return places;
}

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
  const radius = (point: DecisionPoint): number => 5 + Math.sqrt(Number(point.contacts) / crowd) * 14;
  const top = (point: DecisionPoint): number => y(point.kept) - radius(point) - 3;
  const places = labelPlaces(points.map((point) => ({ x: x(point.cost), y: top(point) })));
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
      {points.map((point, i) => (
        <a
          key={point.code}
          href={`/decisions/${encodeURIComponent(point.code)}`}
          aria-label={`${point.title}: ${point.verdict}`}
        >
          <circle
            class={point.kept < point.cost ? 's-mark against' : 's-mark favour'}
            cx={`${x(point.cost)}%`}
            cy={y(point.kept)}
            r={radius(point)}
          />
          {places[i]!.y < top(point) && (
            <line
              class="s-connector"
              x1={`${x(point.cost)}%`}
              x2={`${x(point.cost)}%`}
              y1={top(point)}
              y2={places[i]!.y}
            />
          )}
          <text
            class="strong halo"
            x={`${x(point.cost) + (isLeftOf(x(point.cost)) ? -1 : 1)}%`}
            y={places[i]!.y}
            text-anchor={isLeftOf(x(point.cost)) ? 'end' : 'start'}
          >
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
