/** Real ids of a company's books, several of each, so that no look repeats the last. */
export interface PageIds {
  readonly periods: readonly string[];
  readonly lines: readonly { readonly period: string; readonly unit: string; readonly line: string }[];
  readonly decisions: readonly string[];
  readonly contacts: readonly string[];
  readonly disputes: readonly string[];
  readonly upload: string;
}

/** A row of the table: what it is, and the addresses that are looked at in turn. */
export interface PageRow {
  readonly page: string;
  /** a file that is written when it is asked for, not a page */
  readonly isFile: boolean;
  readonly addresses: readonly string[];
}

const FILES = ['statement.json', 'statement.csv', 'statement.xlsx', 'statement.pdf'];
const TEMPLATES = ['contacts.csv', 'contacts.xlsx'];

type Addresses = (ids: PageIds) => string[] | Readonly<Record<string, readonly string[]>>;

const inEachPeriod =
  (path: string): Addresses =>
  ({ periods }) => [path, ...periods.map((period) => `${path}?period=${period}`)];

/** Addresses of every pattern of the router: one that is not here fails the benchmark. */
const ADDRESSES: Readonly<Record<string, Addresses>> = {
  '/': inEachPeriod('/'),
  '/audit': () => ['/audit', '/audit?who=finance'],
  '/audit/access.csv': () => ['/audit/access.csv'],
  '/audit/events.jsonl': () => ['/audit/events.jsonl'],
  '/decisions': () => ['/decisions'],
  '/decisions/:code': ({ decisions }) => decisions.map((code) => `/decisions/${code}`),
  '/decisions/map': () => ['/decisions/map'],
  '/disputes': () => ['/disputes'],
  '/disputes/:id': ({ disputes }) => disputes.map((id) => `/disputes/${id}`),
  '/explain/contact/:id': ({ contacts }) => contacts.map((id) => `/explain/contact/${id}`),
  '/explain/line/:id': ({ lines }) => lines.map(({ line }) => `/explain/line/${line}`),
  '/glossary': () => ['/glossary'],
  '/imports': () => ['/imports'],
  '/imports/:id/check': ({ upload }) => [`/imports/${upload}/check`],
  '/imports/:id/columns': ({ upload }) => [`/imports/${upload}/columns`],
  '/imports/:id/refused.csv': ({ upload }) => [`/imports/${upload}/refused.csv`],
  '/imports/templates/:file': () =>
    Object.fromEntries(TEMPLATES.map((file) => [`/imports/templates/${file}`, [`/imports/templates/${file}`]])),
  '/periods': () => ['/periods'],
  '/periods/:period': ({ periods }) => periods.map((period) => `/periods/${period}`),
  '/periods/:period/workbook.xlsx': ({ periods }) =>
    periods.slice(-1).map((period) => `/periods/${period}/workbook.xlsx`),
  '/rules': inEachPeriod('/rules'),
  '/rules/try': () => ['/rules/try'],
  '/settings': () => ['/settings'],
  '/sign-in': () => ['/sign-in'],
  '/statements{/:period}': ({ periods }) => ['/statements', ...periods.map((period) => `/statements/${period}`)],
  '/statements/:period/:unit': ({ lines }) => lines.map(({ period, unit }) => `/statements/${period}/${unit}`),
  '/statements/:period/:unit/:file': ({ lines }) =>
    Object.fromEntries(
      FILES.map((file) => [
        `/statements/:period/:unit/${file}`,
        lines.map(({ period, unit }) => `/statements/${period}/${unit}/${file}`),
      ]),
    ),
  '/statements/:period/:unit/lines/:line/dispute': ({ lines }) =>
    lines.map(({ period, unit, line }) => `/statements/${period}/${unit}/lines/${line}/dispute`),
  '/units': inEachPeriod('/units'),
  '/units/:unit': ({ lines }) => lines.map(({ period, unit }) => `/units/${unit}?period=${period}`),
  '/value': inEachPeriod('/value'),
  '/value/scores': inEachPeriod('/value/scores'),
};

/** @param patterns of the router @throws Error naming a page that has no addresses here */
export function pageRows(patterns: readonly string[], ids: PageIds): PageRow[] {
  const unknown = patterns.filter((pattern) => ADDRESSES[pattern] === undefined);
  if (unknown.length > 0) throw new Error(`the benchmark of the pages knows no address of ${unknown.join(', ')}`);
  return patterns.flatMap((pattern) => {
    const found = ADDRESSES[pattern]!(ids);
    const rows = Array.isArray(found) ? { [pattern]: found } : found;
    return Object.entries(rows).map(([page, addresses]) => ({ page, isFile: /\.[a-z]+$/.test(page), addresses }));
  });
}
