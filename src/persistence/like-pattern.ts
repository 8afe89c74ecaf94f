/** A glob with * and ? as a pattern of PostgreSQL's LIKE. */
export function likePattern(glob: string): string {
  return glob
    .replace(/[\\%_]/g, '\\$&')
    .replaceAll('*', '%')
    .replaceAll('?', '_');
}
