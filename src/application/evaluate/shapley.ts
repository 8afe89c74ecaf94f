import { Refusal } from '../../domain/errors.ts';
import {
  type CausePath,
  EXACT_PLAYERS,
  airportShares,
  pathCoalitionValue,
  shapley,
  shapleyOfPaths,
  shapleySampled,
} from '../../domain/attribution/shapley.ts';
import { decayShares, linearShares, positionShares } from '../../domain/attribution/touch-shares.ts';
import { type EvaluateMethod, type Result, type Spec, numberOf } from './method.ts';
import { ALSO_SHAPE, named, oneOf, onlyKeys, optionalNumber, record, text, texts, withAliases } from './spec-table.ts';

const GAME_KEYS = ['costs', 'values', 'players', 'missing', 'paths', 'sample'];
const PATH_KEYS = ['rule', 'path', 'touches', 'value', 'first', 'last', 'ages_days', 'half_life_days'];

function game(result: Result, prefix: string, spec: Spec): void {
  onlyKeys(spec, GAME_KEYS, `game ${prefix}`);
  if (spec['costs'] !== undefined) return airport(result, prefix, record(spec['costs'], 'costs'), spec);
  if (spec['paths'] !== undefined) return paths(result, prefix, spec);
  const values = new Map<string, number>();
  for (const [coalition, value] of Object.entries(record(spec['values'], 'values'))) {
    values.set(members(coalition).sort().join(','), numberOf(value, `values.${coalition}`));
  }
  const named = [...values.keys()].flatMap((key) => key.split(',')).filter((name) => name !== '');
  const players = spec['players'] === undefined ? [...new Set(named)].sort() : texts(spec['players'], 'players');
  const stranger = named.find((name) => !players.includes(name));
  if (stranger !== undefined) throw new Refusal('bad_spec', `"values" names ${stranger}, who is not among the players`);
  const missing = optionalNumber(spec['missing'], 'missing');
  print(result, prefix, players, spec, (mask) => {
    const key = players
      .filter((_, i) => mask & (1 << i))
      .sort()
      .join(',');
    const value = values.get(key) ?? missing;
    if (value === undefined) throw new Refusal('bad_spec', `coalition {${key}} has no value; give it, or "missing": 0`);
    return value;
  });
}

function print(
  result: Result,
  prefix: string,
  players: readonly string[],
  spec: Spec,
  value: (mask: number) => number,
): void {
  const sample = spec['sample'] === undefined ? undefined : record(spec['sample'], 'sample');
  if (sample || players.length > EXACT_PLAYERS) {
    const draws = optionalNumber(sample?.['draws'], 'sample.draws') ?? 10_000;
    const { shares, standardErrors } = shapleySampled(
      players.length,
      value,
      draws,
      optionalNumber(sample?.['seed'], 'sample.seed') ?? 1,
    );
    players.forEach((name, i) => {
      result[`${prefix}${name}`] = shares[i]!;
      result[`${prefix}se.${name}`] = standardErrors[i]!;
    });
  } else shapley(players.length, value).forEach((share, i) => (result[`${prefix}${players[i]}`] = share));
  result[`${prefix}total`] = value(2 ** players.length - 1);
}

function airport(result: Result, prefix: string, costs: Spec, spec: Spec): void {
  const players = Object.keys(costs);
  const needs = players.map((name) => numberOf(costs[name], `costs.${name}`));
  if (spec['sample'] !== undefined) {
    return print(result, prefix, players, spec, (mask) => Math.max(...needs.filter((_, i) => mask & (1 << i))));
  }
  airportShares(needs).forEach((share, i) => (result[`${prefix}${players[i]}`] = share));
  result[`${prefix}total`] = Math.max(...needs);
}

function paths(result: Result, prefix: string, spec: Spec): void {
  const seen: CausePath[] = (spec['paths'] as unknown[]).map((item, i) => {
    const path = record(item, `paths[${i}]`);
    return { causes: texts(path['causes'], 'causes'), value: numberOf(path['value'] ?? 1, 'value') };
  });
  const players = [...new Set(seen.flatMap(({ causes }) => causes))].sort();
  if (spec['sample'] !== undefined) return print(result, prefix, players, spec, pathCoalitionValue(players, seen));
  const shares = shapleyOfPaths(seen);
  for (const player of players) result[`${prefix}${player}`] = shares.get(player)!;
  result[`${prefix}total`] = seen.reduce((sum, { value }) => sum + value, 0);
}

