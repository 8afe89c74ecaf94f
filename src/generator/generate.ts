import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { firstWhere } from '../domain/first-where.ts';
import { sha256 } from '../domain/ids.ts';
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
import type { World } from './world.ts';
import { EXPOSURE_COLUMNS, ExposureRows, REVENUE_COLUMNS, RevenueRows } from './money-rows.ts';
import { checkedOptions, type CheckedOptions, type GenerateOptions } from './options.ts';
import { claimFolder, writeWhole } from './output-folder.ts';
import { Population } from './population.ts';
import { readSettings } from './settings.ts';
import { withSalesAreas } from './sales-areas.ts';
import { Span } from './span.ts';
import { SURVEY_COLUMNS, SurveyRows } from './survey-rows.ts';
import { truthOf, type Truth } from './truth.ts';
import { fitToTargets } from './targets.ts';

export type { GenerateOptions } from './options.ts';
export { TRUTH_KEYS } from './truth.ts';

export interface GenerateResult {
  readonly folder: string;
  readonly files: readonly FileCount[];
  readonly truth: Truth;
}

const TRUTH_FILE = 'truth.json';
const TEXT_FILES = ['company.yaml', 'model.yaml'] as const;
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
const OURS: ReadonlySet<string> = new Set([...Object.keys(TABLES), ...TEXT_FILES, TRUTH_FILE]);
type TableName = keyof typeof TABLES;

/**
 * Writes the demo company as a folder of input files with its planted truth. The same options give the same bytes on every
 * machine; memory does not grow with the number of contacts (one temporary file per store lies in the folder meanwhile).
 * @throws Refusal bad_option, folder_not_empty
 */
export async function generate(options: GenerateOptions): Promise<GenerateResult> {
  const checked = checkedOptions(options);
  await claimFolder(options.folder, OURS, TRUTH_FILE);
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
  checked: CheckedOptions,
  tables: Record<TableName, CsvFile>,
  open: DayStore[],
): Promise<GenerateResult> {
  const { folder, onProgress } = options;
  const own = readSettings(checked.endPeriod);
  const settings = checked.units === undefined ? own : withSalesAreas(own, checked.units);
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

function worldOf(checked: CheckedOptions, settings: ReturnType<typeof readSettings>): World {
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
    counts[firstWhere(0, span.days - 1, (day) => sums[day]! > at)]!++;
  }
  return counts;
}
