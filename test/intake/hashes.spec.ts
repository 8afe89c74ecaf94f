import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { viewOf } from '../../src/intake/binary-rows.ts';
import { CustomerHash } from '../../src/intake/customer-hash.ts';
import { KeyHashes } from '../../src/intake/key-hashes.ts';
import { customerKey, pseudonym } from '../../src/intake/pseudonym.ts';

describe('customer keys', () => {
  it('are the first 8 bytes of SHA-256, as the crypto library gives them', () => {
    const hash = new CustomerHash();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        hash.ofAny(Buffer.from(bytes));
        const digest = createHash('sha256').update(bytes).digest();
        expect([hash.high, hash.low]).toEqual([digest.readInt32BE(0), digest.readInt32BE(4)]);
      }),
      { numRuns: 1000 },
    );
  });
  it('are the same for a whole column, four at a time, where empty and long texts stand between', () => {
    const hash = new CustomerHash();
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 30 }), (texts) => {
        const bytes = Buffer.concat(texts);
        const ends = Int32Array.from(texts, (_, r) =>
          texts.slice(0, r + 1).reduce((sum, text) => sum + text.length, 0),
        );
        const starts = Int32Array.from(texts, (text, r) => ends[r]! - text.length);
        const batch = { bytes, width: 1, count: texts.length, lines: new Float64Array(texts.length), starts, ends };
        const keys = new Int32Array(texts.length * 2);
        hash.ofColumn(batch, viewOf(bytes), 0, keys);
        const wanted = texts.flatMap((text) => {
          if (text.length === 0 || text.length > CustomerHash.LONGEST) return [0, 0];
          const digest = createHash('sha256').update(text).digest();
          return [digest.readInt32BE(0), digest.readInt32BE(4)];
        });
        expect([...keys]).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });
  it('are signed', () => {
    expect(customerKey('C-1')).toBe(createHash('sha256').update('C-1').digest().readBigInt64BE(0));
  });
});

describe('pseudonyms', () => {
  it('are as given when not wanted, the same for the same key, and refused without a key', () => {
    expect(pseudonym(false, undefined)('C-1')).toBe('C-1');
    const [a, b] = [pseudonym(true, 'a key of enough characters'), pseudonym(true, 'another key of characters')];
    expect(a('C-1')).toMatch(/^[0-9a-f]{32}$/);
    expect(a('C-1')).toBe(a('C-1'));
    expect(a('C-1')).not.toBe(b('C-1'));
    expect(() => pseudonym(true, undefined)).toThrow(/no key/);
    expect(() => pseudonym(true, 'short')).toThrow(/no key/);
  });
});

describe('hashes of keys', () => {
  const filled = (keys: Iterable<string>): KeyHashes => {
    const hashes = new KeyHashes(256);
    for (const key of keys) {
      const bytes = Buffer.from(key);
      hashes.begin();
      hashes.mix(bytes, 0, bytes.length);
      hashes.end();
    }
    return hashes;
  };
  const many = Array.from({ length: 20_000 }, (_, i) => `C-${i}`);

  it('tell keys apart, find one twice, and find one in common, beyond the memory', () => {
    const [distinct, doubled, others] = [filled(many), filled([...many, 'C-77']), filled(many.map((key) => `D${key}`))];
    expect(distinct.anyTwice()).toBe(false);
    expect(doubled.anyTwice()).toBe(true);
    expect(distinct.anyTwice(others)).toBe(false);
    expect(distinct.anyTwice(filled(['x', 'C-19999']))).toBe(true);
    let bytes = 0;
    for (const piece of distinct.pieces()) bytes += piece.length;
    expect(bytes).toBe(many.length * 8);
    for (const hashes of [distinct, doubled, others]) hashes.close();
  });
});
