const TWO_32 = 4_294_967_296;

/** The whole number of two 32-bit words; exact below 2^53 in size, where instants and amounts lie. */
export function wholeNumber(high: number, low: number): number {
  return high * TWO_32 + (low >>> 0);
}

/** Its upper word; the lower is the number modulo 2^32, as arrays of words take it. */
export function highWord(value: number): number {
  return Math.floor(value / TWO_32);
}

/** An int8 as COPY sends it. */
export function wholeNumberAt(bytes: Buffer, at: number): number {
  return wholeNumber(bytes.readInt32BE(at), bytes.readInt32BE(at + 4));
}
