import { columnOf, combination, crossProduct, dot, orthonormal } from '../../../src/domain/causality/linear-algebra.ts';
import {
  byColumns,
  design,
  inColumns,
  rowsOf,
  withFactor,
  type Design,
} from '../../../src/domain/retention/least-squares.ts';
import { propensity } from '../../../src/domain/retention/propensity.ts';
import { keptColumns } from '../../../src/domain/retention/scaled-terms.ts';
import { TermTiles } from '../../../src/domain/retention/term-tiles.ts';

/** Numbers from 0 to 1, the same for the same seed. */
function drawn(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const names = (trait: string, levels: number): string[] =>
  Array.from({ length: levels }, (_, level) => `${trait} ${level}`);

/** As a cohort has them: far from zero, skewed, of yes and no, and two factors, one of them with levels of few rows. */
function terms(seed: number, rows: number): Design {
  const random = drawn(seed);
  const dense = design(
    new Map([
      ['tenure', columnOf(rows, () => Math.log1p(random() * 4000))],
      ['bought', columnOf(rows, () => (random() < 0.3 ? 1 : 0))],
      ['opened', columnOf(rows, () => 20_500 + Math.floor(random() * 30))],
    ]),
    rows,
  );
  const level = (levels: number): Int32Array =>
    Int32Array.from({ length: rows }, () => Math.floor(random() ** 3 * levels));
  return withFactor(withFactor(dense, level(3), names('segment', 3)), level(17), names('reason', 17));
}

const SIZES = [5, 511, 512, 513, 1030, 2051];

describe('sums over tiles of terms', () => {
  it.each(SIZES)('are those of a loop over %d rows of columns, digit by digit', (rows) => {
    const random = drawn(rows);
    const x = inColumns(terms(rows, rows));
    const [weights, values] = [columnOf(rows, random), columnOf(rows, () => random() - 0.5)];
    const tiles = new TermTiles(
      rows,
      x.columns.map((values) => ({ values, centre: 0, scale: 1 })),
    );
    const { information, sums } = tiles.equations(weights, values);
    expect(information).toEqual(crossProduct(x.columns, weights));
    expect(Array.from(sums)).toEqual(x.columns.map((column) => dot(column, values)));
    expect(tiles.sums(new Uint8Array(rows).fill(1), values)).toEqual(sums);
    expect(tiles.equations().information).toEqual(crossProduct(x.columns));
    const coefficients = x.columns.map((_, j) => (j === 1 ? 0 : random() - 0.5));
    const predicted = new Float64Array(rows);
    tiles.predictor(coefficients, predicted);
    expect(predicted).toEqual(combination(x.columns, coefficients, rows));
  });

  it('of levels are sums over their rows', () => {
    const x = terms(3, 1030);
    const random = drawn(4);
    const [weights, values] = [columnOf(x.rows, random), columnOf(x.rows, random)];
    const tiles = new TermTiles(
      x.rows,
      x.columns.map((values) => ({ values, centre: 0, scale: 1 })),
      x.factors,
    );
    const written = inColumns(x);
    const { information, sums } = tiles.equations(weights, values);
    const expected = crossProduct(written.columns, weights);
    information.forEach((row, i) => row.forEach((sum, j) => expect(sum / expected[i]![j]! || 1).toBeCloseTo(1, 12)));
    sums.forEach((sum, j) => expect(sum).toBeCloseTo(dot(written.columns[j]!, values), 9));
  });
});

describe('a design whose levels are fitted as columns', () => {
  it.each([1, 2, 3, 4])('has the fit of the columns, digit by digit (seed %d)', (seed) => {
    const rows = 700 * seed;
    const random = drawn(seed + 100);
    const x = terms(seed, rows);
    const treated = columnOf(rows, (i) => (random() < 1 / (1 + Math.exp(2 - 0.2 * x.columns[1]![i]!)) ? 1 : 0));
    const [own, written] = [propensity(byColumns(x), treated), propensity(inColumns(x), treated)];
    expect(own).toEqual(written);
    const some = Int32Array.from({ length: rows }, (_, i) => i).filter(() => random() < 0.8);
    const arms = columnOf(some.length, (at) => treated[some[at]!]!);
    expect(propensity(rowsOf(byColumns(x), some), arms, 'logit', own.coefficients)).toEqual(
      propensity(inColumns(rowsOf(x, some)), arms, 'logit', own.coefficients),
    );
  });

  const asBasis = (x: Design): readonly number[] => orthonormal(inColumns(x).columns).kept;

  it('drops what an orthonormal basis of the columns drops', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const x = terms(seed, 40 * seed); // of few rows some levels have none
      expect(keptColumns(x)).toEqual(asBasis(x));
    }
  });

  it.each<[string, (x: Design) => Design]>([
    ['a column twice', (x) => ({ ...x, columns: x.columns.map((column, j) => (j === 3 ? x.columns[1]! : column)) })],
    ['a column all but twice', (x) => nearly(x, 1e-7)],
    ['a column twice to the last digits', (x) => nearly(x, 1e-13)],
    [
      'a level that is another trait',
      (x) => ({ ...x, columns: x.columns.map((c, j) => (j === 2 ? levelColumn(x) : c)) }),
    ],
    ['a factor twice', (x) => ({ ...x, factors: [x.factors![0]!, x.factors![0]!], names: namesTwice(x) })],
    ['no constant', (x) => ({ ...x, columns: x.columns.slice(1), names: x.names.slice(1) })],
  ])('asks the basis where levels and columns do not tell it plainly: %s', (_, change) => {
    const x = change(terms(9, 900));
    expect(keptColumns(x)).toEqual(asBasis(x));
  });
});

/** The third column is the first one but for a share of something else. */
function nearly(x: Design, share: number): Design {
  const random = drawn(8);
  const like = x.columns[1]!.map((value) => value * (1 + share * random()));
  return { ...x, columns: x.columns.map((column, j) => (j === 3 ? like : column)) };
}

function levelColumn({ factors, rows }: Design): Float64Array {
  return columnOf(rows, (i) => (factors![0]!.of[i] === 1 ? 1 : 0));
}

function namesTwice(x: Design): string[] {
  return [...x.names.slice(0, x.columns.length), ...names('segment', 3), ...names('again', 3)];
}
