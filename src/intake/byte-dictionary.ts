import { enlarged } from '../domain/enlarged.ts';
import { viewOf } from './binary-rows.ts';

/**
 * Texts met in a column, numbered from 1 in the order they came, found by their UTF-8 bytes without making a string.
 * Open addressing, all bytes in one array, hashed and compared four at a time; 0 stands for the empty field and is never given.
 */
export class ByteDictionary {
  private slots = new Int32Array(64);
  private hashes = new Int32Array(32);
  /** text number id lies at offsets[id] to offsets[id + 1] */
  private offsets = new Int32Array(33);
  private arena = new Uint8Array(512);
  private view = viewOf(this.arena);
  private readonly texts: string[] = [''];

  get size(): number {
    return this.texts.length - 1;
  }

  text(id: number): string {
    return this.texts[id]!;
  }

  /** The number of the text between start and end, or 0. */
  find(bytes: DataView, start: number, end: number): number {
    const hash = hashOf(bytes, start, end);
    const { slots, hashes, offsets, view } = this;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot]!;
      if (id === 0) return 0;
      if (hashes[id] !== hash) continue;
      let at = offsets[id]!;
      if (offsets[id + 1]! - at !== end - start) continue;
      let i = start;
      for (; i + 4 <= end && view.getInt32(at) === bytes.getInt32(i); i += 4) at += 4;
      for (; i < end && view.getUint8(at) === bytes.getUint8(i); i++) at++;
      if (i === end) return id;
    }
  }

  /** The number of a text, a new one if need be. */
  add(text: string): number {
    const key = Buffer.from(text);
    const bytes = viewOf(key);
    const present = this.find(bytes, 0, key.length);
    if (present !== 0) return present;
    const id = this.texts.push(text) - 1;
    this.makeRoom(id, key.length);
    const offset = this.offsets[id]!;
    this.arena.set(key, offset);
    this.offsets[id + 1] = offset + key.length;
    this.hashes[id] = hashOf(bytes, 0, key.length);
    this.place(id);
    return id;
  }

  private makeRoom(id: number, size: number): void {
    const end = this.offsets[id]! + size;
    if (end > this.arena.length) {
      const larger = new Uint8Array(Math.max(end, this.arena.length * 2));
      larger.set(this.arena);
      this.arena = larger;
      this.view = viewOf(larger);
    }
    if (id < this.hashes.length) return;
    this.hashes = enlarged(this.hashes);
    this.offsets = enlarged(this.offsets);
    this.slots = new Int32Array(this.slots.length * 2);
    for (let other = 1; other < id; other++) this.place(other);
  }

  private place(id: number): void {
    const mask = this.slots.length - 1;
    let slot = this.hashes[id]! & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = id;
  }
}

function hashOf(bytes: DataView, start: number, end: number): number {
  let hash = end - start;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    hash = Math.imul(hash ^ bytes.getInt32(i), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  let rest = 0;
  for (; i < end; i++) rest = (rest << 8) | bytes.getUint8(i);
  hash = Math.imul(hash ^ rest, 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
