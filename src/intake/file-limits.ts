/** Bounds on what a packed file may unfold into; a trusted shell may raise them, an upload may not. */
export interface FileLimits {
  /** bytes that a gzip file may unpack into */
  readonly gzipBytes: number;
  /** unpacked bytes for one packed byte, in a gzip file; real exports reach about 30 */
  readonly gzipRatio: number;
  /** parts inside an XLSX file */
  readonly xlsxParts: number;
  /** bytes that all parts of an XLSX file may unpack into together */
  readonly xlsxBytes: number;
  /** unpacked bytes for one packed byte, in an XLSX file and in each of its larger parts */
  readonly xlsxRatio: number;
  /** seconds that the reader of an XLSX file may work in all; waiting for its consumer does not count */
  readonly xlsxSeconds: number;
  /** MiB of memory for the reader's objects, in a thread of its own */
  readonly xlsxMemoryMiB: number;
  /** bytes of an XLSX file that arrives as a stream: it is kept on disk while it is read */
  readonly xlsxPackedBytes: number;
}

export const UPLOAD_LIMITS: FileLimits = {
  gzipBytes: 4 * 1024 ** 3,
  gzipRatio: 250,
  xlsxParts: 500,
  xlsxBytes: 200_000_000,
  xlsxRatio: 100,
  xlsxSeconds: 30,
  xlsxMemoryMiB: 192,
  xlsxPackedBytes: 100_000_000,
};

/** For files that a person with a shell on this machine names. */
export const SHELL_LIMITS: FileLimits = {
  ...UPLOAD_LIMITS,
  gzipBytes: 256 * 1024 ** 3,
  xlsxBytes: 2_000_000_000,
  xlsxSeconds: 300,
  xlsxMemoryMiB: 512,
  xlsxPackedBytes: 1_000_000_000,
};
