import { t } from './language.ts';

/**
 * Who is charged what, and by how much that is more or less than before; one text each, since verbs and word order differ.
 * Who is charged nothing because all of it is parked is told that: it is no saving.
 */
export function chargedSentence(said: {
  /** null: all units */
  who: string | null;
  charged: string;
  month: string;
  change: string | null;
  less: boolean;
  /** null unless all of the charge is parked */
  parked?: string | null;
}): string {
  const { who, charged, month, change, less, parked = null } = said;
  if (who !== null && parked !== null)
    return t('{who}: {parked} for {month} is parked, nothing is charged yet.', { who, parked, month });
  if (who === null) {
    if (change === null) return t('The units are charged {charged} for {month}.', { charged, month });
    return less
      ? t('The units are charged {charged} for {month}, {change} less than the month before.', {
          charged,
          month,
          change,
        })
      : t('The units are charged {charged} for {month}, {change} more than the month before.', {
          charged,
          month,
          change,
        });
  }
  if (change === null) return t('{who} is charged {charged} for {month}.', { who, charged, month });
  return less
    ? t('{who} is charged {charged} for {month}, {change} less than the month before.', { who, charged, month, change })
    : t('{who} is charged {charged} for {month}, {change} more than the month before.', {
        who,
        charged,
        month,
        change,
      });
}

/** What the charge does not hold yet; nothing where nothing is parked. */
export function parkedSentence(parked: string | null): string {
  return parked === null
    ? ''
    : t(
        '{amount} is parked: it waits for a ruling, or for the figures behind it to be mended, and is no part of the gross charge.',
        { amount: parked },
      );
}
