/**
 * Texts met in a column, numbered from 1 in the order they came, found by their UTF-8 bytes without making a string.
 * Open addressing over FNV-1a; 0 stands for the empty field and is never given.
 */
export class ByteDictionary {
  private slots = new Int32Array(64);
  private readonly texts: string[] = [''];
  private readonly keys: Buffer[] = [Buffer.alloc(0)];
  private readonly hashes: number[] = [0];

  get size(): number {
    return this.texts.length - 1;
  }

  text(id: number): string {
    return this.texts[id]!;
  }

  bytes(id: number): Buffer {
    return this.keys[id]!;
  }

  /** The number of the text between start and end, or 0. */
  find(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    const length = end - start;
    const mask = this.slots.length - 1;
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const id = this.slots[slot]!;
      if (id === 0) return 0;
      if (this.hashes[id] !== hash) continue;
      const key = this.keys[id]!;
      if (key.length !== length) continue;
      let i = 0;
      while (i < length && key[i] === bytes[start + i]) i++;
      if (i === length) return id;
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
    this.keys.push(key);
    this.hashes.push(hash);
    if (this.texts.length * 2 > this.slots.length) {
      this.slots = new Int32Array(this.slots.length * 4);
      for (let other = 1; other < id; other++) this.place(other);
    }
    this.place(id);
    return id;
  }

  private place(id: number): void {
    const mask = this.slots.length - 1;
    const hash = this.hashes[id]!;
    let slot = (hash ^ (hash >>> 15)) & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = id;
  }
}
