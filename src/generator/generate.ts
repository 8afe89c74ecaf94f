import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '../domain/errors.ts';
import { sha256 } from '../domain/ids.ts';
import { period as asPeriod, type Period } from '../domain/period.ts';
import { Arrivals } from './arrivals.ts';
import { BooksOfTheDemo, CAPACITY_COLUMNS, FX_COLUMNS, LEDGER_COLUMNS } from './books.ts';
import {
  CALENDAR_COLUMNS,
  CUSTOMER_COLUMNS,
  customersByDay,
  DECISION_COLUMNS,
  decisionRows,
  INSTRUMENT_COLUMNS,
  OWNER_COLUMNS,
  REASON_COLUMNS,
  rowsOf,
  SEGMENT_COLUMNS,
  UNIT_COLUMNS,
  VOLUME_COLUMNS,
  volumeRows,
} from './company-files.ts';
import { CONTACT_COLUMNS, ContactRows } from './contact-rows.ts';
import { CsvFile, type FileCount } from './csv-file.ts';
import { CONTACT_WORDS, CustomerPass, EXPOSURE_WORDS, REVENUE_WORDS, type Stores } from './customer-pass.ts';
import { DayStore } from './day-store.ts';
import { Draw, PURPOSE } from './draw.ts';
import type { World } from './life.ts';
import { EXPOSURE_COLUMNS, ExposureRows, REVENUE_COLUMNS, RevenueRows } from './money-rows.ts';
import { Population } from './population.ts';
import { readSettings } from './settings.ts';
import { Span } from './span.ts';
import { SURVEY_COLUMNS, SurveyRows } from './survey-rows.ts';
import { truthOf, type Truth } from './truth.ts';
import { fitToTargets } from './targets.ts';

export { TRUTH_KEYS } from './truth.ts';

