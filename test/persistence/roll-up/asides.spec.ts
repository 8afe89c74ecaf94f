import fc from 'fast-check';
import { contactId } from '../../../src/persistence/retention/fact-packs.ts';
import { IdPlaces } from '../../../src/persistence/roll-up/asides.ts';

const LENGTH = 8;

/** Words of a packed contact up to its id, behind some others. */
function recordOf(id: string, hasCase: boolean): Int32Array {
  const bytes = Buffer.from(id);
  const words = Buffer.alloc(4 * (LENGTH + 1) + ((bytes.length + 3) & -4));
  words.writeInt32BE(2 * bytes.length + (hasCase ? 1 : 0), 4 * LENGTH);
  bytes.copy(words, 4 * (LENGTH + 1));
  words.swap32();
  return new Int32Array(words.buffer.slice(words.byteOffset, words.byteOffset + words.length));
}

describe('contacts of which more is known than packs tell', () => {
  const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }), { maxLength: 300 });

  it('are found by the words of their ids, and no others are', () => {
    fc.assert(
      fc.property(ids, ids, fc.boolean(), (known, others, hasCase) => {
        const places = new IdPlaces(known);
        const find = (id: string): number => places.find(recordOf(id, hasCase), LENGTH + 1, Buffer.byteLength(id));
        expect(known.map(find)).toEqual([...known.keys()]);
        for (const id of others) expect(find(id)).toBe(known.indexOf(id));
      }),
    );
  });

  it('are told apart from those whose ids are filled up to the same words', () => {
    const places = new IdPlaces(['a', 'a\0', 'abcd']);
    expect(['a', 'a\0', 'a\0\0', 'abcd', 'abc'].map((id) => places.find(recordOf(id, false), LENGTH + 1, id.length))).toEqual([0, 1, -1, 2, -1]); // prettier-ignore
  });

  it('have the ids that were packed', () => {
    for (const id of ['a', 'ab', 'abc', 'abcd', 'Ärger', '\u{1F600}'])
      for (const hasCase of [true, false]) expect(contactId(recordOf(id, hasCase), 0)).toBe(id);
  });
});
