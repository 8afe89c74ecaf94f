import { t } from './language.ts';

/** Who is charged what, and by how much that is more or less than before; one text each, since verbs and word order differ. */
export function chargedSentence(said: {
  /** null: all units */
  who: string | null;
  charged: string;
  month: string;
  change: string | null;
  less: boolean;
}): string {
  const { who, charged, month, change, less } = said;
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
