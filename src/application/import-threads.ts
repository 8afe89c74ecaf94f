import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Actor } from '../domain/roles.ts';
import type { ImportReport } from '../intake/import-report.ts';
import type { Database } from '../persistence/database.ts';
import { importInThread, THREAD, type ImportTask } from './import-in-thread.ts';
import { importOneFile, type ImportOptions, type ImportProgress } from './one-file.ts';
import type { Kind } from '../intake/kinds/kind.ts';
import type { OwnPlace } from './side-by-side.ts';

/** Bytes of a file from which on a thread of its own, which costs a second of CPU, is worth it. */
const THREAD_FROM = 256 * 1024 * 1024;

export interface PlacedFile {
  readonly kind: Kind;
  readonly path: string;
  readonly place: OwnPlace;
}

/** Which thread imports which of the files that are imported side by side. */
export class ImportThreads {
  /** files that this thread reads at present */
  private readonly readHere = new Set<OwnPlace>();
  private readonly many: boolean;

  /** @param paths of all files that are imported side by side: one large file alone keeps this thread company, not busy */
  constructor(
    private readonly db: Database,
    private readonly options: ImportOptions,
    paths: readonly string[],
  ) {
    const threads = db.threads ?? availableParallelism();
    const tellable = options.open === undefined || options.openedAs !== undefined;
    const large = paths.filter((path) => this.isLarge(path)).length;
    this.many = threads > 1 && tellable && large > 1 && existsSync(THREAD);
  }

  /** Imports a file here, or in a thread of its own when it is large and this one reads another. */
  async importOne(
    actor: Actor,
    { kind, path, place }: PlacedFile,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<ImportReport> {
    const { db, options } = this;
    if (this.many && this.readHere.size > 0 && this.isLarge(path)) {
      const task = { url: db.url, actor, kind: kind.name, path, importId: place.importId, options: told(options) };
      return await importInThread(task, place, onProgress);
    }
    const given = { ...options, onProgress };
    const own = this.watched(place);
    this.readHere.add(place);
    try {
      return await db.books((tx) => importOneFile(tx, actor, kind, path, given, own));
    } finally {
      this.readHere.delete(place);
    }
  }

  /** A file that waits for its turn is not read meanwhile. */
  private watched(place: OwnPlace): OwnPlace {
    return {
      ...place,
      turn: async (tx) => {
        this.readHere.delete(place);
        await place.turn(tx);
        this.readHere.add(place);
      },
    };
  }

  private isLarge(path: string): boolean {
    return statSync(path).size >= (this.options.threadFrom ?? THREAD_FROM);
  }
}

/** The options without what no message can hold. */
function told({ acceptValid = false, createReasons = false, ...options }: ImportOptions): ImportTask['options'] {
  const { mapping, openedAs, errorFolder, pseudonymKey, directFrom, heldUpTo } = options;
  return { acceptValid, createReasons, mapping, openedAs, errorFolder, pseudonymKey, directFrom, heldUpTo };
}
