import { textbookFlows } from '../../domain/costing/allocation.ts';
import type { AllocationMethod } from '../../domain/costing/allocation.ts';
import { Refusal } from '../../domain/errors.ts';
import { Fraction, sumFractions } from '../../domain/fraction.ts';
import { CASES_SHAPE, keyOf, markedBy, printed, refuseUnknownKeys } from './cases.ts';
import type { Figure } from './cases.ts';
import { entriesOf, exactMap, needed, textList } from './exact.ts';
import { solvedEquations } from './equations.ts';
import type { EvaluateMethod, Spec } from './method.ts';

const KEYS = ['service', 'operating', 'cost', 'share', 'drivers', 'stepdown_order', 'method', 'methods', 'equations'];
const METHODS: readonly AllocationMethod[] = ['direct', 'step_down', 'reciprocal'];
/** Takes what stated shares leave to nobody; a name that no pool has. */
const ELSEWHERE = '(elsewhere)';

export const method: EvaluateMethod = {
  name: 'allocate',
  about: 'support (service) departments to operating ones: direct, step-down and reciprocal, solved in exact fractions',
  shape: `
service*         list of the support departments
operating*       list of the operating departments
cost*            department → own cost before allocation
share*           support department → {receiver: share of its service}, e.g. 0.2 or "1/6"; a share of its own use is
                 removed first; what the shares leave of one goes elsewhere and is not shown; or
drivers*         support department → {receiver: quantity}, on any scale
stepdown_order   first to close first (default: the order of service)
method           direct | step_down | reciprocal: only this one, keys without its name; or methods, a list (default: all)
equations        instead of all above: "Y = 7260 + 0.3Z; Z = 4000 + 0.2Y" (or a list of equations); results NAME
${CASES_SHAPE}
Results, under direct., stepdown. and reciprocal.: OPERATING (own + received);
SUPPORT.RECEIVER (what it hands on); reciprocal.SUPPORT (its reciprocated cost); stepdown.SUPPORT_pool (own + received).`.trim(),
  example: {
    service: ['PM', 'IS'],
    operating: ['Machining', 'Assembly'],
    cost: { PM: 6300000, IS: 1452150, Machining: 4000000, Assembly: 2000000 },
    share: { PM: { IS: 0.2, Machining: 0.3, Assembly: 0.5 }, IS: { PM: 0.1, Machining: 0.8, Assembly: 0.1 } },
    stepdown_order: ['PM', 'IS'],
  },
  run: (spec) =>
    printed(spec, markedBy('service', 'equations'), 'departments ("service", "operating") or "equations"', figures),
};

function* figures(spec: Spec): Iterable<Figure> {
  refuseUnknownKeys(spec, KEYS);
  if (spec['equations'] !== undefined) {
    yield* solvedEquations(spec['equations']);
    return;
  }
  const service = textList(spec['service'], 'service');
  const operating = textList(needed(spec, 'operating'), 'operating');
  const cost = exactMap(needed(spec, 'cost'), 'cost');
  const support = service.map((code) => ({ code, drivers: driversOf(spec, code) }));
  const order = spec['stepdown_order'] === undefined ? service : textList(spec['stepdown_order'], 'stepdown_order');
  const stranger = [...cost.keys()].find((code) => !service.includes(code) && !operating.includes(code));
  if (stranger !== undefined) throw new Refusal('bad_spec', `"cost.${stranger}" is no department`);

  for (const { name, prefix } of methodsOf(spec)) {
    const flows = textbookFlows(name, support, [...operating, ELSEWHERE], cost, order);
    const total = (code: string) =>
      sumFractions(flows.filter(({ to }) => to === code).map(({ amount }) => amount)).plus(
        cost.get(code) ?? Fraction.ZERO,
      );
    if (name === 'reciprocal') for (const code of service) yield [keyOf(prefix, code), total(code)];
    if (name === 'step_down') for (const code of order) yield [keyOf(prefix, `${code}_pool`), total(code)];
    for (const code of operating) yield [keyOf(prefix, code), total(code)];
    for (const { from, to, amount } of flows) if (to !== ELSEWHERE) yield [keyOf(prefix, `${from}.${to}`), amount];
  }
}

function methodsOf(spec: Spec): { name: AllocationMethod; prefix: string }[] {
  const known = (value: unknown): AllocationMethod => {
    const name = METHODS.find((one) => one === value || one.replace('_', '') === value);
    if (name) return name;
    throw new Refusal('bad_spec', `"method" must be one of ${METHODS.join(', ')}, got ${JSON.stringify(value)}`);
  };
  if (spec['method'] !== undefined) return [{ name: known(spec['method']), prefix: '' }];
  const names = spec['methods'] === undefined ? METHODS : textList(spec['methods'], 'methods').map(known);
  return names.map((name) => ({ name, prefix: name.replace('_', '') }));
}

/** Driver quantities of a support department; stated shares keep their scale of one by what goes elsewhere. */
function driversOf(spec: Spec, code: string): Map<string, Fraction> {
  const key = spec['drivers'] === undefined ? 'share' : 'drivers';
  const byPool = new Map(entriesOf(needed(spec, key), key));
  const drivers = byPool.has(code) ? exactMap(byPool.get(code), `${key}.${code}`) : new Map<string, Fraction>();
  if (key === 'drivers' || drivers.size === 0) return drivers;
  const rest = Fraction.ONE.minus(sumFractions(drivers.values()));
  // Printed shares are rounded: a rest within half a percent is no receiver.
  const rounding = Fraction.of(5, 1000);
  if (rest.plus(rounding).sign < 0) {
    throw new Refusal('bad_spec', `the shares of ${code} sum to more than one; quantities belong under "drivers"`);
  }
  return rest.compare(rounding) > 0 ? drivers.set(ELSEWHERE, rest) : drivers;
}