/** One outcome over its touches in order of time, by a rule. */
function path(result: Result, name: string, spec: Spec): void {
  onlyKeys(spec, PATH_KEYS, `path ${name}`);
  const ages =
    spec['ages_days'] === undefined
      ? undefined
      : (spec['ages_days'] as unknown[]).map((age) => numberOf(age, 'ages_days'));
  const touches = spec['path'] === undefined ? undefined : texts(spec['path'], 'path');
  const count = touches?.length ?? optionalNumber(spec['touches'], 'touches') ?? ages?.length ?? 0;
  if (!(count >= 1)) throw new Refusal('bad_spec', `path ${name}: give "path", "touches" or "ages_days"`);
  const value = optionalNumber(spec['value'], 'value') ?? 1;
  const rule = oneOf(spec['rule'], 'rule', ['linear', 'u_shape', 'time_decay', 'last', 'first'] as const, 'linear');
  const shares = sharesOf(rule, count, ages, spec).map((share) => share * value);
  const add = (key: string, share: number): void => {
    result[`${name}.${key}`] = share;
  };
  if (count === 1) result[name] = shares[0]!;
  if (shares.every((share) => share === shares[0])) add('each', shares[0]!);
  add('first', shares[0]!);
  add('last', shares[count - 1]!);
  if (count > 2) add('middle_each', shares.slice(1, -1).reduce((sum, share) => sum + share, 0) / (count - 2));
  touches?.forEach((touch, i) =>
    add(touch, shares[i]! + (touches.indexOf(touch) < i ? Number(result[`${name}.${touch}`]) : 0)),
  );
  ages?.forEach((age, i) => {
    add(`${age}d`, shares[i]!);
    for (const [j, other] of ages.entries()) if (j > i) add(`ratio_${age}d_to_${other}d`, shares[i]! / shares[j]!);
  });
}

function sharesOf(rule: string, count: number, ages: number[] | undefined, spec: Spec): number[] {
  if (rule === 'u_shape') {
    return positionShares(count, optionalNumber(spec['first'], 'first'), optionalNumber(spec['last'], 'last'));
  }
  if (rule === 'last' || rule === 'first')
    return Array.from({ length: count }, (_, i) => (i === (rule === 'last' ? count - 1 : 0) ? 1 : 0));
  if (rule !== 'time_decay') return linearShares(count);
  if (ages?.length !== count) throw new Refusal('bad_spec', 'time_decay needs "ages_days", one for each touch');
  return decayShares(ages, numberOf(spec['half_life_days'], 'half_life_days'));
}

function members(coalition: string): string[] {
  return coalition
    .split(/[,+]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

export const method: EvaluateMethod = {
  name: 'shapley',
  about: 'shares of several causes: Shapley value (table, airport game, cause paths), linear, U-shape, time decay',
  shape: [
    'games            { name: game }, keys "name.PLAYER" and "name.total"; the name "" gives no prefix. A game is one of',
    '                 { values: {"A": 400, "B": 300, "A,B": 900}, players, missing: 0 }   value of each coalition; without',
    '                   "missing" a coalition that has no value is an error; exact to 20 players',
    '                 { costs: {"A": 8, "B": 11} }                                         airport game: v(S) = largest need',
    '                 { paths: [{ causes: ["A", "B"], value: 200 }] }                      v(S) = paths whose causes all lie in S',
    '                 and for any: sample: { draws: 10000, seed: 1 }                       random orders, prints se.PLAYER',
    'values, costs, paths, …   a single game without a name',
    'touches          { name: { rule: linear | u_shape | time_decay | first | last, path: [names] or touches: n, value: 1,',
    '                   first: 0.4, last: 0.4, ages_days: [8, 1], half_life_days: 7 } }',
    '                 prints name.each (if equal), name.first, name.last, name.middle_each, name.TOUCH, name.8d,',
    '                 name.ratio_8d_to_1d; with one touch name itself',
    ALSO_SHAPE,
  ].join('\n'),
  example: {
    values: { A: 400, B: 300, 'A,B': 900 },
    games: { airport: { costs: { A: 8, B: 11, C: 13, D: 18 } } },
    touches: { decay: { rule: 'time_decay', ages_days: [8, 1], half_life_days: 7 } },
  },
  run(spec): Result {
    onlyKeys(spec, [...GAME_KEYS, 'games', 'touches', 'also']);
    const result: Result = {};
    const { games, touches, also: _, ...single } = spec;
    if (Object.keys(single).length > 0) game(result, '', single);
    for (const [prefix, part] of named(games ?? {}, 'games')) game(result, prefix, part);
    for (const [name, part] of Object.entries(record(touches ?? {}, 'touches')))
      path(result, name, record(part, text(name, 'touches')));
    if (Object.keys(result).length === 0)
      throw new Refusal('bad_spec', 'give a game (values, costs or paths), "games" or "touches"');
    return withAliases(result, spec);
  },
};
