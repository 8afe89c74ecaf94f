import { Fraction } from '../fraction.ts';
import {
  choice,
  code,
  date,
  exact,
  flag,
  list,
  object,
  referencePage,
  required,
  share,
  table,
  text,
  whole,
  withDefault,
  type Key,
  type Read,
} from './keys.ts';
import { selectorKeys } from './selector.ts';

/** Evidence tiers, strongest first (method 4). */
export const TIERS = ['A', 'B', 'C', 'D'] as const;
export type Tier = (typeof TIERS)[number];

const poolKeys = {
  code: required(code('code of the pool')),
  name: text('name for people'),
  kind: required(
    choice(
      'operating pools handle contacts, support pools serve other pools, direct pools belong to one unit',
      'operating',
      'support',
      'direct',
    ),
  ),
  layer: withDefault(code('operating pools of one layer share out the contacts, layers add'), 'handling', 'handling'),
  ledger: withDefault(
    list(
      'ledger entries of this pool: an entry that matches any of these',
      object('patterns of one source', {
        account: text('account, or a pattern with *'),
        cost_center: text('cost center, or a pattern with *'),
        vendor: text('vendor, or a pattern with *'),
      }),
    ),
    [],
    'none',
  ),
  serves: object('contacts that this operating pool handles; absent: all', selectorKeys),
  driver: withDefault(
    choice('what a contact uses of the pool', 'handle_seconds', 'contacts', 'weighted'),
    'handle_seconds',
    'handle_seconds',
  ),
  weights: table(
    'weighted driver: weight of a contact by reason pattern; the first match in ascending order, else 1',
    'reason pattern',
    exact('weight', Fraction.ZERO),
  ),
  concurrency: withDefault(exact('contacts that one agent handles at a time', Fraction.ONE), Fraction.ONE, '1'),
  contract: object('prices of a vendor contract; the difference to the invoice is a variance', {
    per_minute: exact('price of a handled minute', Fraction.ZERO),
    per_contact: exact('price of a contact', Fraction.ZERO),
  }),
  variable_share: withDefault(
    share('part of the cost that moves with use, for marginal cost and reserved capacity'),
    Fraction.ZERO,
    '0; 1 with a contract',
  ),
  planned_buffer: withDefault(
    exact('capacity that is planned to stay free, in units of the driver', Fraction.ZERO),
    Fraction.ZERO,
    '0',
  ),
  unit: code('direct pools: the unit that bears it'),
  zero_driver: withDefault(
    code('who takes the cost when nothing was used and no capacity stands against it: unattributed or a unit'),
    'unattributed',
    'unattributed',
  ),
};

const exactTable = (meaning: string, name: string) => table(meaning, name, exact('quantity', Fraction.ZERO));

/** Quantities by pool and unit; where the model has one operating pool, by unit alone (kept under ANY_POOL). */
export const ANY_POOL = '*';
const byPoolAndUnit = (meaning: string): Key<ReadonlyMap<string, ReadonlyMap<string, Fraction>> | undefined> => {
  const nested = table(meaning, 'pool', exactTable('units', 'unit'));
  return {
    ...nested,
    read(value, path, faults) {
      const flat =
        value !== null && typeof value === 'object' && Object.values(value).every((item) => typeof item !== 'object');
      return nested.read(flat && value !== undefined ? { [ANY_POOL]: value } : value, path, faults);
    },
  };
};

/** Quantities by unit that the model states for a pool. */
export function unitsOfPool(
  quantities: ReadonlyMap<string, ReadonlyMap<string, Fraction>>,
  pool: string,
): ReadonlyMap<string, Fraction> {
  return quantities.get(pool) ?? quantities.get(ANY_POOL) ?? new Map<string, Fraction>();
}

