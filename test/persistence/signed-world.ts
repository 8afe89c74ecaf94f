import type pg from 'pg';

export const CUSTOMERS = Array.from({ length: 120 }, (_, i) => `k${i}`);

/** Contacts of customers and of none that change customer, day, case and cell, are taken back and restored; and the like. */
export async function putWorld(client: pg.Client, keys: ReadonlyMap<string, string>): Promise<void> {
  const random = randomOf(20260322);
  const one = <T>(...choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const some = (share: number): boolean => random() < share;
  const instant = (from: number, days: number): number => Date.UTC(2026, 0, from) + Math.floor(random() * days * 96) * 900_000; // prettier-ignore
  const customer = (): string => one(...CUSTOMERS);
  const of = (id: string | null) => ({ customer_id: id, customer_key: id && keys.get(id) });
  await client.query(`insert into cell (cell_no, channel, queue, reason_code, decision_code, escalated, direction) overriding system value
    select n, 'voice', 'queue ' || n, 'reason ' || n % 3, case when n % 4 = 0 then 'FEE' end, n % 5 = 0, case when n % 7 = 0 then 'outbound' end
    from generate_series(901, 912) as n`);
  const at = (time: number) => ({ started_at: new Date(time).toISOString(), started_on: new Date(time).toISOString().slice(0, 10) }); // prettier-ignore
  const happened = (time: number) => ({ occurred_at: at(time).started_at, occurred_on: at(time).started_on });
  await client.query(CHANGING);
  const contacts: object[] = [];
  const segments: object[] = [];
  const talks: { customer: string; time: number }[] = [];
  for (let i = 0; i < 2500; i++) {
    const contact = () => {
      const time = instant(20, 72);
      return {
        ...{ contact_id: `c${i}`, ...at(time), ...of(some(0.2) ? null : customer()), line: i },
        ...{
          cell_no: 901 + Math.floor(random() * 12),
          case_id: some(0.4) ? `case ${Math.floor(random() * 150)}` : null,
        },
        ...{ handle_seconds: some(0.1) ? null : 60 + Math.floor(random() * 900) },
        text: some(0.1) ? one('a late fee', 'Réclamation', 'late fee, réclamation') : null,
      };
    };
    for (const { import_id, sign, row } of versions(contact, some, (row) => ({
      ...row,
      ...of(some(0.3) ? null : customer()),
    })))
      // prettier-ignore
      contacts.push({ ...row, import_id, sign });
    const first = contacts.at(-1) as { customer_id: string | null; started_at: string; started_on: string };
    if (first.customer_id) talks.push({ customer: first.customer_id, time: Date.parse(first.started_at) });
    if (some(0.15))
      for (let s = 0; s < 1 + Math.floor(random() * 3); s++)
        segments.push({ contact_id: `c${i}`, reason_code: `part ${s}`, handle_seconds: one(0, 1, 90, 100), started_on: first.started_on, import_id: 101, line: s, sign: 1 }); // prettier-ignore
  }
  const exposures = Array.from({ length: 900 }, (_, i) => () => ({
    ...{ exposure_id: `e${i}`, decision_code: one('FEE', 'OLD', 'PRICE'), ...happened(instant(10, 80)) },
    ...{ ...of(customer()), line: i, amount_minor: 300, waived_minor: null, currency: 'EUR' },
  }));
  const revenue = Array.from({ length: 2500 }, (_, i) => () => {
    const talk = some(0.3) ? one(...talks) : undefined;
    const [who, whom] = [talk?.customer ?? customer(), customer()];
    return {
      ...{ event_id: `r${i}`, ...happened(talk ? talk.time + one(0, 30_000, 600_000, 960_000, 1_000_000) : instant(2, 88)), ...of(who), line: i },
      ...{ kind: one('purchase', 'renewal', 'expansion', 'refund', 'referral', 'fee'), currency: one('EUR', 'EUR', 'USD') },
      ...{ amount_minor: 100 + Math.floor(random() * 9000), margin_minor: some(0.5) ? 77 : null },
      ...{ decision_code: some(0.15) ? 'FEE' : null, referred_customer_id: whom, referred_customer_key: keys.get(whom) },
    };
  }); // prettier-ignore
  const signed = (makers: readonly (() => object)[]): object[] =>
    makers.flatMap((make) =>
      versions(make, some, (row) => ({ ...row, ...of(customer()) })).map(({ row, ...version }) => ({
        ...row,
        ...version,
      })),
    );
  for (const [table, rows] of [
    ['contact', contacts],
    ['contact_segment', segments],
    ['exposure', signed(exposures)],
    ['revenue', signed(revenue)],
  ] as const)
    // prettier-ignore
    await client.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`, [
      JSON.stringify(rows),
    ]);
}

/** Imports that say of these months that facts were changed: where none does, nobody looks for corrected ones. */
export const CHANGING = `insert into import (import_id, kind, file_name, bytes, sha256, rows_new, rows_changed, rows_same, totals)
  overriding system value
  select 97 + n, kind, kind || '.csv', 1, 'changing ' || kind, 0, 1, 0, '{"periods":["2026-01","2026-02","2026-03","2026-04"]}'
  from unnest(array['contacts', 'exposures']) with ordinality as changed(kind, n)`;

/** A row as imports leave it: once; or corrected, moved to another customer, moved back, taken back, restored, or corrected too late. */
function versions<T extends object>(make: () => T, some: (share: number) => boolean, moved: (row: T) => T) {
  const row = make();
  const first = [{ import_id: 101, sign: 1, row }];
  if (some(0.6)) return first;
  const next = some(0.5) ? moved(row) : make();
  const corrected = [...first, { import_id: 102, sign: -1, row }, { import_id: 102, sign: 1, row: next }];
  if (some(0.4)) return corrected;
  if (some(0.2)) return [...first, { import_id: 102, sign: -1, row }];
  if (some(0.3)) return [...corrected, { import_id: 103, sign: -1, row: next }, { import_id: 103, sign: 1, row }];
  if (some(0.3)) return [...corrected, { import_id: 104, sign: 1, row }, { import_id: 104, sign: -1, row: next }];
  if (some(0.5)) return [...first, { import_id: 105, sign: -1, row }, { import_id: 105, sign: 1, row: next }];
  return [{ import_id: 105, sign: 1, row }];
}

/** Even and repeatable (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
