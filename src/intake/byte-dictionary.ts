/**
 * Texts met in a column, numbered from 1 in the order they came, found by their UTF-8 bytes without making a string.
 * Open addressing over FNV-1a, all bytes in one array; 0 stands for the empty field and is never given.
 */
export class ByteDictionary {
  private slots = new Int32Array(64);
  private hashes = new Int32Array(32);
  /** text number id lies at offsets[id] to offsets[id + 1] */
  private offsets = new Int32Array(33);
  private arena = new Uint8Array(512);
  private readonly texts: string[] = [''];

  get size(): number {
    return this.texts.length - 1;
  }

  text(id: number): string {
    return this.texts[id]!;
  }

  /** The number of the text between start and end, or 0. */
  find(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    const { slots, hashes, offsets, arena } = this;
    const mask = slots.length - 1;
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot]!;
      if (id === 0) return 0;
      if (hashes[id] !== hash) continue;
      let at = offsets[id]!;
      if (offsets[id + 1]! - at !== end - start) continue;
      let i = start;
      while (i < end && arena[at] === bytes[i]) {
        i++;
        at++;
      }
      if (i === end) return id;
    }
  }

  /** The number of a text, a new one if need be. */
  add(text: string): number {
    const key = Buffer.from(text);
    const present = this.find(key, 0, key.length);
    if (present !== 0) return present;
    let hash = 0x811c9dc5;
    for (const byte of key) hash = Math.imul(hash ^ byte, 0x01000193);
    const id = this.texts.push(text) - 1;
    this.makeRoom(id, key.length);
    const offset = this.offsets[id]!;
    this.arena.set(key, offset);
    this.offsets[id + 1] = offset + key.length;
    this.hashes[id] = hash;
    this.place(id);
    return id;
  }

  private makeRoom(id: number, size: number): void {
    const end = this.offsets[id]! + size;
    if (end > this.arena.length) {
      const larger = new Uint8Array(Math.max(end, this.arena.length * 2));
      larger.set(this.arena);
      this.arena = larger;
    }
    if (id < this.hashes.length) return;
    this.hashes = enlarged(this.hashes);
    this.offsets = enlarged(this.offsets);
    this.slots = new Int32Array(this.slots.length * 2);
    for (let other = 1; other < id; other++) this.place(other);
  }

  private place(id: number): void {
    const mask = this.slots.length - 1;
    const hash = this.hashes[id]!;
    let slot = (hash ^ (hash >>> 15)) & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = id;
  }
}

function enlarged(from: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(from.length * 2);
  larger.set(from);
  return larger;
}
