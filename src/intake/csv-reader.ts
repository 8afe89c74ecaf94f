import { InvalidInput } from '../domain/errors.ts';
import { CsvScanner, type CsvOptions } from './csv-scanner.ts';
import { PIECE } from './plain-rows-program.ts';
import type { RowSource, SourceRow, SpanBatch } from './rows.ts';

/** Rows of a CSV stream. @throws InvalidInput for an empty file and for a file that cannot be scanned on */
export async function readCsv(chunks: AsyncIterable<Uint8Array>, options: CsvOptions): Promise<RowSource> {
  const scanner = new CsvScanner(options);
  const input = chunks[Symbol.asyncIterator]();
  let bytesRead = 0;
  let window = Buffer.alloc(0);
  let from = 0;
  let to = 0;
  let final = false;
  const more = async (): Promise<void> => {
    const next = await input.next();
    if (next.done === true) {
      final = true;
      return;
    }
    const chunk = next.value;
    bytesRead += chunk.length;
    const kept = to - from;
    if (kept + chunk.length > window.length) {
      const larger = Buffer.allocUnsafe((kept + chunk.length) * 2);
      window.copy(larger, 0, from, to);
      window = larger;
    } else window.copyWithin(0, from, to);
    window.set(chunk, kept);
    from = 0;
    to = kept + chunk.length;
  };

  while (!final && to < 3) await more();
  if (window[0] === 0xef && window[1] === 0xbb && window[2] === 0xbf && to >= 3) from = 3;
  for (;;) {
    const taken = scanner.readHeader(window.subarray(from, to), final);
    if (taken >= 0) {
      from += taken;
      break;
    }
    await more();
  }
  if (scanner.width === 0) {
    const remedy = 'The first row names the columns; see the template of this kind.';
    throw new InvalidInput([{ file: options.file, code: 'empty_file', message: 'the file has no header row', remedy }]);
  }

  async function* spans(): AsyncGenerator<SpanBatch> {
    try {
      for (;;) {
        const piece = Math.min(to, from + PIECE);
        let found = scanner.scan(window.subarray(from, piece), final && piece === to);
        if (found.consumed === 0 && piece < to) found = scanner.scan(window.subarray(from, to), final);
        from += found.consumed;
        if (found.batch.count > 0) yield found.batch;
        if (found.consumed > 0 && from < to) continue;
        if (final) return;
        await more();
      }
    } finally {
      scanner.close();
      if (!final) await input.return?.(); // whoever stops early lets the file go
    }
  }
  async function* rows(): AsyncGenerator<readonly SourceRow[]> {
    for await (const batch of spans()) yield rowsOf(batch);
  }
  return {
    header: scanner.header,
    rows: { [Symbol.asyncIterator]: rows },
    spans: { [Symbol.asyncIterator]: spans },
    about: { format: 'csv', delimiter: options.delimiter ?? ',', encoding: 'utf-8' },
    bytesRead: () => bytesRead,
    close: async () => void (await input.return?.()),
  };
}

function rowsOf(batch: SpanBatch): SourceRow[] {
  const { bytes, width, starts, ends, lines } = batch;
  return Array.from({ length: batch.count }, (_, r) => ({
    line: lines[r]!,
    fields: Array.from({ length: width }, (__, c) =>
      bytes.toString('utf8', starts[r * width + c]!, ends[r * width + c]!),
    ),
  }));
}
