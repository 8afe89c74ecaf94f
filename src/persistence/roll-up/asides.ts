import { madeOnce } from '../../domain/made-once.ts';

/** What few contacts have and no pack tells. */
export interface Aside {
  /** of one that was taken back at some time: the import of the version that stands; 0: none does */
  standing?: number;
  /** of a version, by its import: a bit for each text pattern that it hits */
  hits?: Map<number, number>;
  /** of one of several reasons: a line `seconds reason` each */
  segments?: string;
}

/** By contact id. */
export type Asides = ReadonlyMap<string, Aside>;

/** What is known aside of the contact with an id, to be added to. */
export function asideOf(asides: Map<string, Aside>, id: string): Aside {
  return madeOnce(asides, id, () => ({}));
}

/** Places of contact ids, found by the words that packs have them in: open addressing over typed arrays. */
export class IdPlaces {
  private readonly slots: Int32Array;
  /** of each id its bytes and its words, one behind the other */
  private readonly words: Int32Array;
  private readonly starts: Int32Array;

  constructor(ids: readonly string[]) {
    this.starts = new Int32Array(ids.length);
    this.slots = new Int32Array(ids.length === 0 ? 0 : 2 ** Math.ceil(Math.log2(4 * ids.length))).fill(-1);
    const words: number[] = [];
    ids.forEach((id, place) => {
      this.starts[place] = words.length;
      const text = Buffer.from(id);
      const bytes = Buffer.alloc((text.length + 3) & -4);
      text.copy(bytes);
      words.push(text.length);
      for (let at = 0; at < bytes.length; at += 4) words.push(bytes.readInt32BE(at));
    });
    this.words = Int32Array.from(words);
    for (let place = 0; place < ids.length; place++) {
      const start = this.starts[place]!;
      let slot = this.slotOf(this.words, start + 1, this.words[start]!);
      while (this.slots[slot] !== -1) slot = (slot + 1) & (this.slots.length - 1);
      this.slots[slot] = place;
    }
  }

  /** Place of the id that a record has from `at` on; -1: it is none of them. @param bytes of the id */
  find(record: Int32Array, at: number, bytes: number): number {
    const { slots, words, starts } = this;
    if (slots.length === 0) return -1;
    let slot = this.slotOf(record, at, bytes);
    for (let place = slots[slot]!; place >= 0; place = slots[slot]!) {
      const start = starts[place]!;
      if (words[start] === bytes && isSame(words, start + 1, record, at, (bytes + 3) >> 2)) return place;
      slot = (slot + 1) & (slots.length - 1);
    }
    return -1;
  }

  private slotOf(words: Int32Array, at: number, bytes: number): number {
    let hash = bytes;
    const end = at + ((bytes + 3) >> 2);
    for (let i = at; i < end; i++) hash = Math.imul(hash ^ words[i]!, 0x9e3779b1) ^ (hash >>> 15);
    return (Math.imul(hash ^ (hash >>> 13), 0x2c1b3c6d) >>> 8) & (this.slots.length - 1);
  }
}

function isSame(a: Int32Array, aAt: number, b: Int32Array, bAt: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (a[aAt + i] !== b[bAt + i]) return false;
  return true;
}
