/** The same values in an array of twice the length; those behind them are zeros. */
export function enlarged<T extends Uint8Array | Int32Array | Float64Array | BigInt64Array>(from: T): T {
  const larger = new (from.constructor as new (length: number) => T)(from.length * 2);
  larger.set(from as never);
  return larger;
}
