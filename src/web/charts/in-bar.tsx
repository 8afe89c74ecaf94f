/**
 * A thin bar beside an amount, on one scale for the table; decoration of a figure that stands beside it.
 * @param of.held hatched: the amount waits for a ruling
 */
export function InBar({ percent, held = false }: { percent: number; held?: boolean }) {
  return (
    <svg class="inbar" height="12" aria-hidden="true">
      <rect
        class={held ? 's-up' : 's-total'}
        x="0"
        y="1"
        width={`${Math.max(0, Math.min(100, percent))}%`}
        height="10"
      />
    </svg>
  );
}
