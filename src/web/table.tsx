import type { ComponentChildren } from 'preact';
import { t } from './language.ts';

/** A table that scrolls by itself where it is wider than the page; `focusable` where no link inside takes the keyboard. */
export function Table({ focusable = false, children }: { focusable?: boolean; children: ComponentChildren }) {
  const keyboard = focusable ? ({ tabIndex: 0, role: 'group', 'aria-label': t('Table') } as const) : {};
  return (
    <div class="scroll" {...keyboard}>
      <table>{children}</table>
    </div>
  );
}
