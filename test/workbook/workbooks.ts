import type { CloseInputs } from '../../src/domain/statements/close-inputs.ts';
import type { DocumentContext } from '../../src/domain/statements/document.ts';
import type { ModelOptions } from '../../src/workbook/model/build-model.ts';

export function contextOf(inputs: CloseInputs, company = 'Test & Söhne plc'): DocumentContext {
  return {
    company,
    currency: inputs.currency,
    digits: 2,
    modelHash: 'a'.repeat(64),
    inputsHash: 'b'.repeat(64),
    register: inputs.register,
    lastLines: undefined,
    onePerson: false,
  };
}

export const RUN_OF_TEST: ModelOptions = {
  templateVersion: 'v1',
  run: {
    id: '7',
    codeVersion: '0.1.0',
    state: 'calculated',
    priorId: '6',
    deeds: [{ deed: 'prepared', by: 'finance', at: '2026-04-03T09:12:00Z' }],
    inputs: [
      { number: '1', kind: 'ledger', name: 'ledger.csv', rows: 12, sha256: 'c'.repeat(64), at: '2026-04-02T08:00:00Z' },
    ],
  },
};
