import { grouped, isNegative, isZero, length, minor, signed } from '../format.ts';
import { t } from '../language.ts';
import { Table } from '../table.tsx';

export interface BridgeStep {
  readonly label: string;
  readonly amount: string;
}

/**
 * Why a charge moved: a table whose rows hold the bars, so that it reads without the picture. Totals dark, up hatched
 * and red with ▲, down solid and teal with ▼; the axis is cut where all bars would else be slivers, and says so.
 */
export function BridgeChart({
  opening,
  closing,
  steps,
  preliminary,
}: {
  opening: BridgeStep;
  closing: BridgeStep;
  steps: readonly BridgeStep[];
  preliminary: boolean;
}) {
  const levels = [minor(opening.amount)];
  for (const step of steps) levels.push(levels.at(-1)! + minor(step.amount));
  const low = levels.reduce((least, level) => (level < least ? level : least));
  const high = levels.reduce((most, level) => (level > most ? level : most));
  const base = low > 0n && (high - low) * 2n < high ? low - (high - low) / 2n : low < 0n ? low : 0n;
  const span = high - base === 0n ? 1n : high - base;
  const at = (level: bigint) => `${length(level - base, span)}%`;
  const width = (a: bigint, b: bigint) => `${Math.max(0.4, length(a > b ? a - b : b - a, span))}%`;
  return (
    <Table focusable>
      <thead>
        <tr>
          <th>{t('Step')}</th>
          {base > 0n ? <th class="bars">{t('axis cut, not from zero')}</th> : <td class="bars"></td>}
          <th class="n">{t('Amount')}</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">{opening.label}</th>
          <td>
            <svg height="16" aria-hidden="true">
              <rect class="s-total" x="0" y="1" width={at(minor(opening.amount))} height="14" />
            </svg>
          </td>
          <td class="n">{grouped(opening.amount)}</td>
        </tr>
        {steps.map((step, i) => {
          const down = isNegative(step.amount);
          const from = levels[i]! < levels[i + 1]! ? levels[i]! : levels[i + 1]!;
          return (
            <tr key={step.label}>
              <td>{step.label}</td>
              <td>
                {!isZero(step.amount) && (
                  <svg height="16" aria-hidden="true">
                    <rect
                      class={down ? 's-down' : 's-up'}
                      x={at(from)}
                      y="1"
                      width={width(levels[i]!, levels[i + 1]!)}
                      height="14"
                    />
                  </svg>
                )}
              </td>
              <td class={`n ${isZero(step.amount) ? '' : down ? 'favour' : 'against'}`}>
                {isZero(step.amount) ? '' : down ? '▼ ' : '▲ '}
                {signed(step.amount)}
              </td>
            </tr>
          );
        })}
        <tr class="total">
          <th scope="row">{closing.label}</th>
          <td>
            <svg height="16" aria-hidden="true">
              <rect
                class={preliminary ? 's-preliminary' : 's-total'}
                x="0"
                y="1"
                width={at(minor(closing.amount))}
                height="14"
              />
            </svg>
          </td>
          <td class="n">{grouped(closing.amount)}</td>
        </tr>
      </tbody>
    </Table>
  );
}
