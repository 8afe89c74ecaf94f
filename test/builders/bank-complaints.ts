import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { type MappedSource, mapped } from '../../src/intake/mapping.ts';
import { parseMapping } from '../../src/intake/mapping-file.ts';
import { openFile } from '../../src/intake/open-file.ts';
import { packageRoot } from '../../src/package-root.ts';
import { sharedPath } from '../shared-files.ts';

const MAPPINGS = join(packageRoot, 'templates', 'mappings');

/** A file of ../shared/data through a shipped mapping. */
export async function throughMapping(data: string, mapping: string): Promise<MappedSource> {
  const path = join(MAPPINGS, mapping);
  const source = await openFile(sharedPath('data', data));
  return mapped(source, parseMapping(readFileSync(path, 'utf8'), mapping), { file: data });
}

/** All rows of ours as objects by column. */
export async function rowsOf(source: MappedSource): Promise<Record<string, string>[]> {
  const rows: Record<string, string>[] = [];
  for await (const batch of source.rows) {
    for (const { fields } of batch) rows.push(Object.fromEntries(source.header.map((name, i) => [name, fields[i]!])));
  }
  return rows;
}

export const BANK_CONTACTS = 'bank-complaints/contacts_full.csv.gz';
/** Seconds of one complaint: the assumption of reasons.yaml. */
const STANDARD_SECONDS = 1800;

/**
 * Writes the folder that import-folder takes: company, model, units, reasons, decisions with owners, ledger, capacity and
 * contacts of the bank, all from the real export and the shipped mappings. Ledger and capacity are stated assumptions.
 */
export async function writeBankComplaints(folder: string): Promise<void> {
  const shipped = (name: string): string => join(MAPPINGS, 'bank-complaints', name);
  for (const name of ['company.yaml', 'model.yaml', 'decisions.csv', 'decision_owners.csv']) {
    copyFileSync(shipped(name), join(folder, name));
  }
  const write = (name: string, rows: readonly Record<string, string>[]): void =>
    writeFileSync(join(folder, name), stringify([...rows], { header: true }));
  write('units.csv', await rowsOf(await throughMapping('bank-complaints/unit_map.csv', 'bank-complaints/units.yaml')));
  const upper = await rowsOf(
    await throughMapping('bank-complaints/unit_map.csv', 'bank-complaints/reasons-of-products.yaml'),
  );
  const lower = await rowsOf(await throughMapping(BANK_CONTACTS, 'bank-complaints/reasons.yaml'));
  write('reasons.csv', [
    ...upper.map((row) => ({ ...row, parent_code: '', standard_handle_seconds: '' })),
    ...lower.map((row) => ({ ...row, owner_unit: '' })),
  ]);
  const contactsOf = new Map<string, number>();
  const cost = new Map<string, bigint>();
  for (const { period, amount } of await rowsOf(await throughMapping(BANK_CONTACTS, 'bank-complaints/ledger.yaml'))) {
    contactsOf.set(period!, (contactsOf.get(period!) ?? 0) + 1);
    cost.set(period!, (cost.get(period!) ?? 0n) + BigInt(amount!.replace('.', '')));
  }
  const periods = [...contactsOf.keys()].sort();
  write(
    'ledger.csv',
    periods.map((period) => ({
      entry_id: `assumed-${period}`,
      period,
      account: '6000',
      cost_center: 'COMPLAINTS',
      amount: `${cost.get(period)! / 100n}.00`,
      currency: 'USD',
      description: 'Assumed cost of handling complaints',
    })),
  );
  write(
    'capacity.csv',
    periods.map((period) => ({
      period,
      pool_code: 'complaints',
      practical_seconds: String(contactsOf.get(period)! * STANDARD_SECONDS),
    })),
  );
  write('contacts.csv', await rowsOf(await throughMapping(BANK_CONTACTS, 'bank-complaints/contacts.yaml')));
}
