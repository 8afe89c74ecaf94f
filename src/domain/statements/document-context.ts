import type { Register } from '../attribution/register.ts';
import { Fraction } from '../fraction.ts';
import type { Line } from './books.ts';
import type { BridgeLine } from './bridge.ts';

export interface DocumentContext {
  readonly company: string;
  readonly currency: string;
  readonly digits: number;
  readonly modelHash: string;
  readonly inputsHash: string;
  readonly register: Register;
  /** lines of the last period's run by unit, for the bridge; undefined: there is none */
  readonly lastLines: ReadonlyMap<string, readonly BridgeLine[]> | undefined;
  /** the same lines at this period's standards, and what the last period booked beside them; absent: no difference, none */
  readonly restatedLines?: ReadonlyMap<string, readonly BridgeLine[]>;
  readonly lastAdjustments?: ReadonlyMap<string, bigint>;
  readonly onePerson: boolean;
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export function bridgeLines(lines: readonly Line[]): BridgeLine[] {
  return lines
    .filter((line) => line.treatment === 'charged')
    .map((line) => ({ ...line, contacts: Fraction.of(line.microContacts, 1_000_000n), seconds: line.quantity }));
}
