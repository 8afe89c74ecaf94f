import type { InputFault } from '../../domain/errors.ts';
import { Table } from '../table.tsx';

const STEPS = ['File', 'Columns', 'Check', 'Load'] as const;

/** Where the wizard stands; each step has an address of its own. */
export function ImportSteps({ at }: { at: 0 | 1 | 2 | 3 }) {
  return (
    <ol class="steps">
      {STEPS.map((label, i) => (
        <li key={label} class={i < at ? 'done' : i === at ? 'now' : ''} aria-current={i === at ? 'step' : undefined}>
          <strong>
            {i < at ? '✓' : i === at ? '●' : '○'} {label}
          </strong>
        </li>
      ))}
    </ol>
  );
}

/** What is wrong with which value, and how to mend it. */
export function FaultsTable({ faults }: { faults: readonly InputFault[] }) {
  return (
    <Table focusable>
      <thead>
        <tr>
          <th class="n">Line</th>
          <th>Column</th>
          <th>Value</th>
          <th>What is wrong</th>
          <th>How to mend it</th>
        </tr>
      </thead>
      <tbody>
        {faults.map((fault, i) => (
          <tr key={`${i}`}>
            <td class="n">{fault.line ?? ''}</td>
            <td>{fault.column ?? ''}</td>
            <td class="wrap">{fault.value ?? ''}</td>
            <td class="wrap">{fault.message}</td>
            <td class="wrap">{fault.remedy}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
