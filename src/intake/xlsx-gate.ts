import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { InvalidInput } from '../domain/errors.ts';
import type { FileLimits } from './file-limits.ts';

/** A workbook that has passed the gate: its parts may be read. */
export interface GatedXlsx {
  readonly parts: ReadonlySet<string>;
  /** unpacked bytes of a part */
  readonly read: (part: string) => Promise<AsyncIterable<Buffer>>;
  readonly close: () => void;
}

/** Parts below this size are not judged by their ratio: a short part of blanks packs very well. */
const RATIO_FROM_BYTES = 1024 * 1024;
const WORKBOOK = 'xl/workbook.xml';

/**
 * Opens an XLSX file only after everything in it was unpacked once and counted: number of parts, bytes, ratio, checksums,
 * names, links, passwords, document type definitions. Nothing of it is trusted, least of all the sizes it states.
 * @throws InvalidInput naming what stands against it
 */
export async function gatedXlsx(path: string, file: string, limits: FileLimits): Promise<GatedXlsx> {
  const refuse = (
    code: string,
    message: string,
    remedy = 'Save the sheet again in Excel as .xlsx, or as CSV',
  ): never => {
    throw new InvalidInput([{ file, code, message, remedy }]);
  };
  const zip = await opened(path).catch((error: Error) =>
    refuse('bad_xlsx', `it is not a readable XLSX file: ${error.message.replace(/\.$/, '')}`),
  );
  try {
    if (zip.entryCount > limits.xlsxParts) {
      refuse('too_many_parts', `it has ${zip.entryCount} parts, more than ${limits.xlsxParts}`);
    }
    const entries = new Map<string, Entry>();
    for (const entry of await allEntries(zip).catch((error: Error) =>
      refuse('bad_xlsx', `its directory is damaged: ${error.message}`),
    )) {
      const name = entry.fileName;
      if (entries.has(name)) refuse('double_part', `it has the part ${name} twice`);
      if (isLink(entry)) refuse('link_inside', `the part ${name} is a link to another file`);
      if ((entry.generalPurposeBitFlag & 1) === 1)
        refuse('password', 'it has a password', 'Save it without a password');
      entries.set(name, entry);
    }
    if (!entries.has(WORKBOOK))
      refuse('not_xlsx', `it is a ZIP archive but no workbook (${WORKBOOK} is absent)`, 'Load one CSV or XLSX file');
    await countAll(zip, [...entries.values()], limits, refuse);
    return {
      parts: new Set(entries.keys()),
      read: (part) => partStream(zip, entries.get(part)!),
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

type Refuse = (code: string, message: string, remedy?: string) => never;

function opened(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    const options = { autoClose: false, lazyEntries: true, validateEntrySizes: true, strictFileNames: true };
    yauzl.open(path, options, (error, zip) => (error ? reject(error) : resolve(zip)));
  });
}

function allEntries(zip: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    zip.on('error', reject);
    zip.on('end', () => resolve(entries));
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}

function partStream(zip: ZipFile, entry: Entry): Promise<AsyncIterable<Buffer>> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream: Readable) => (error ? reject(error) : resolve(stream)));
  });
}

/** Unix file type "symbolic link" in the upper half of the attributes. */
function isLink(entry: Entry): boolean {
  return ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000;
}

async function countAll(zip: ZipFile, entries: readonly Entry[], limits: FileLimits, refuse: Refuse): Promise<void> {
  const bomb = 'If the file is genuine, save the sheet as CSV, or raise the limit on the command line';
  let all = 0;
  let packed = 0;
  for (const entry of entries) {
    packed += entry.compressedSize;
    if (entry.uncompressedSize > limits.xlsxBytes) {
      refuse('unpacks_too_far', `the part ${entry.fileName} unpacks into more than ${limits.xlsxBytes} bytes`, bomb);
    }
    const isXml = /\.(xml|rels)$/i.test(entry.fileName);
    let bytes = 0;
    let checksum = 0;
    let tail: Buffer = Buffer.alloc(0);
    try {
      for await (const chunk of await partStream(zip, entry)) {
        if (isXml) {
          if (bytes === 0) refuseOtherEncodings(chunk, entry.fileName, refuse);
          if (DEFINITIONS.some((word) => chunk.includes(word) || joint(tail, chunk).includes(word))) {
            refuse('document_type', `the part ${entry.fileName} defines a document type, which no workbook does`);
          }
          tail = joint(tail, chunk.subarray(-JOINT_BYTES));
        }
        checksum = crc32(chunk, checksum);
        bytes += chunk.length;
        all += chunk.length;
        if (all > limits.xlsxBytes)
          refuse('unpacks_too_far', `it unpacks into more than ${limits.xlsxBytes} bytes`, bomb);
        if (bytes > RATIO_FROM_BYTES && bytes > entry.compressedSize * limits.xlsxRatio) {
          refuse(
            'unpacks_too_far',
            `the part ${entry.fileName} unpacks into more than ${limits.xlsxRatio} times its size`,
            bomb,
          );
        }
      }
    } catch (error) {
      if (error instanceof InvalidInput) throw error;
      refuse('bad_xlsx', `the part ${entry.fileName} is damaged: ${(error as Error).message}`);
    }
    // yauzl leaves this to its caller; a single wrong bit can otherwise be another amount.
    if (checksum !== entry.crc32) refuse('bad_xlsx', `the part ${entry.fileName} is damaged: its checksum differs`);
  }
  if (all > RATIO_FROM_BYTES && all > packed * limits.xlsxRatio) {
    refuse('unpacks_too_far', `it unpacks into more than ${limits.xlsxRatio} times its size`, bomb);
  }
}

const DEFINITIONS = ['<!DOCTYPE', '<!ENTITY'];
/** One less than the longest of them, so that none is missed between two chunks. */
const JOINT_BYTES = 8;

function joint(before: Buffer, after: Buffer): Buffer {
  return Buffer.concat([before.subarray(-JOINT_BYTES), after.subarray(0, JOINT_BYTES)]);
}

/** In another encoding a document type would go unseen, and Excel writes UTF-8. */
function refuseOtherEncodings(start: Buffer, part: string, refuse: Refuse): void {
  const stated = /^[^>]{0,200}encoding\s*=\s*["']([^"']+)["']/.exec(start.subarray(0, 220).toString('latin1'))?.[1];
  const mark = start.subarray(0, 2).toString('hex');
  const zeros = start.subarray(0, 4).includes(0);
  if (mark === 'fffe' || mark === 'feff' || zeros || (stated !== undefined && !/^(utf-?8|us-ascii)$/i.test(stated))) {
    refuse('part_encoding', `the part ${part} is not in UTF-8`);
  }
}
