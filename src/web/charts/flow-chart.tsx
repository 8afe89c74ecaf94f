import { grouped, length, percent } from '../format.ts';
import { t } from '../language.ts';
import { Table } from '../table.tsx';

/** An amount in minor units that went from a pool to a unit, or stayed with service. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
  /** true: it stays with service (unused, not attributed, variances) */
  readonly stays: boolean;
}

const GAP = 14;
const HEIGHT = 260;

interface Place {
  readonly name: string;
  readonly sum: bigint;
  readonly stays: boolean;
  readonly y: number;
  readonly tall: number;
}

/**
 * Where the pools went: from each pool a ribbon to each unit and to what stays with service, as wide as its amount, all
 * on one scale; the table stands one click away. Negative amounts (a gain of service) have no width and stand in the table.
 */
export function FlowChart({
  flows,
  title,
  show,
}: {
  flows: readonly Flow[];
  title: string;
  /** minor units as text */
  show: (minor: bigint) => string;
}) {
  const drawn = flows.filter((flow) => flow.amount > 0n);
  const total = drawn.reduce((sum, flow) => sum + flow.amount, 0n);
  const left = placesOf(drawn, (flow) => flow.from, total);
  const right = placesOf(drawn, (flow) => flow.to, total);
  const tall = Math.max(...[left, right].map((places) => (places.at(-1)?.y ?? 0) + (places.at(-1)?.tall ?? 0)), 1);
  return (
    <>
      <div class="scroll" tabIndex={0} role="group" aria-label={t('Chart')}>
        <svg class="wide" height={tall + 16} role="img" aria-label={title}>
          <title>{title}</title>
          <desc>{right.map((place) => `${place.name}: ${grouped(show(place.sum))}`).join('; ')}</desc>
          <svg
            x="26%"
            width="48%"
            y="0"
            height={tall}
            viewBox={`0 0 1000 ${tall.toFixed(1)}`}
            preserveAspectRatio="none"
          >
            {ribbons(drawn, left, right, total).map((ribbon) => (
              <path key={ribbon.key} class={ribbon.stays ? 's-flow stays' : 's-flow'} d={ribbon.d} />
            ))}
          </svg>
          {left.map((place) => (
            <g key={place.name}>
              <rect class="s-total" x="25%" width="1%" y={place.y} height={Math.max(1, place.tall)} />
              <text x="24%" y={place.y + Math.max(9, place.tall / 2 + 4)} text-anchor="end">
                {place.name} {percent(place.sum, total)}
              </text>
            </g>
          ))}
          {right.map((place) => (
            <g key={place.name}>
              <rect
                class={place.stays ? 's-preliminary' : 's-total'}
                x="74%"
                width="1%"
                y={place.y}
                height={Math.max(1, place.tall)}
              />
              <text x="76%" y={place.y + Math.max(9, place.tall / 2 + 4)}>
                {place.name} {percent(place.sum, total)}
              </text>
            </g>
          ))}
        </svg>
      </div>
      <details>
        <summary>{t('Table')}</summary>
        <Table focusable>
          <thead>
            <tr>
              <th>{t('From pool')}</th>
              <th>{t('To')}</th>
              <th class="n">{t('Amount')}</th>
            </tr>
          </thead>
          <tbody>
            {flows.map((flow) => (
              <tr key={`${flow.from} ${flow.to}`}>
                <td>{flow.from}</td>
                <td>{flow.to}</td>
                <td class="n">{grouped(show(flow.amount))}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      </details>
    </>
  );
}

/** One bar each, the largest first, what stays with service last. */
function placesOf(flows: readonly Flow[], nameOf: (flow: Flow) => string, total: bigint): Place[] {
  const sums = new Map<string, { sum: bigint; stays: boolean }>();
  for (const flow of flows) {
    const name = nameOf(flow);
    sums.set(name, { sum: (sums.get(name)?.sum ?? 0n) + flow.amount, stays: flow.to === name && flow.stays });
  }
  const sorted = [...sums].sort(
    ([, a], [, b]) => Number(a.stays) - Number(b.stays) || (b.sum > a.sum ? 1 : b.sum < a.sum ? -1 : 0),
  );
  let y = 0;
  return sorted.map(([name, { sum, stays }]) => {
    const tall = (length(sum, total) / 100) * HEIGHT;
    const place = { name, sum, stays, y, tall };
    y += Math.max(tall, 3) + GAP - 3;
    return place;
  });
}

function ribbons(flows: readonly Flow[], left: readonly Place[], right: readonly Place[], total: bigint) {
  const used = new Map<string, number>();
  const take = (side: string, place: Place, tall: number): number => {
    const key = `${side} ${place.name}`;
    const at = place.y + (used.get(key) ?? 0);
    used.set(key, (used.get(key) ?? 0) + tall);
    return at;
  };
  const rank = (places: readonly Place[], name: string): number => places.findIndex((place) => place.name === name);
  return [...flows]
    .sort((a, b) => rank(left, a.from) - rank(left, b.from) || rank(right, a.to) - rank(right, b.to))
    .map((flow) => {
      const tall = (length(flow.amount, total) / 100) * HEIGHT;
      const from = take('left', left[rank(left, flow.from)]!, tall);
      const to = take('right', right[rank(right, flow.to)]!, tall);
      const at = (value: number): string => value.toFixed(1);
      const d =
        `M0 ${at(from)} C500 ${at(from)} 500 ${at(to)} 1000 ${at(to)} ` +
        `L1000 ${at(to + tall)} C500 ${at(to + tall)} 500 ${at(from + tall)} 0 ${at(from + tall)} Z`;
      return { key: `${flow.from} ${flow.to}`, d, stays: flow.stays };
    });
}
