import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { parse as parseYaml } from 'yaml';
import { addMonths, lastDay, type Period } from '../domain/period.ts';
import { packageRoot } from '../package-root.ts';

export const CHANNELS = ['voice', 'chat', 'email'] as const;
export type Channel = (typeof CHANNELS)[number];

export interface Segment {
  readonly code: string;
  readonly share: number;
  /** mean monthly margin, EUR */
  readonly margin: number;
  readonly contacts: number;
  readonly churn: number;
  readonly repeat: number;
  readonly late: number;
  readonly purchases: number;
}
interface Coded {
  readonly code: string;
  readonly share: number;
}
type Factors = readonly [number, number, number];

/** behaviour.yaml; its comments explain the keys. */
export interface Behaviour {
  readonly base: { growth: number; anonymous: number; tenure_years: number; max_tenure_years: number };
  readonly segments: readonly Segment[];
  readonly margin_spread: number;
  readonly tenure: { contacts: Factors; churn: Factors; repeat: Factors };
  readonly regions: readonly Coded[];
  readonly holdings: { mobile: number; fibre: number; both: number };
  readonly languages: readonly Coded[];
  readonly contacts: {
    per_month: number;
    spread: number;
    repeat: number;
    again: number;
    escalated: number;
    weekdays: readonly number[];
    holiday: number;
    day_spread: number;
    group_spread: number;
    outlier: number;
  };
  readonly season: Readonly<Record<string, readonly number[]>>;
  readonly hours: Readonly<Record<Channel, { week: readonly number[]; weekend: readonly number[] }>>;
  readonly handle: Readonly<Record<Channel | 'spread' | 'partner' | 'missing', number>>;
  readonly vendor: Readonly<Record<Channel, number>> & { readonly code: string };
  readonly sites: readonly Coded[];
  readonly fee: {
    decision: string;
    amount: number;
    late: number;
    waived: number;
    refunded: number;
    pilot: { region: string; contacts: number };
    roll_out: { from: string; contacts: number };
    lag_days: number;
    leaves: number;
    leaves_days: number;
  };
  readonly effects: Readonly<Record<string, { lift: number; half_life_days?: number }>>;
  readonly tags: { caused: number; wrong: number };
  readonly service: { episode_days: number; clock_starts: number; leaves: number; leaves_days: number };
  readonly churn: number;
  readonly renewal_months: number;
  readonly purchase: { median: number; spread: number; margin: number; margin_missing: number; refunded: number };
  readonly expansion: number;
  readonly contraction: number;
  readonly referral: number;
  readonly surveys: { answered: number };
  readonly texts: Readonly<Record<Channel, number>>;
  readonly segments_of_contacts: number;
}

export interface Account {
  readonly pool: string;
  readonly account: string;
  readonly cost_center: string;
  readonly share: number;
  readonly description: string;
  readonly vendor?: string;
  readonly currency?: string;
  readonly accrued?: boolean;
}

/** books.yaml; its comments explain the keys. */
export interface Books {
  readonly utilisation: { low: number; high: number; over: { pool: string; month: string; utilisation: number } };
  readonly capacity: Readonly<
    Record<
      string,
      { form: 'fte' | 'seconds'; utilisation?: number; paid_hours?: number; shrinkage?: number; occupancy?: number }
    >
  >;
  readonly full_rates: Readonly<Record<string, number>>;
  readonly price_spread: number;
  readonly support: Readonly<Record<string, number>>;
  readonly direct: Readonly<Record<string, number>>;
  readonly accounts: readonly Account[];
  readonly credit_note: Omit<Account, 'currency' | 'accrued'> & { readonly month: string };
  readonly fx: Readonly<Record<string, { rate: number; spread: number }>>;
}

export type Row = Readonly<Record<string, string>>;

export interface Settings {
  readonly behaviour: Behaviour;
  readonly books: Books;
  readonly units: readonly Row[];
  readonly reasons: readonly Row[];
  readonly decisions: readonly Row[];
  readonly owners: readonly Row[];
  readonly instruments: readonly Row[];
  readonly texts: readonly Row[];
  readonly model: string;
  readonly company: string;
  readonly standardRates: Readonly<Record<string, number>>;
  readonly concurrency: Readonly<Record<string, number>>;
}

/** The demo company's settings, their dates `{M-8}-01` written out for the last month. */
export function readSettings(endPeriod: Period): Settings {
  const folder = join(packageRoot, 'templates', 'demo');
  const text = (name: string) =>
    readFileSync(join(folder, name), 'utf8')
      .replaceAll('\r\n', '\n')
      .replace(/\{M(-\d+)?\}(-last)?/g, (_, months: string | undefined, last: string | undefined) => {
        const period = addMonths(endPeriod, Number(months ?? 0));
        return last === undefined ? period : lastDay(period);
      });
  const rows = (name: string): Row[] => parseCsv(text(name), { columns: true, skip_empty_lines: true });
  const model = text('model.yaml');
  const plain = parseYaml(model) as {
    pools: { code: string; kind: string; concurrency?: number; contract?: { per_minute: string } }[];
    charging: { standard_rates: Record<string, string> };
  };
  const operating = plain.pools.filter((pool) => pool.kind === 'operating');
  return {
    behaviour: parseYaml(text('behaviour.yaml')) as Behaviour,
    books: parseYaml(text('books.yaml')) as Books,
    units: rows('units.csv'),
    reasons: rows('reasons.csv'),
    decisions: rows('decisions.csv'),
    owners: rows('decision_owners.csv'),
    instruments: rows('instruments.csv'),
    texts: rows('texts.csv'),
    model,
    company: text('company.yaml'),
    standardRates: Object.fromEntries(
      operating.map(({ code, contract }) => [
        code,
        Number(plain.charging.standard_rates[code] ?? Number(contract?.per_minute) / 60),
      ]),
    ),
    concurrency: Object.fromEntries(operating.map(({ code, concurrency }) => [code, concurrency ?? 1])),
  };
}
