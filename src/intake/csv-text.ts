/** One row of RFC 4180, with CRLF. */
export function csvLine(fields: readonly string[]): string {
  return (
    fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',') + '\r\n'
  );
}

const FORMULA = /^'*[=+@\t\r-]/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** Text that no spreadsheet takes for a formula: an apostrophe before = + - @ and blanks that start one (OWASP). */
export function defused(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

/** The text before `defused`. */
export function undefused(text: string): string {
  return text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text;
}
