import type { LocalDate } from '../period.ts';
import type { WeighedContact } from '../attribution/rule-shares.ts';

/**
 * Contacts are counted in parts, so that shares of a contact stay integers until the statement: a contact of several
 * reasons counts by seconds, and 720,720 divides evenly among 1 to 16 causes.
 */
export const CONTACT_PARTS = 720_720n;

/** Like contacts of a period, summed: what the roll-up gives to a close. */
export interface CellFacts extends WeighedContact {
  /** finds the contacts again: cell number, date slice, repeat and text hits; never hashed, never shown */
  readonly trace: string;
  /** day of contacts that carry a decision code, else null: one of them books on its own day */
  readonly taggedOn: LocalDate | null;
  readonly escalated: boolean;
  readonly transferred: boolean;
  /** same customer and reason, or case, within 7 days after a contact that was not escalated (method 3) */
  readonly repeat: boolean;
  /** handle seconds of the contacts that have one */
  readonly seconds: bigint;
  /** parts of contacts without a handle time */
  readonly untimedParts: bigint;
}
