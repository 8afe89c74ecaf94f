import { InvalidInput } from '../errors.ts';
import { Fraction } from '../fraction.ts';
import { FaultList, readFields } from './keys.ts';
import { ANY_POOL, modelKeys, type Model, type Pool } from './model.ts';

/** Model from the plain content of model.yaml. @throws InvalidInput with every fault at once */
export function readModel(plain: unknown, file = 'model.yaml'): Model {
  const faults = new FaultList(file);
  if (plain === null || typeof plain !== 'object' || Array.isArray(plain)) {
    faults.add('', plain, 'a model is an object with the key pools', 'See `answerable model reference`.');
    throw new InvalidInput(faults.faults);
  }
  const model = readFields(modelKeys, plain as Record<string, unknown>, '', faults);
  if (faults.faults.length === 0) checkModel(model, faults);
  if (faults.faults.length > 0) throw new InvalidInput(faults.faults);
  return model;
}

/** What the keys alone cannot say: names unique, references among pools, one kind per rule, shares within one. */
function checkModel(model: Model, faults: FaultList): void {
  const pools = new Map<string, Pool>();
  model.pools.forEach((pool, i) => {
    const path = `pools[${i}]`;
    if (pools.has(pool.code)) faults.add(`${path}.code`, pool.code, 'two pools have this code', 'Give each its own.');
    pools.set(pool.code, pool);
    if (pool.kind === 'direct' && pool.unit === undefined)
      faults.add(`${path}.unit`, undefined, 'a direct pool belongs to a unit', 'Write unit: CODE.');
    if (pool.driver === 'weighted' && !pool.weights)
      faults.add(
        `${path}.weights`,
        undefined,
        'a weighted driver needs weights',
        'Write weights: { "reason.*": "1.5" }.',
      );
  });
  const known = (where: string, names: Iterable<string>, kinds: readonly Pool['kind'][]) => {
    for (const name of names) {
      const pool = pools.get(name);
      if (!pool || !kinds.includes(pool.kind)) {
        faults.add(
          where,
          name,
          `"${name}" is no ${kinds.join(' or ')} pool of this model`,
          `Pools: ${[...pools.keys()].join(', ')}.`,
        );
      }
    }
  };
  known('support.drivers', model.support.drivers.keys(), ['support']);
  for (const [support, receivers] of model.support.drivers)
    known(`support.drivers.${support}`, receivers.keys(), ['support', 'operating', 'direct']);
  known('support.order', model.support.order ?? [], ['support']);
  const onePool = model.pools.filter((pool) => pool.kind === 'operating').length === 1;
  for (const section of ['reserved', 'forecast'] as const) {
    const named = [...model.charging[section].keys()].filter((pool) => pool !== ANY_POOL || !onePool);
    known(`charging.${section}`, named, ['operating']);
  }
  for (const section of ['standard_rates', 'standard_seconds'] as const)
    known(`charging.${section}`, model.charging[section].keys(), ['operating']);
  const names = new Set<string>();
  model.rules.forEach((rule, i) => {
    const path = `rules[${i}]`;
    if (names.has(rule.name)) faults.add(`${path}.name`, rule.name, 'two rules have this name', 'Give each its own.');
    names.add(rule.name);
    const kinds = [rule.tag, rule.exposure, rule.match, rule.incremental, rule.reason_owner].filter(
      (kind) => kind !== undefined && kind !== false,
    );
    if (kinds.length !== 1)
      faults.add(
        path,
        rule.name,
        'a rule has exactly one of tag, exposure, match, incremental, reason_owner',
        'Write one of them.',
      );
    if (rule.match && !rule.to)
      faults.add(`${path}.to`, undefined, 'a match rule says who takes the contact', 'Write to: [{ unit: CODE }].');
    if (rule.exposure && rule.within_days === undefined)
      faults.add(
        `${path}.within_days`,
        undefined,
        'an exposure rule says within how many days',
        'Write within_days: 45.',
      );
    let shares = Fraction.ZERO;
    for (const taker of rule.to ?? []) {
      if ((taker.decision === undefined) === (taker.unit === undefined))
        faults.add(`${path}.to`, undefined, 'a taker is a decision or a unit', 'Write one of them.');
      shares = shares.plus(taker.share);
    }
    if (shares.compare(Fraction.ONE) > 0)
      faults.add(
        `${path}.to`,
        shares.toText(),
        'the shares are more than 1',
        'Lower them; what is left goes on to the next rule.',
      );
    const pattern = rule.match?.text?.pattern;
    if (pattern !== undefined && pattern.length > 200)
      faults.add(`${path}.match.text.pattern`, pattern, 'a pattern has at most 200 characters', 'Shorten it.');
  });
}