const ruleKeys = {
  name: required(text('name of the rule; unique')),
  tag: flag('true: contacts that carry a decision code (tier A)'),
  exposure: list('decisions whose hit customers are meant, or * (tier A)', text('decision code or *')),
  within_days: whole('exposure: at most so many days after the hit', 1, 548),
  several: choice('exposure: which decision takes a contact of several', 'nearest', 'equal', 'time_decay', 'shapley'),
  half_life_days: exact('time_decay: days after which a cause counts half', Fraction.of(1, 1000)),
  background: choice(
    'exposure: whether contacts that would have come anyway are left to later rules',
    'deduct',
    'keep',
  ),
  reasons: list('exposure, incremental: reasons, or prefixes with *', text('reason or prefix')),
  match: object('contacts whose dimensions match (tier B)', selectorKeys),
  to: list(
    'match: who takes which share; what is left goes on',
    object('a taker', {
      decision: code('a decision, through its owners'),
      unit: code('a unit'),
      share: withDefault(share('share of the contact'), Fraction.ONE, '1'),
    }),
  ),
  incremental: code('a decision whose contacts above the expected ones are meant (tier C)'),
  controls: list(
    'incremental: contacts that the decision cannot touch; absent: each of the largest reasons that no decision concerns',
    text('reason, prefix, or group like queue=returns'),
  ),
  offset: text('incremental: measure of volumes.csv that carries the base, or `controls` for the contacts of these'),
  counterfactual: choice(
    'incremental: how the expected contacts are found; the comparisons hold the decision against the controls, by week',
    'regression',
    'difference_in_differences',
    'synthetic_control',
  ),
  reason_owner: flag('true: the unit that owns the reason (tier D)'),
};

const treatment = (meaning: string) => choice(meaning, 'charge', 'show');

