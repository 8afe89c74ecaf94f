/** What is kept at most, in bytes. */
const MOST = 8 * 1024 * 1024;
const spares: Buffer[] = [];
let kept = 0;

/**
 * Memory of at least so many bytes, holding anything: what was given back, else fresh. Fresh memory outside the heap
 * calls the garbage collector, and a day's files would spend a third of their time in it.
 */
export function takeMemory(size: number): Buffer {
  const at = spares.findIndex((spare) => spare.length >= size && spare.length <= 4 * size);
  if (at < 0) return Buffer.allocUnsafeSlow(size);
  const [spare] = spares.splice(at, 1) as [Buffer];
  kept -= spare.length;
  return spare;
}

/** Takes back memory that nobody looks at any more. */
export function giveMemoryBack(memory: Buffer): void {
  if (memory.length === 0 || kept + memory.length > MOST) return;
  spares.push(memory);
  kept += memory.length;
}
