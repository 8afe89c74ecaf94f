import type { InputFault } from '../domain/errors.ts';

/** One row of a file as it came: texts, not yet checked. */
export interface SourceRow {
  /** 1-based physical line (CSV) or sheet row (XLSX) of the row's start */
  readonly line: number;
  readonly fields: readonly string[];
  /** the row as it came, when a mapping made `fields` of it */
  readonly original?: readonly string[];
}

/** Rows of one file behind its header, whatever the format; read once, in bounded batches. */
export interface RowSource {
  readonly header: readonly string[];
  /** the header as it came, when a mapping made `header` of it */
  readonly originalHeader?: readonly string[];
  readonly rows: AsyncIterable<readonly SourceRow[]>;
  readonly about: {
    readonly format: 'csv' | 'xlsx';
    readonly delimiter?: string;
    readonly encoding?: string;
    readonly sheet?: string;
    readonly compressed?: boolean;
  };
  /** Frees what an opened file holds, when its rows are not read to the end. */
  readonly close?: () => Promise<void>;
  /** Bytes of the file read so far, for progress. */
  readonly bytesRead?: () => number;
  /** The same rows as places in a byte buffer, when the file is plain UTF-8 CSV; `rows` and `spans`: read one of them. */
  readonly spans?: AsyncIterable<SpanBatch>;
}

/** Rows of plain UTF-8 CSV as places of their fields; valid until the next batch is asked for. */
export interface SpanBatch {
  readonly bytes: Buffer;
  readonly width: number;
  readonly count: number;
  /** line of row r */
  readonly lines: Float64Array;
  /** field c of row r lies at starts[r * width + c] (inclusive) to ends[r * width + c] (exclusive), unquoted, unescaped */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** A fault of one row, with the row as it came when it could be split into fields. */
export interface RowFault extends InputFault {
  readonly fields?: readonly string[] | undefined;
  /** rows after this one cannot be trusted either: not even --accept-valid takes the file */
  readonly structural?: boolean | undefined;
}

export type FaultSink = (fault: RowFault) => void;
