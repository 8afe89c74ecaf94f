import { Decimal, isDecimalText } from './decimal.ts';

/**
 * An exact rational number: what a rate, a share or a quota is before it is rounded once (method: rates are never
 * rounded). Always in lowest terms with a positive denominator, so equal fractions have equal fields.
 */
export class Fraction {
  private constructor(
    readonly numerator: bigint,
    readonly denominator: bigint,
  ) {}

  static readonly ZERO = new Fraction(0n, 1n);
  static readonly ONE = new Fraction(1n, 1n);

  /** @throws RangeError when the denominator is zero */
  static of(numerator: bigint | number, denominator: bigint | number = 1n): Fraction {
    let n = BigInt(numerator);
    let d = BigInt(denominator);
    if (d === 0n) throw new RangeError('a fraction needs a denominator other than zero');
    if (d < 0n) [n, d] = [-n, -d];
    if (d === 1n) return new Fraction(n, d);
    const divisor = gcd(n < 0n ? -n : n, d);
    return new Fraction(n / divisor, d / divisor);
  }

  /** Of plain decimal text ("0.0135") or a quotient of integers ("1/6"). @throws RangeError naming the text */
  static parse(text: string): Fraction {
    const quotient = /^(-?\d+)\/(\d+)$/.exec(text);
    if (quotient) return Fraction.of(BigInt(quotient[1]!), BigInt(quotient[2]!));
    if (!isDecimalText(text))
      throw new RangeError(`"${text}" is neither a plain decimal number nor a fraction like 1/6`);
    const [whole, digits = ''] = text.split('.') as [string, string?];
    return Fraction.of(BigInt(whole + digits), 10n ** BigInt(digits.length));
  }

  plus(other: Fraction): Fraction {
    // Sums begin at zero, and shares are often one: nothing is reduced that is in lowest terms already.
    if (other.numerator === 0n) return this;
    if (this.numerator === 0n) return other;
    if (this.denominator === other.denominator) {
      return Fraction.of(this.numerator + other.numerator, this.denominator);
    }
    return Fraction.of(
      this.numerator * other.denominator + other.numerator * this.denominator,
      this.denominator * other.denominator,
    );
  }

  minus(other: Fraction): Fraction {
    return this.plus(other.negated());
  }

  times(other: Fraction | bigint): Fraction {
    if (typeof other === 'bigint') return Fraction.of(this.numerator * other, this.denominator);
    if (isOne(other)) return this;
    if (isOne(this)) return other;
    return Fraction.of(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  /** @throws RangeError when dividing by zero */
  over(other: Fraction | bigint): Fraction {
    if (typeof other === 'bigint') return Fraction.of(this.numerator, this.denominator * other);
    if (isOne(other)) return this;
    return Fraction.of(this.numerator * other.denominator, this.denominator * other.numerator);
  }

  negated(): Fraction {
    return new Fraction(-this.numerator, this.denominator);
  }

  get isZero(): boolean {
    return this.numerator === 0n;
  }

  get sign(): -1 | 0 | 1 {
    return this.numerator > 0n ? 1 : this.numerator < 0n ? -1 : 0;
  }

  compare(other: Fraction): -1 | 0 | 1 {
    const difference = this.numerator * other.denominator - other.numerator * this.denominator;
    return difference > 0n ? 1 : difference < 0n ? -1 : 0;
  }

  equals(other: Fraction): boolean {
    return this.numerator === other.numerator && this.denominator === other.denominator;
  }

  /** Integer part toward zero. */
  truncated(): bigint {
    return this.numerator / this.denominator;
  }

  /** Nearest integer, a half away from zero: the one rounding of a product that is not yet a total (method 1). */
  rounded(): bigint {
    return nearest(this.numerator, this.denominator);
  }

  /** 60 significant digits. For showing, never for posting. */
  toDecimal(): Decimal {
    return new Decimal(this.numerator.toString()).div(this.denominator.toString());
  }

  /** Decimal text with at most so many decimals, cut toward nearest (half away from zero), no trailing zeros. */
  toText(decimals = 20): string {
    const scaled = nearest(this.numerator * 10n ** BigInt(decimals), this.denominator);
    return scaledText(scaled, decimals)
      .replace(/\.?0+$/, (zeros) => (zeros.includes('.') ? '' : zeros))
      .replace(/(\.\d*?)0+$/, '$1');
  }

  toString(): string {
    return this.denominator === 1n ? `${this.numerator}` : `${this.numerator}/${this.denominator}`;
  }
}

function isOne({ numerator, denominator }: Fraction): boolean {
  return numerator === 1n && denominator === 1n;
}

/** The nearest integer, a half away from zero, of a quotient in lowest terms or not, with a positive denominator. */
export function nearest(numerator: bigint, denominator: bigint): bigint {
  if (denominator === 1n) return numerator;
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * magnitude + denominator) / (2n * denominator);
  return numerator < 0n ? -rounded : rounded;
}

/** Text of an integer number of 10^-decimals, e.g. scaledText(-5n, 2) = "-0.05". All decimals are printed. */
export function scaledText(value: bigint, decimals: number): string {
  const magnitude = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const whole = magnitude.slice(0, magnitude.length - decimals);
  const text = decimals === 0 ? whole : `${whole}.${magnitude.slice(magnitude.length - decimals)}`;
  return value < 0n ? `-${text}` : text;
}

export function sumFractions(values: Iterable<Fraction>): Fraction {
  const sum = new FractionSum();
  for (const { numerator, denominator } of values) sum.add(numerator, denominator);
  return sum.total();
}

/** A sum that is reduced at its end: terms over one denominator, which are many as a rule, are added as integers. */
export class FractionSum {
  private numerator = 0n;
  private denominator = 1n;
  /** numerators over the denominators that were met before, each once */
  private readonly rest = new Map<bigint, bigint>();

  /** Adds a quotient, in lowest terms or not. @param denominator positive */
  add(numerator: bigint, denominator: bigint): void {
    if (numerator === 0n) return;
    if (denominator !== this.denominator) {
      this.rest.set(this.denominator, this.numerator);
      this.numerator = this.rest.get(denominator) ?? 0n;
      this.denominator = denominator;
    }
    this.numerator += numerator;
  }

  total(): Fraction {
    const { rest } = this;
    rest.set(this.denominator, this.numerator);
    let total = Fraction.ZERO;
    for (const [denominator, numerator] of rest) total = total.plus(Fraction.of(numerator, denominator));
    return total;
  }
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Below it a processor divides integers, several times faster than doubles. */
const WORD = 2 ** 31;

/** Euclid; once the numbers fit, in doubles, where remainders are exact and several times faster than in bigint. */
function gcd(a: bigint, b: bigint): bigint {
  while (b > SAFE) [a, b] = [b, a % b];
  if (b === 0n) return a;
  let [x, y] = [Number(b), Number(a % b)];
  while (x >= WORD && y > 0) [x, y] = [y, x % y];
  return BigInt(x < WORD ? gcdOfWords(x, y) : x);
}

function gcdOfWords(a: number, b: number): number {
  let [x, y] = [a | 0, b | 0];
  while (y !== 0) {
    const rest = (x % y) | 0;
    x = y;
    y = rest;
  }
  return x;
}
