import type { InputFault } from '../../domain/errors.ts';
import { label, t } from '../language.ts';
import { Table } from '../table.tsx';

const STEPS = [label('File'), label('Columns'), label('Check'), label('Load')] as const;

/** Where the wizard stands; each step has an address of its own. */
export function ImportSteps({ at }: { at: 0 | 1 | 2 | 3 }) {
  return (
    <ol class="steps">
      {STEPS.map((step, i) => (
        <li key={step} class={i < at ? 'done' : i === at ? 'now' : ''} aria-current={i === at ? 'step' : undefined}>
          <strong>
            {i < at ? '✓' : i === at ? '●' : '○'} {t(step)}
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
          <th class="n">{t('Line')}</th>
          <th>{t('Column')}</th>
          <th>{t('Value')}</th>
          <th>{t('What is wrong')}</th>
          <th>{t('How to mend it')}</th>
        </tr>
      </thead>
      <tbody>
        {faults.map((fault, i) => (
          <tr key={`${i}`}>
            <td class="n">{fault.line ?? ''}</td>
            <td>{fault.column ?? ''}</td>
            <td class="wrap">{fault.value ?? ''}</td>
            <td class="wrap" lang="en">
              {fault.message}
            </td>
            <td class="wrap" lang="en">
              {fault.remedy}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
