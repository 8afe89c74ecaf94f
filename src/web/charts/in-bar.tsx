/** A thin bar beside an amount, on one scale for the table; decoration of a figure that stands beside it. */
export function InBar({ percent }: { percent: number }) {
  return (
    <svg class="inbar" height="12" aria-hidden="true">
      <rect class="s-total" x="0" y="1" width={`${Math.max(0, Math.min(100, percent))}%`} height="10" />
    </svg>
  );
}
