import { OutOfBalance } from '../domain/errors.ts';
import { sha256 } from '../domain/ids.ts';
import { firstDay } from '../domain/period.ts';
import { CONTACT_PARTS } from '../domain/statements/cell-facts.ts';
import { trailingCells } from '../persistence/adjustments.queries.ts';
import {
  cellSums,
  contactCount,
  type CellSum,
  type ContactReading,
  type KeyRange,
} from '../persistence/close-inputs.queries.ts';
import type { Tx } from '../persistence/database.ts';
import { waitForImports } from '../persistence/distribution.queries.ts';
import type { RollUp } from '../persistence/roll-up.queries.ts';

/** How the SQL road proves the kernel road: on every contact, or above a size on those of some customers. */
export type Control = 'full' | 'sample';

/** Contacts up to which a sample is everything, and about so many that it holds above. */
const SAMPLE = 10_000;
const SHOWN = 5;

/**
 * The customers that the control looks at: an unbroken stretch of their keys, which are hashes, so that it is as good as
 * drawn by lot; seeded by the period and the watermark. Undefined: all contacts.
 */
export async function controlSample(tx: Tx, reading: ContactReading, control: Control): Promise<KeyRange | undefined> {
  const contacts = Number(await contactCount(tx, reading.period, reading.watermark));
  if (control === 'full' || contacts <= SAMPLE) return undefined;
  const width = Math.ceil((2 ** 32 * SAMPLE) / contacts);
  const seed = Number.parseInt(sha256(`${reading.period} ${reading.watermark}`).slice(0, 8), 16);
  const from = BigInt(-(2 ** 31) + (seed % (2 ** 32 - width)));
  return { from: from << 32n, to: ((from + BigInt(width)) << 32n) - 1n };
}

/** The same integers by both roads, cell by cell. @throws OutOfBalance naming the first cells that differ */
export async function proveRollUp(
  tx: Tx,
  reading: ContactReading,
  { sums, sample }: RollUp,
  only: KeyRange | undefined,
): Promise<void> {
  const faults = cellFaults(only ? sample : sums, await cellSums(tx, reading, only));
  if (faults.length > 0) throw new OutOfBalance([...faults.slice(0, SHOWN), `${faults.length} cells differ`]);
}

/**
 * The sums of facts that lie on the nodes of a cluster: by the SQL road, where they lie. The imports counted the
 * contacts of each cell beside them, on the coordinator: a node that lacks some stops the close.
 * @throws OutOfBalance naming the first cells that differ
 */
export async function sumsOnNodes(tx: Tx, reading: ContactReading): Promise<readonly CellSum[]> {
  await waitForImports(tx);
  const sums = await cellSums(tx, reading);
  const counted = await trailingCells(tx, [firstDay(reading.period)], reading.watermark);
  const faults = countFaults(sums, new Map(counted.map((row) => [row.cell_no, BigInt(row.contacts)])));
  if (faults.length > 0) throw new OutOfBalance([...faults.slice(0, SHOWN), `${faults.length} cells differ`]);
  return sums;
}

/** Cells whose parts are not those of as many contacts as were counted, in words. */
export function countFaults(sums: readonly CellSum[], counted: ReadonlyMap<number, bigint>): string[] {
  const parts = new Map([...counted.keys()].map((cell) => [cell, 0n]));
  for (const sum of sums) parts.set(sum.cell_no, (parts.get(sum.cell_no) ?? 0n) + sum.parts);
  return [...parts].flatMap(([cell, found]) => {
    const contacts = counted.get(cell) ?? 0n;
    return found === contacts * CONTACT_PARTS
      ? []
      : [`cell ${cell}: ${found} parts found, ${contacts} contacts counted`];
  });
}

/** What differs between the two roads, in words. */
export function cellFaults(kernel: readonly CellSum[], control: readonly CellSum[]): string[] {
  const rest = new Map(control.map((sum) => [nameOf(sum), quantities(sum)]));
  const faults: string[] = [];
  for (const sum of kernel) {
    const name = nameOf(sum);
    const other = rest.get(name);
    rest.delete(name);
    if (other !== quantities(sum))
      faults.push(`roll-up, cell ${name}: the kernel has ${quantities(sum)}, the SQL ${other ?? 'no such cell'}`);
  }
  for (const [name, other] of rest) faults.push(`roll-up, cell ${name}: the kernel has no such cell, the SQL ${other}`);
  return faults;
}

function nameOf({ cell_no, reason_code, slice, repeat, hits, causes, known, tagged_on }: CellSum): string {
  return JSON.stringify([cell_no, reason_code, slice, repeat, hits, causes, known, tagged_on]);
}

const quantities = ({ parts, seconds, untimed_parts: untimed }: CellSum): string =>
  `${parts} parts, ${seconds} seconds, ${untimed} untimed`;
