/** High and low word of the hash made last. */
export const textHash = { high: 0, low: 0 };

/**
 * PostgreSQL's hashtextextended of a text with seed 0, left in `textHash`: Bob Jenkins' lookup3 (hash_bytes_extended in
 * PostgreSQL's hashfn.c) as little-endian machines make it.
 * @param at where the bytes of the text begin
 */
export function hashText(from: DataView, at: number, length: number): void {
  let a = (0x9e3779b9 + length + 3_923_095) | 0;
  let [b, c] = [a, a];
  let place = at;
  let left = length;
  for (; left >= 12; left -= 12, place += 12) {
    a = (a + from.getInt32(place, true)) | 0;
    b = (b + from.getInt32(place + 4, true)) | 0;
    c = (c + from.getInt32(place + 8, true)) | 0;
    a = ((a - c) | 0) ^ turned(c, 4);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ turned(a, 6);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ turned(b, 8);
    b = (b + a) | 0;
    a = ((a - c) | 0) ^ turned(c, 16);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ turned(a, 19);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ turned(b, 4);
    b = (b + a) | 0;
  }
  a = (a + word(from, place, Math.min(left, 4))) | 0;
  b = (b + word(from, place + 4, Math.min(left - 4, 4))) | 0;
  c = (c + (word(from, place + 8, left - 8) << 8)) | 0; // the lowest byte is kept for the length
  c = ((c ^ b) - turned(b, 14)) | 0;
  a = ((a ^ c) - turned(c, 11)) | 0;
  b = ((b ^ a) - turned(a, 25)) | 0;
  c = ((c ^ b) - turned(b, 16)) | 0;
  a = ((a ^ c) - turned(c, 4)) | 0;
  b = ((b ^ a) - turned(a, 14)) | 0;
  c = ((c ^ b) - turned(b, 24)) | 0;
  textHash.high = b;
  textHash.low = c;
}

function turned(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Up to four bytes, the first lowest; none is 0. */
function word(from: DataView, at: number, count: number): number {
  if (count === 4) return from.getInt32(at, true);
  let found = 0;
  for (let i = 0; i < count; i++) found |= from.getUint8(at + i) << (8 * i);
  return found;
}