export interface GenerateOptions {
  /** is made; must be empty or hold an earlier generation */
  readonly folder: string;
  /** exactly so many rows of contacts.csv, 1,000 to 100,000,000 */
  readonly contacts: number;
  /** whole number from 0 to 2^53 − 1 */
  readonly seed: number;
  /** 2 to 120; default 36 */
  readonly months?: number | undefined;
  /** the last month; default 2026-10 */
  readonly endPeriod?: Period | undefined;
  /** step in the contacts of PRICE-MOBILE from its day on, as a share; default 0.12 */
  readonly lift?: number | undefined;
  /** growth of the customer base per year; default 0.04 */
  readonly growth?: number | undefined;
  /** factor of one day's contacts, a year before the last month; default 1 */
  readonly outlier?: number | undefined;
  /** about so many exposures; default as the late bills come */
  readonly exposures?: number | undefined;
  /** about so many revenue events; default as the customers buy */
  readonly revenueEvents?: number | undefined;
  /** contacts done and to do; each is lived once and written once, so the total is twice the number asked for */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface GenerateResult {
  readonly folder: string;
  readonly files: readonly FileCount[];
  readonly truth: Truth;
}

const TRUTH_FILE = 'truth.json';
const TEXT_FILES = ['company.yaml', 'model.yaml', 'model-exposure.yaml'] as const;
const TABLES = {
  'units.csv': UNIT_COLUMNS,
  'reasons.csv': REASON_COLUMNS,
  'decisions.csv': DECISION_COLUMNS,
  'decision_owners.csv': OWNER_COLUMNS,
  'fx.csv': FX_COLUMNS,
  'capacity.csv': CAPACITY_COLUMNS,
  'ledger.csv': LEDGER_COLUMNS,
  'customers.csv': CUSTOMER_COLUMNS,
  'volumes.csv': VOLUME_COLUMNS,
  'calendar.csv': CALENDAR_COLUMNS,
  'contacts.csv': CONTACT_COLUMNS,
  'contact_segments.csv': SEGMENT_COLUMNS,
  'exposures.csv': EXPOSURE_COLUMNS,
  'revenue.csv': REVENUE_COLUMNS,
  'instruments.csv': INSTRUMENT_COLUMNS,
  'surveys.csv': SURVEY_COLUMNS,
} as const;
type TableName = keyof typeof TABLES;

/**
 * Writes the demo company as a folder of input files with its planted truth. The same options give the same bytes on every
 * machine; memory does not grow with the number of contacts (one temporary file per store lies in the folder meanwhile).
 * @throws Refusal bad_option, folder_not_empty
 */
export async function generate(options: GenerateOptions): Promise<GenerateResult> {
  const checked = checkedOptions(options);
  await claimFolder(options.folder);
  const tables = {} as Record<TableName, CsvFile>;
  const stores: DayStore[] = [];
  try {
    for (const [name, columns] of Object.entries(TABLES)) {
      tables[name as TableName] = await CsvFile.create(options.folder, name, columns);
    }
    return await write(options, checked, tables, stores);
  } catch (error) {
    for (const table of Object.values(tables)) await table.abandon();
    throw error;
  } finally {
    for (const store of stores) store.remove();
  }
}

async function write(
  options: GenerateOptions,
  checked: ReturnType<typeof checkedOptions>,
  tables: Record<TableName, CsvFile>,
  open: DayStore[],
): Promise<GenerateResult> {
  const { folder, onProgress } = options;
  const settings = readSettings(checked.endPeriod);
  const { behaviour } = settings;
  const world = worldOf(checked, settings);
  const { span } = world;
  const store = (name: string, width: number, records: number) => {
    const made = new DayStore(join(folder, `.${name}.part`), span.days, width, records);
    open.push(made);
    return made;
  };
  const stores: Stores = {
    contacts: store('contacts', CONTACT_WORDS, 1024),
    exposures: store('exposures', EXPOSURE_WORDS, 256),
    revenue: store('revenue', REVENUE_WORDS, 1024),
  };

  const anonymous = Math.round(checked.contacts * behaviour.base.anonymous);
  const pass = new CustomerPass(world, stores);
  const total = 2 * checked.contacts;
  await pass.run(checked.contacts - anonymous, tables['customers.csv'], (done) => onProgress?.(done, total));

  const surveys = new SurveyRows(world, settings.instruments, tables['surveys.csv']);
  const contacts = new ContactRows(world, settings, tables['contacts.csv'], tables['contact_segments.csv'], surveys);
  const exposures = new ExposureRows(world, tables['exposures.csv']);
  const revenue = new RevenueRows(world, tables['revenue.csv']);
  const unknown = anonymousByDay(world, pass, checked.contacts - pass.contacts);
  for (let day = 0; day < span.days; day++) {
    await contacts.write(day, stores.contacts.take(day, unknown[day]!), unknown[day]!);
    await exposures.write(day, stores.exposures.take(day));
    await revenue.write(day, stores.revenue.take(day));
    onProgress?.(checked.contacts + contacts.sums.total, total);
  }

  rowsOf(tables['units.csv'], UNIT_COLUMNS, settings.units);
  rowsOf(tables['reasons.csv'], REASON_COLUMNS, settings.reasons);
  rowsOf(tables['decision_owners.csv'], OWNER_COLUMNS, settings.owners);
  rowsOf(tables['instruments.csv'], INSTRUMENT_COLUMNS, settings.instruments);
  for (const [date, name] of span.holidays) tables['calendar.csv'].row([date, name]);
  decisionRows(tables['decisions.csv'], world, settings.decisions, contacts.sums, exposures, pass);
  await volumeRows(tables['volumes.csv'], world, pass);
  const books = new BooksOfTheDemo(world, settings, contacts.sums);
  books.fx(tables['fx.csv']);
  books.capacity(tables['capacity.csv']);
  await books.ledger(tables['ledger.csv']);

  const texts: Record<(typeof TEXT_FILES)[number], string> = {
    'company.yaml': settings.company,
    'model.yaml': settings.model,
    'model-exposure.yaml': settings.modelWithExposure,
  };
  const files: FileCount[] = TEXT_FILES.map((name) => ({
    name,
    bytes: Buffer.byteLength(texts[name]),
    sha256: sha256(texts[name]),
  }));
  for (const table of Object.values(tables)) files.push(await table.close());
  const { folder: _, onProgress: __, ...asked } = options;
  const lift = checked.lift ?? behaviour.effects['PRICE-MOBILE']!.lift;
  const outlier = checked.outlier ?? behaviour.contacts.outlier;
  const used = { ...asked, ...checked, lift, outlier, growth: checked.growth ?? behaviour.base.growth };
  const truth = truthOf({
    world,
    options: used,
    files,
    pass,
    contacts: contacts.sums,
    exposures,
    revenue,
    books,
    lift,
    outlier,
  });
  await rm(join(folder, TRUTH_FILE), { force: true }); // until the new one is there, no truth
  for (const table of Object.values(tables)) await table.publish();
  for (const name of TEXT_FILES) await writeWhole(folder, name, texts[name]);
  await writeWhole(folder, TRUTH_FILE, `${JSON.stringify(truth, undefined, 1)}\n`);
  return { folder, files, truth };
}

function worldOf(checked: ReturnType<typeof checkedOptions>, settings: ReturnType<typeof readSettings>): World {
  const { behaviour } = settings;
  const { seed } = checked;
  const span = new Span(checked.endPeriod, checked.months);
  const arrivals = new Arrivals(settings, span, seed, checked);
  const feeFrom = arrivals.decisions[arrivals.fee]!.firstDay;
  const population = new Population(behaviour, span, checked.growth ?? behaviour.base.growth, feeFrom);
  const world: World = {
    seed,
    span,
    behaviour,
    arrivals,
    population,
    hitScale: 1,
    purchaseScale: 1,
    renewalMonths: behaviour.renewal_months,
  };
  fitToTargets(world, checked);
  return world;
}

/** Contacts without customer by day, as intensity and customer base have it. */
function anonymousByDay(world: World, pass: CustomerPass, contacts: number): Int32Array {
  const { span, arrivals, seed } = world;
  const base = customersByDay(pass)[0]!;
  const sums = new Float64Array(span.days);
  let sum = 0;
  for (let day = 0; day < span.days; day++) {
    sums[day] = sum += (arrivals.intensity[day + 1]! - arrivals.intensity[day]!) * Math.max(1, base[day]!);
  }
  const counts = new Int32Array(span.days);
  const draw = Draw.of(seed, PURPOSE.anonymous, 1_000_000);
  for (let i = 0; i < contacts; i++) {
    const at = draw.unit() * sum;
    let [low, high] = [0, span.days - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! <= at) low = middle + 1;
      else high = middle;
    }
    counts[low]!++;
  }
  return counts;
}

