/** Field separators that exports use; the comma wins when nothing tells them apart. */
export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

const SAMPLED_RECORDS = 50;

/**
 * The delimiter of CSV text by its first records: the one that splits every record into the same number of fields,
 * the most fields when several do; when none is even, the one that splits the header most often.
 * @param text beginning of the file, the last record may be cut
 * @param whole true when the text is the whole file
 */
export function detectDelimiter(text: string, whole: boolean): Delimiter {
  let best: { delimiter: Delimiter; even: boolean; fields: number } = { delimiter: ',', even: false, fields: 1 };
  for (const delimiter of DELIMITERS) {
    const counts = fieldCounts(text, delimiter, whole);
    const fields = counts[0] ?? 1;
    const even = fields > 1 && counts.every((count) => count === fields);
    if (fields > 1 && (even === best.even ? fields > best.fields : even)) best = { delimiter, even, fields };
  }
  return best.delimiter;
}

/** Number of fields of each of the first records; quoted delimiters and line ends do not count; blank lines do not. */
function fieldCounts(text: string, delimiter: Delimiter, whole: boolean): number[] {
  const counts: number[] = [];
  let fields = 1;
  let quoted = false;
  let fieldStart = true;
  let recordStart = 0;
  for (let i = 0; i < text.length && counts.length < SAMPLED_RECORDS; i++) {
    const char = text[i];
    if (quoted) {
      if (char !== '"') continue;
      if (text[i + 1] === '"') i++;
      else quoted = false;
    } else if (char === '"' && fieldStart) {
      quoted = true;
      fieldStart = false;
    } else if (char === delimiter) {
      fields++;
      fieldStart = true;
    } else if (char === '\n') {
      if (text.slice(recordStart, i).trim() !== '') counts.push(fields);
      fields = 1;
      fieldStart = true;
      recordStart = i + 1;
    } else fieldStart = false;
  }
  if (whole && counts.length < SAMPLED_RECORDS && text.slice(recordStart).trim() !== '') counts.push(fields);
  return counts;
}
