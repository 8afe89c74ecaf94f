import { join } from 'node:path';
import { mappingText, shippedMappings, suggestedMapping } from '../../src/application/mappings.ts';
import { Refusal } from '../../src/domain/errors.ts';
import { likelyKind } from '../../src/intake/mapping-guess.ts';
import { parseMapping } from '../../src/intake/mapping-file.ts';
import { packageRoot } from '../../src/package-root.ts';

const samples = (name: string): string => join(packageRoot, 'test/fixtures/exports', name);

describe('mappings by name', () => {
  it('are shipped for the systems that users have', () => {
    expect([...shippedMappings().keys()]).toEqual(
      expect.arrayContaining([
        'bank-complaints/contacts',
        'bank-complaints/contacts-xlsx',
        'service-desk-events',
        'online-retail',
        'council-payments',
        'airport-survey/2017',
        'zendesk-tickets',
        'genesys-cloud-conversations',
        'sap-ledger',
        'focus-costs',
      ]),
    );
  });

  it('are found by path or name, and an unknown one is refused with the names there are', () => {
    expect(mappingText('sap-ledger').yaml).toContain('name: sap-ledger');
    expect(mappingText(shippedMappings().get('online-retail')!)).toMatchObject({ file: 'online-retail.yaml' });
    expect(() => mappingText('sap-ledgr')).toThrow(Refusal);
    expect(() => mappingText('../../package')).toThrow('no shipped mapping');
  });
});

describe('a suggested mapping', () => {
  it.each(['zendesk-tickets', 'genesys-cloud-conversations', 'sap-ledger', 'focus-costs'])(
    'is the shipped one when its columns are all there: %s, without being told the kind',
    async (name) => {
      const yaml = await suggestedMapping(samples(`${name}.csv`), undefined, []);
      expect(parseMapping(yaml, 'suggested').name).toBe(name);
      expect(yaml).toContain('rows as interpreted');
    },
  );

  it('is that of last time before the shipped one', async () => {
    const last = mappingText('sap-ledger').yaml.replace('name: sap-ledger', 'name: ours');
    expect(
      parseMapping(await suggestedMapping(samples('sap-ledger.csv'), 'ledger', [last, 'not: a mapping']), 's').name,
    ).toBe('ours');
  });

  it('is guessed for the kind that a person names', async () => {
    expect(parseMapping(await suggestedMapping(samples('sap-ledger.csv'), 'contacts', []), 's').kind).toBe('contacts');
    await expect(suggestedMapping(samples('sap-ledger.csv'), 'ledgers', [])).rejects.toMatchObject({
      code: 'unknown_kind',
    });
  });

  it('knows a kind by its header', () => {
    expect(likelyKind(['survey_id', 'answered_at', 'metric', 'score', 'instrument']).name).toBe('surveys');
    expect(likelyKind(['Invoice No', 'Customer ID', 'Invoice Date', 'Type', 'Amount', 'Currency']).name).toBe(
      'revenue',
    );
    expect(
      likelyKind(['Document Number', 'Posting Date', 'G/L Account', 'Cost Center', 'Amount', 'Currency']).name,
    ).toBe('ledger');
  });
});
