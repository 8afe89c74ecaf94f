/** Bytes of a WebAssembly program (WebAssembly Core Specification 2.0, Binary Format), written out by hand. */
export type Code = readonly number[];

/** types of values */
export const INTEGER = 0x7f;
export const FLOAT = 0x7c;
/** 16 bytes: four words or two numbers side by side */
export const WIDE = 0x7b;
export const WIDE_BYTES = 16;
export const WORD_BYTES = 4;

/** prefix of the instructions on wide values */
export const VECTOR = 0xfd;
export const END = 0x0b;
export const PAGE_BYTES = 65_536;

export const get = (local: number): Code => [0x20, ...unsigned(local)];
/** the local takes the value, or what stands on the stack */
export const set = (local: number, value: Code = []): Code => [...value, 0x21, ...unsigned(local)];
export const integer = (value: number): Code => [0x41, ...signed(value)];
/** the local, an integer, and so much more */
export const plus = (local: number, by: number): Code => [...get(local), ...integer(by), 0x6a];
/** the local moves on by so much */
export const moved = (local: number, by: number): Code => set(local, plus(local, by));
/** the wide value so many bytes behind the address */
export const loadWide = (address: Code, offset: number): Code => [...address, VECTOR, 0x00, 4, ...unsigned(offset)];
export const storeWide = (address: Code, value: Code, offset: number): Code => [
  ...[...address, ...value],
  ...[VECTOR, 0x0b, 4, ...unsigned(offset)],
];
/** the byte so many bytes behind the address, as an integer from 0 to 255 */
export const loadByte = (address: Code, offset = 0): Code => [...address, 0x2d, 0, ...unsigned(offset)];
export const storeInteger = (address: Code, value: Code, offset: number): Code => [
  ...[...address, ...value],
  ...[0x36, 2, ...unsigned(offset)],
];

/** A function without a result. */
export interface WasmFunction {
  readonly name: string;
  /** types of its parameters, which are its first locals */
  readonly takes: Code;
  /** its further locals: how many, of which type */
  readonly locals: readonly (readonly [count: number, type: number])[];
  readonly code: Code;
}

/** A module that exports its functions by their names, and a `memory` that begins with so many pages. */
export function wasmModule(functions: readonly WasmFunction[], pages: number): Uint8Array<ArrayBuffer> {
  const bodies = functions.map(({ locals, code }) =>
    sized([...listed(locals.map(([count, type]) => [...unsigned(count), type])), ...code, END]),
  );
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, listed(functions.map(({ takes }) => [0x60, ...sized(takes), 0]))),
    ...section(3, listed(functions.map((_, place) => unsigned(place)))),
    ...section(5, listed([[0, ...unsigned(pages)]])),
    ...section(
      7,
      listed([
        [...named('memory'), 2, 0],
        ...functions.map(({ name }, place) => [...named(name), 0, ...unsigned(place)]),
      ]),
    ),
    ...section(10, listed(bodies)),
  ]);
}

const section = (id: number, content: Code): Code => [id, ...sized(content)];
const sized = (content: Code): Code => [...unsigned(content.length), ...content];
const listed = (parts: readonly Code[]): Code => [...unsigned(parts.length), ...parts.flat()];
const named = (text: string): Code => sized(Array.from(text, (letter) => letter.charCodeAt(0)));

/** LEB128 of a whole number below 2^31. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** LEB128 of a whole number of 32 bits with its sign. */
function signed(value: number): Code {
  const low = value & 0x7f;
  const rest = value >> 7;
  const last = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return last ? [low] : [low | 0x80, ...signed(rest)];
}