export const modelKeys = {
  pools: required(list('cost pools', object('a pool', poolKeys))),
  support: withDefault(
    object('how support pools reach the pools they serve', {
      method: withDefault(choice('', 'direct', 'step_down', 'reciprocal'), 'direct', 'direct'),
      drivers: withDefault(
        table('driver quantities: support pool to receiving pool', 'support pool', exactTable('receivers', 'pool')),
        new Map(),
        'none',
      ),
      order: list('step_down: support pools in the order in which they are closed', code('pool')),
      zero_driver: withDefault(
        code('who takes the cost of a support pool without drivers: unattributed or a pool'),
        'unattributed',
        'unattributed',
      ),
    }),
    { method: 'direct', drivers: new Map(), order: undefined, zero_driver: 'unattributed' },
    'direct',
  ),
  charging: withDefault(
    object('what units pay', {
      basis: withDefault(
        choice(
          'standard: standard seconds at standard rates, service keeps the variances; actual: full absorption',
          'standard',
          'actual',
        ),
        'standard',
        'standard',
      ),
      unused_capacity: withDefault(
        choice('who bears unused capacity', 'retained', 'proportional', 'reserved'),
        'retained',
        'retained',
      ),
      standard_rates: withDefault(
        table('standard rate by pool, currency units for one unit of the driver', 'pool', exact('rate', Fraction.ZERO)),
        new Map(),
        'contract price, else the last closed rate, else the actual',
      ),
      standard_seconds: withDefault(
        table(
          'standard seconds of a contact by pool and reason pattern, before concurrency; else reasons.csv',
          'pool',
          exactTable('seconds', 'reason pattern'),
        ),
        new Map(),
        'reasons.csv',
      ),
      reserved: withDefault(
        byPoolAndUnit('reserved capacity by pool and unit, in units of the driver'),
        new Map(),
        'none',
      ),
      forecast: withDefault(
        byPoolAndUnit('contacts that units expected, by pool and unit; splits unused capacity'),
        new Map(),
        'none',
      ),
    }),
    {
      basis: 'standard',
      unused_capacity: 'retained',
      standard_rates: new Map(),
      standard_seconds: new Map(),
      reserved: new Map(),
      forecast: new Map(),
    },
    'standard',
  ),
  time_equations: withDefault(
    list(
      'seconds of contacts without a handle time, instead of the standard',
      object('an equation', {
        reasons: required(list('reasons, or prefixes with *', text('reason'))),
        base: required(exact('seconds of every contact', Fraction.ZERO)),
        add: withDefault(
          list(
            'seconds that are added when the contact matches',
            object('a term', {
              when: required(object('selector', selectorKeys)),
              seconds: required(exact('seconds')),
            }),
          ),
          [],
          'none',
        ),
      }),
    ),
    [],
    'none',
  ),
  rules: withDefault(
    list('attribution rules; the first that matches takes the contact or its share', object('a rule', ruleKeys)),
    [],
    'none',
  ),
  tiers: withDefault(
    object('what is done with each evidence tier', {
      A: withDefault(treatment('explicit'), 'charge', 'charge'),
      B: withDefault(treatment('rule'), 'charge', 'charge'),
      C: withDefault(
        choice('statistical', 'charge', 'show', 'charge_lower_bound'),
        'charge_lower_bound',
        'charge_lower_bound',
      ),
      D: withDefault(treatment('allocated'), 'charge', 'charge'),
    }),
    { A: 'charge', B: 'charge', C: 'charge_lower_bound', D: 'charge' },
    'charge, C its lower bound',
  ),
  retention: object('how retention-linked revenue is read and netted', {
    windows_days: withDefault(
      list('outcome windows in days, ascending', whole('days', 1, 3650)),
      [30, 182, 548],
      '30, 182, 548',
    ),
    margin_rate: share('margin of revenue that states none'),
    discount_rate: exact('yearly rate, required for windows over 365 days', Fraction.ZERO),
    acquisition_cost: withDefault(
      exact(
        'cost of winning a customer, taken off what a referred one earns, in the reporting currency',
        Fraction.ZERO,
      ),
      Fraction.ZERO,
      '0',
    ),
    net_provisional: withDefault(flag('true: forecasts are netted, too'), false, 'false'),
    credit: withDefault(
      object('who takes which effect', {
        tiers: withDefault(list('evidence tiers that take credits', choice('', ...TIERS)), ['A', 'B'], 'A, B'),
        decision_effect: withDefault(choice('', 'decision_owner', 'none'), 'decision_owner', 'decision_owner'),
        service_effect: withDefault(choice('', 'service', 'none'), 'service', 'service'),
      }),
      { tiers: ['A', 'B'], decision_effect: 'decision_owner', service_effect: 'service' },
      'tiers A and B',
    ),
  }),
  bounds: withDefault(
    object('bounds that hold a close or park a unit', {
      unmapped_share: withDefault(share('contacts that no handling pool takes'), Fraction.of(1, 100), '0.01'),
      jump_against_trailing: exact('change of a unit against its trailing three months that parks it', Fraction.ZERO),
    }),
    { unmapped_share: Fraction.of(1, 100), jump_against_trailing: undefined },
    'see below',
  ),
  parked_entries: withDefault(
    list('ledger entries that are parked by name: kept out of the pools, shown in the tie-out', text('entry id')),
    [],
    'none',
  ),
  from: date('first day from which finance means this model to hold; information only, `model apply --from` decides'),
};

export type Model = Read<typeof modelKeys>;
export type Pool = Model['pools'][number];
export type Rule = Model['rules'][number];

/** The kinds a rule can be; exactly one. */
export type RuleKind = 'tag' | 'exposure' | 'match' | 'incremental' | 'reason_owner';

export function ruleKind(rule: Rule): RuleKind {
  if (rule.tag) return 'tag';
  if (rule.exposure) return 'exposure';
  if (rule.match) return 'match';
  if (rule.incremental) return 'incremental';
  return 'reason_owner';
}

/** Reference page of all keys of model.yaml, as Markdown. */
export function modelReference(): string {
  return `# model.yaml\n\nEvery key that the product reads; a star marks what must be there. Unknown keys are refused by name.\n\n| key | form | meaning |\n| --- | --- | --- |\n${referencePage(modelKeys)}`;
}
