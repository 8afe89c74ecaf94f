import { METHODS, methodNamed } from '../../../src/application/evaluate/methods.ts';
import type { Result } from '../../../src/application/evaluate/method.ts';
import { Refusal } from '../../../src/domain/errors.ts';

async function evaluate(name: string, spec: Readonly<Record<string, unknown>>): Promise<Result> {
  return (await methodNamed(name)).run(spec, '.');
}

describe('the registry of methods', () => {
  it.each(Object.keys(METHODS))('%s is there under its own name, and its example runs as it stands', async (name) => {
    const method = await methodNamed(name);
    expect(method.name).toBe(name);
    expect(method.shape.length).toBeGreaterThan(0);
    expect(Object.keys(method.run(method.example, '.')).length).toBeGreaterThan(0);
  });

  it('refuses a name that is none, and says which there are', async () => {
    await expect(methodNamed('tdbac')).rejects.toThrow('there is no method "tdbac"; there are ');
    await expect(methodNamed('toString')).rejects.toThrow(Refusal);
  });
});

describe('evaluate apportion', () => {
  it('prints shares under the name of their case, their total or their weight', async () => {
    expect(await evaluate('apportion', { weights: [98, 2], total: '182.25', decimals: 2 })).toEqual({
      shares: [178.61, 3.64],
    });
    expect(await evaluate('apportion', { weights: [1, 3], totals: [100, -3] })).toEqual({
      'shares[100]': [25, 75],
      'shares[-3]': [-1, -2],
    });
    expect(await evaluate('apportion', { decimals: 2, may: { weights: { A: '1/3', B: '2/3' }, total: 1 } })).toEqual({
      'may.A': 0.33,
      'may.B': 0.67,
    });
    const named = { a: { weights: [1, 1], total: 3 }, also: { 'seats of a': 'a' } };
    expect(await evaluate('apportion', named)).toEqual({ a: [2, 1], 'seats of a': [2, 1] });
    const ten = await evaluate('apportion', {
      weights: Array.from({ length: 10 }, () => 1),
      total: '0.01',
      decimals: 2,
    });
    expect(ten['shares']).toEqual([0.01, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('prints text where a number would not hold the digits', async () => {
    const result = await evaluate('apportion', { weights: [1, 2], total: '90071992547409931' });
    expect(result['shares']).toEqual(['30023997515803310', '60047995031606621']);
  });

  it.each([
    [{ a: { weights: [0, 0], total: 5 } }, 'no_weight', '"a": all weights are zero'],
    [{ weights: [1, -1], total: 5 }, 'bad_spec', 'is negative'],
    [{ weights: [1], total: 1.5 }, 'bad_spec', 'more than 0 decimals'],
    [{ weights: [1] }, 'bad_spec', '"total" is needed'],
    [{ weights: [1], total: '1,000' }, 'bad_spec', 'must be a number'],
    [{ weights: [1], total: 2 ** 60 }, 'bad_spec', 'write it as text'],
    [{ weights: [1], total: 1, digits: 2 }, 'bad_spec', 'unknown keys: digits'],
    [{ wheights: [1], total: 1 }, 'bad_spec', 'holds no weights'],
  ])('refuses %j', async (spec, code, message) => {
    const refusal = await evaluate('apportion', spec).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    expect((refusal as Refusal).code).toBe(code);
    expect((refusal as Refusal).message).toContain(message);
  });
});

describe('evaluate tdabc', () => {
  it('posts used and unused capacity to the cent with an unrounded rate', async () => {
    const result = await evaluate('tdabc', {
      cost: 7620000,
      practical_capacity: 11041250,
      minutes: { calls: 1 },
      qty: { calls: 11000000 },
      decimals: 2,
    });
    expect(result).toMatchObject({ 'cost.used': 7591531.76, 'cost.unused': 28468.24 });
  });

  it('shows over-use with its sign, and the rate that a close charges then', async () => {
    const spec = { cost: 1000, practical_capacity: 100, hours: { calls: 2 }, qty: { calls: 60 } };
    expect(await evaluate('tdabc', spec)).toMatchObject({
      ccr_per_h: 10,
      'hours.unused': -20,
      'cost.unused': -200,
      'over_capacity.hours': 20,
      'over_capacity.rate': 1000 / 120,
    });
  });

  it('takes practical capacity from theory or staffing', async () => {
    const times = { minutes: { calls: 5 } };
    const theory = { cost: 96000, theoretical_capacity: 200000, practical_share: 0.8, ...times };
    const staffing = { cost: 96000, fte: 20, paid_hours: 160, shrinkage: '1/6', occupancy: 1, ...times };
    expect(await evaluate('tdabc', theory)).toEqual({ ccr_per_min: 0.6, 'rate.calls': 3 });
    expect(await evaluate('tdabc', staffing)).toEqual({ ccr_per_min: 0.6, 'rate.calls': 3 });
  });

  it('costs time equations (Kaplan & Anderson: packaging 0.5 + 6.5 special handling + 0.2 air)', async () => {
    const result = await evaluate('tdabc', {
      cost: 1000,
      practical_capacity: 100,
      minutes: { packaging: { base: 0.5, special: 6.5, air: 0.2 } },
      qty: { packaging: { count: 10, special: 2, air: 5 } },
      transactions: { plain: { activity: 'packaging' }, both: { activity: 'packaging', special: 1, air: 1 } },
    });
    expect(result).toMatchObject({
      'minutes.packaging': 19,
      'transaction.plain.cost': 5,
      'transaction.both.minutes': 7.2,
    });
    await expect(
      evaluate('tdabc', { cost: 1, practical_capacity: 1, minutes: { a: { base: 1 } }, qty: { a: { rush: 1 } } }),
    ).rejects.toThrow('driver "rush" is not in the time equation');
  });
});

describe('evaluate allocate', () => {
  it('takes quantities, removes own use, and shows the gross flows', async () => {
    const spec = {
      service: ['IT', 'HR'],
      operating: ['Voice', 'Chat'],
      cost: { IT: 900, HR: 300 },
      drivers: { IT: { IT: 50, HR: 10, Voice: 60, Chat: 30 }, HR: { Voice: 2, Chat: 1 } },
      methods: ['step_down', 'direct'],
    };
    expect(await evaluate('allocate', spec)).toEqual({
      'stepdown.IT_pool': 900,
      'stepdown.HR_pool': 390,
      'stepdown.Voice': 800,
      'stepdown.Chat': 400,
      'stepdown.IT.HR': 90,
      'stepdown.IT.Voice': 540,
      'stepdown.IT.Chat': 270,
      'stepdown.HR.Voice': 260,
      'stepdown.HR.Chat': 130,
      'direct.Voice': 800,
      'direct.Chat': 400,
      'direct.IT.Voice': 600,
      'direct.IT.Chat': 300,
      'direct.HR.Voice': 200,
      'direct.HR.Chat': 100,
    });
  });

  it('keeps what stated shares leave out away from those that are stated', async () => {
    const spec = {
      service: ['Y', 'Z'],
      operating: ['X'],
      cost: { Y: 7260, Z: 4000 },
      share: { Z: { Y: 0.3 }, Y: { Z: 0.2, X: 0.5 } },
      method: 'reciprocal',
    };
    expect(await evaluate('allocate', spec)).toMatchObject({ Y: 9000, Z: 5800, X: 4500 });
  });

  it('solves equations as they are printed', async () => {
    expect(await evaluate('allocate', { equations: 'A = 1200 + .2 M; M = 2400 + 1/6*A' })).toEqual({
      A: 1680 / (1 - 1 / 30),
      M: 2600 / (1 - 1 / 30),
    });
    for (const equations of ['A = B', 'A = 1; A = 2', 'A = 1 + A', 'A 1', 'A = 2 3', 'A = 1 +', 'A = ']) {
      await expect(evaluate('allocate', { equations })).rejects.toThrow(Refusal);
    }
  });

  it('refuses loops, strangers and shares above one', async () => {
    const spec = { service: ['A', 'B'], operating: ['X'], cost: { A: 1, B: 2 } };
    await expect(evaluate('allocate', { ...spec, share: { A: { B: 1 }, B: { A: 1 } } })).rejects.toThrow(
      'A, B serve only',
    );
    await expect(evaluate('allocate', { ...spec, share: { A: { C: 1 } } })).rejects.toThrow('"C", which is no pool');
    await expect(evaluate('allocate', { ...spec, share: { A: { X: 80 } } })).rejects.toThrow('more than one');
    await expect(evaluate('allocate', { ...spec, cost: { Q: 1 }, share: {} })).rejects.toThrow(
      '"cost.Q" is no department',
    );
  });
});

describe('evaluate dual_rate', () => {
  it('sets the fixed rate at practical capacity, at the budgeted and at the actual use', async () => {
    const { example, run } = await methodNamed('dual_rate');
    expect(run({ case: { ...example, unit: 'calls' } }, '.')).toMatchObject({
      'case.unused_calls': 6750,
      'case.single.Micro': 3240000,
      'case.budget_usage.dual.Micro': 3800000,
      'case.actual_usage.dual.Micro': 4050000,
      'case.actual_usage.dual.Peripheral': 1350000,
    });
    await expect(evaluate('dual_rate', { fixed: 1, var_rate: 1, budget: { A: 0 } })).rejects.toThrow('above zero');
  });
});

describe('evaluate variances', () => {
  it('knows mix and yield of inputs (sum = efficiency), with price', async () => {
    const result = await evaluate('variances', {
      output: 4000,
      inputs: {
        latoms: { std_qty: 0.8, std_price: 70, actual_qty: 3250, actual_price: 70.5 },
        caltoms: { std_qty: 0.48, std_price: 80, actual_qty: 2275, actual_price: 80 },
        flotoms: { std_qty: 0.32, std_price: 90, actual_qty: 975, actual_price: 89 },
      },
    });
    expect(Number(result['mix']) + Number(result['yield'])).toBe(result['efficiency']);
    expect(result['price']).toBe(-3250 * 0.5 + 975);
  });

  it('knows overhead, budgets, sales prices and markets of several products', async () => {
    const result = await evaluate('variances', {
      overhead: { budget_cost: 276000, actual_cost: 285000, denominator: 12000, allowed_qty: 10000 },
      webb: {
        actual_units: 10000,
        budget_units: 12000,
        lines: {
          revenue: { revenue: true, budget_per_unit: 120, actual: 1250000 },
          materials: { budget_per_unit: 60, actual: 621600 },
          fixed: { budget: 276000, actual: 285000 },
        },
      },
      sales: {
        actual_market: 500,
        budget_market: 400,
        products: {
          A: { actual_units: 60, budget_units: 50, cm: 4, actual_price: 9, budget_price: 10 },
          B: { actual_units: 40, budget_units: 50, cm: 2 },
        },
      },
    });
    expect(result).toMatchObject({
      'overhead.spending': -9000,
      'overhead.volume': -46000,
      'webb.flexible_budget.revenue': 50000,
      'webb.flexible_budget': 50000 - 21600 - 9000,
      'webb.sales_volume': -120000,
      'sales.sales_price': -60,
      'sales.mix': 20,
      'sales.quantity': 0,
      'sales.market_share': -75,
      'sales.market_size': 75,
    });
  });

  it('refuses a case that lacks a key or has one too many, by the name of the case', async () => {
    await expect(evaluate('variances', { dm: { std_price: 1 } })).rejects.toThrow('"dm": "actual_qty" is needed');
    await expect(evaluate('variances', { dm: { std_price: 1, price: 1 } })).rejects.toThrow('unknown keys: price');
    await expect(
      evaluate('variances', { a: { products: { P: { actual_units: 1, budget_units: 0, cm: 1 } } } }),
    ).rejects.toThrow(Refusal);
  });
});

describe('evaluate decompose', () => {
  it('takes any rate function, written as text', async () => {
    const populations = [
      { births: 30, deaths: 10, people: 1000 },
      { births: 20, deaths: 12, people: 1600 },
    ];
    const result = await evaluate('decompose', { populations, rate: '(births - deaths) / people' });
    expect(result['crude']).toBe(8 / 1600 - 20 / 1000);
    const effects = ['births', 'deaths', 'people'].map((factor) => Number(result[factor]));
    expect(effects.reduce((a, b) => a + b, 0)).toBeCloseTo(Number(result['crude']), 14);
    expect(
      await evaluate('decompose', {
        rate: '-a ^ 2 + sqrt(b)',
        case: {
          populations: [
            { a: 1, b: 4 },
            { a: 3, b: 9 },
          ],
        },
      }),
    ).toMatchObject({
      'case.a': -8,
      'case.b': 1,
    });
  });

  it('reads populations and cells from rows, and takes a structure apart', async () => {
    const rows = [
      ['1970', 'young', 20, 0.1],
      ['1970', 'old', 80, 0.5],
      ['1985', 'young', 60, 0.1],
      ['1985', 'old', 40, 0.7],
    ].map(([year, age, people, rate]) => ({ year, age, people, rate }));
    const result = await evaluate('decompose', {
      data: rows,
      population: 'year',
      by: ['age'],
      structure: 'people',
      factors: ['rate'],
    });
    expect(result['crude']).toBeCloseTo(0.34 - 0.42, 12);
    expect(result['rate']).toBeCloseTo(0.12, 12);
    expect(result['age']).toBeCloseTo(-0.2, 12);
  });

  it('compares more than two populations consistently', async () => {
    const result = await evaluate('decompose', {
      populations: { a: { x: 2, y: 3 }, b: { x: 4, y: 5 }, c: { x: 1, y: 7 } },
    });
    expect(result).toMatchObject({ 'crude.a-b': 14, 'crude.b-c': -13, 'crude.a-c': 1 });
    expect(Number(result['x.a-b']) + Number(result['x.b-c'])).toBeCloseTo(Number(result['x.a-c']), 12);
    expect(Number(result['x.a-b']) + Number(result['y.a-b'])).toBeCloseTo(14, 12);
  });

  it.each([
    [{ populations: [{ a: 1 }] }, 'two populations'],
    [{ populations: [{ a: 1 }, { b: 1 }] }, '"a" is needed'],
    [
      {
        populations: [
          { a: [1, 2], b: [1] },
          { a: [1, 2], b: [1] },
        ],
      },
      'same length',
    ],
    [{ populations: [{ a: [1] }, { a: [2] }], rate: 'a' }, 'sum() it'],
    [{ populations: [{ a: 1 }, { a: 0 }], rate: '1 / a' }, 'zero'],
    [{ populations: [{ a: 1 }, { a: 0 }], rate: 'b' }, 'is no factor'],
    [{ populations: [{ a: 1 }, { a: 0 }], rate: 'a +' }, 'cannot be read'],
    [{ populations: [{ a: 1 }, { a: 0 }], rate: 'process.exit(1)' }, 'cannot be read'],
    [
      {
        data: [
          { p: 1, a: 1 },
          { p: 1, a: 2 },
          { p: 2, a: 2 },
        ],
        population: 'p',
        factors: ['a'],
      },
      'two rows stand for',
    ],
  ])('refuses %j', async (spec, message) => {
    await expect(evaluate('decompose', spec)).rejects.toThrow(message);
  });
});
