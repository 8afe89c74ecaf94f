import fc from 'fast-check';
import { viewOf } from '../../src/intake/binary-rows.ts';
import { KeyPieces, type KeyPiece } from '../../src/intake/key-pieces.ts';

const PIECE = 65_536;

/** Takes keys with their places as hashes. */
function take(pieces: KeyPieces, keys: readonly string[], from = 0): void {
  for (const [i, key] of keys.entries()) {
    const bytes = Buffer.from(key);
    pieces.widen(viewOf(bytes), 0, bytes.length);
    pieces.add(from + i, -1);
  }
}

const placesOf = ({ hashes }: KeyPiece): number[] =>
  Array.from({ length: hashes.length / 8 }, (_, i) => hashes.readInt32LE(i * 8));
const inOrder = (keys: readonly string[]): Buffer[] =>
  keys.map((key) => Buffer.from(key)).sort((a, b) => Buffer.compare(a, b));

describe('pieces of keys', () => {
  it('hold every hash once, in the order of the file, each between the least and the greatest key of its piece', () => {
    const keys = Array.from({ length: 2 * PIECE + 10 }, (_, i) => `N-${String(i).padStart(7, '0')}`);
    const pieces = new KeyPieces(true);
    take(pieces, keys.slice(0, PIECE + 5));
    const first = pieces.take();
    expect(first.map(({ low, high }) => [low, high])).toEqual([[keys[0], keys[PIECE - 1]]]);
    take(pieces, keys.slice(PIECE + 5), PIECE + 5);
    const rest = pieces.takeAll();
    expect(rest.map(({ low, high }) => [low, high])).toEqual([
      [keys[PIECE], keys[2 * PIECE - 1]],
      [keys[2 * PIECE], keys.at(-1)],
    ]);
    expect([...first, ...rest].flatMap(placesOf)).toEqual(keys.map((_, i) => i));
    expect(pieces.keyRange()).toEqual({ low: keys[0], high: keys.at(-1) });
    expect(pieces.takeAll()).toEqual([]);
  });

  it('know the least and the greatest key by bytes, also of pieces that were taken', () => {
    const key = fc.oneof(
      fc.string({ minLength: 1, maxLength: 9 }),
      fc.constantFrom('A-1', 'A-10', 'a', 'Ä', '\uFF5E', '\u{1F600}'),
    );
    fc.assert(
      fc.property(fc.array(key, { minLength: 1 }), fc.array(key), fc.boolean(), (some, more, holds) => {
        const pieces = new KeyPieces(holds);
        take(pieces, some);
        if (holds) pieces.takeAll();
        take(pieces, more, some.length);
        const sorted = inOrder([...some, ...more]);
        expect(pieces.keyRange()).toEqual({ low: sorted[0]!.toString(), high: sorted.at(-1)!.toString() });
        expect(pieces.takeAll().flatMap(placesOf)).toEqual(holds ? more.map((_, i) => some.length + i) : []);
      }),
    );
    expect(new KeyPieces(true).keyRange()).toBeUndefined();
  });

  it('ask to be taken when they are many', () => {
    const pieces = new KeyPieces(true);
    const keys = Array.from({ length: PIECE }, (_, i) => `${i}`);
    for (let piece = 0; piece < 8; piece++) {
      expect(pieces.full).toBe(false);
      take(pieces, keys);
    }
    expect(pieces.full).toBe(true);
    expect(pieces.take()).toHaveLength(8);
    expect(pieces.full).toBe(false);
  });
});