function checkedOptions(options: GenerateOptions) {
  const whole = (name: string, value: number, low: number, high: number) => {
    if (!Number.isSafeInteger(value) || value < low || value > high) {
      throw new Refusal('bad_option', `--${name} is ${value}; it must be a whole number from ${low} to ${high}`);
    }
    return value;
  };
  const between = (name: string, value: number | undefined, low: number, high: number) => {
    if (value !== undefined && !(value >= low && value <= high)) {
      throw new Refusal('bad_option', `--${name} is ${value}; it must lie between ${low} and ${high}`);
    }
    return value;
  };
  return {
    contacts: whole('contacts', options.contacts, 1000, 100_000_000),
    seed: whole('seed', options.seed, 0, Number.MAX_SAFE_INTEGER),
    months: whole('months', options.months ?? 36, 2, 120),
    endPeriod: asPeriod(options.endPeriod ?? '2026-10'),
    lift: between('lift', options.lift, -0.9, 10),
    growth: between('growth', options.growth, -0.5, 1),
    outlier: between('outlier', options.outlier, 0, 100),
    exposures: options.exposures === undefined ? undefined : whole('exposures', options.exposures, 0, 300_000_000),
    revenueEvents:
      options.revenueEvents === undefined
        ? undefined
        : whole('revenue-events', options.revenueEvents, 0, 1_000_000_000),
  };
}

async function claimFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const ours = new Set<string>([...Object.keys(TABLES), ...TEXT_FILES, TRUTH_FILE]);
  const present = (await readdir(folder)).filter((name) => !name.endsWith('.part'));
  const foreign = present.find((name) => !ours.has(name));
  if (foreign !== undefined || (present.length > 0 && !present.includes(TRUTH_FILE))) {
    throw new Refusal(
      'folder_not_empty',
      `${folder} holds ${foreign ?? present[0]}, which no generation wrote; nothing was changed`,
      { kind: 'conflict', next: 'name an empty folder' },
    );
  }
}

async function writeWhole(folder: string, name: string, text: string): Promise<void> {
  const part = join(folder, `${name}.part`);
  const file = await open(part, 'w');
  try {
    await writeFile(file, text, 'utf8');
  } finally {
    await file.close();
  }
  await rename(part, join(folder, name));
}
