import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Refusal } from '../domain/errors.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import type { ImportReport } from '../intake/import-report.ts';
import { processFolder } from '../process-folder.ts';
import { ImportsService } from './imports.service.ts';
import { inputOpener } from './input-opener.ts';

/** A file on its way in: uploaded, mapped, checked, and not yet loaded. */
export interface Upload {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  /** the kind that the mapping makes of it */
  readonly kind: string;
  /** text of the mapping; it may be edited */
  readonly mapping: string;
  readonly createReasons: boolean;
  /** of the dry run; null before it, and again after a change */
  readonly report: ImportReport | null;
}

interface KeptUpload {
  readonly userId: number;
  readonly folder: string;
  readonly path: string;
  readonly at: number;
  shown: Upload;
}

const LONGEST_MS = 24 * 3_600_000;
const MOST_EACH = 10;

/**
 * The import wizard's memory: files between their upload and their load, each its owner's alone. They lie in a private
 * folder of this process and go with it, with their load, or after a day; whoever comes too late uploads again.
 */
@Injectable()
export class UploadsService implements OnModuleDestroy {
  private readonly kept = new Map<string, KeptUpload>();
  private home: string | undefined;

  constructor(private readonly imports: ImportsService) {}

  /**
   * Takes a file that lies on this machine, and guesses what it is. @param path is moved away from there
   * @throws Refusal forbidden; InvalidInput when it cannot be read
   */
  async take(actor: Actor, path: string, name: string, bytes: number): Promise<Upload> {
    requireRight(actor, 'import');
    await this.forget(actor.userId);
    const id = randomBytes(18).toString('base64url');
    this.home ??= mkdtempSync(join(processFolder(), 'uploads-'));
    const folder = join(this.home, id);
    const plain = plainName(name);
    await mkdir(folder, { mode: 0o700 });
    const place = join(folder, plain);
    await rename(path, place);
    try {
      const mapping = await this.imports.suggestMapping(actor, place, undefined, 'upload');
      const shown = { id, name: plain, bytes, kind: kindOf(mapping), mapping, createReasons: false, report: null };
      this.kept.set(id, { userId: actor.userId, folder, path: place, at: Date.now(), shown });
      return shown;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** @throws Refusal no_such_upload, also for somebody else's */
  find(actor: Actor, id: string): Upload {
    return this.own(actor, id).shown;
  }

  list(actor: Actor): Upload[] {
    requireRight(actor, 'import');
    return [...this.kept.values()].filter((kept) => kept.userId === actor.userId).map((kept) => kept.shown);
  }

  /** Another kind: the columns are guessed anew. */
  async chooseKind(actor: Actor, id: string, kind: string): Promise<Upload> {
    const kept = this.own(actor, id);
    const mapping = await this.imports.suggestMapping(actor, kept.path, kind, 'upload');
    return (kept.shown = { ...kept.shown, kind: kindOf(mapping), mapping, report: null });
  }

  /** The dry run: everything that loading would do, taken back. @throws InvalidInput for the mapping or the file */
  async check(
    actor: Actor,
    id: string,
    options: { readonly mapping: string; readonly createReasons: boolean },
  ): Promise<Upload> {
    const kept = this.own(actor, id);
    kept.shown = { ...kept.shown, ...options, kind: kindOf(options.mapping), report: null };
    const report = await this.run(actor, kept, { dryRun: true });
    return (kept.shown = { ...kept.shown, report });
  }

  /** @param acceptValid takes the good rows although others are refused */
  async load(actor: Actor, id: string, acceptValid: boolean): Promise<ImportReport> {
    const kept = this.own(actor, id);
    if (kept.shown.report === null)
      throw new Refusal('not_checked', 'the file has not been checked yet', { kind: 'conflict' });
    const report = await this.run(actor, kept, { acceptValid });
    if (report.importId === null && report.faultCount > 0) kept.shown = { ...kept.shown, report };
    else await this.drop(actor, id);
    return report;
  }

  async drop(actor: Actor, id: string): Promise<void> {
    const { folder } = this.own(actor, id);
    this.kept.delete(id);
    await rm(folder, { recursive: true, force: true });
  }

  async onModuleDestroy(): Promise<void> {
    if (this.home !== undefined) await rm(this.home, { recursive: true, force: true });
  }

  private async run(
    actor: Actor,
    kept: KeptUpload,
    flags: { readonly dryRun?: boolean; readonly acceptValid?: boolean },
  ): Promise<ImportReport> {
    const { kind, mapping, name, createReasons } = kept.shown;
    const opener = inputOpener('upload', { yaml: mapping, file: name });
    return await this.imports.importFile(actor, kind, kept.path, {
      ...{ ...flags, createReasons, open: opener.open, mapping, errorFolder: kept.folder },
    });
  }

  private own(actor: Actor, id: string): KeptUpload {
    requireRight(actor, 'import');
    const kept = this.kept.get(id);
    if (kept !== undefined && kept.userId === actor.userId) return kept;
    throw new Refusal('no_such_upload', 'this upload is gone; upload the file again', { kind: 'not_found' });
  }

  /** What is older than a day, and the oldest of a person who has too many. */
  private async forget(userId: number): Promise<void> {
    const mine = [...this.kept].filter(([, kept]) => kept.userId === userId);
    const tooMany = new Set(mine.slice(0, Math.max(0, mine.length - MOST_EACH + 1)).map(([id]) => id));
    for (const [id, { at, folder }] of this.kept) {
      if (!tooMany.has(id) && Date.now() - at < LONGEST_MS) continue;
      this.kept.delete(id);
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function kindOf(mapping: string): string {
  return /^kind: *([a-z_]+)/m.exec(mapping)?.[1] ?? '';
}

/** The last part of the name that the browser sends, without what a file system or a terminal would take amiss. */
function plainName(name: string): string {
  const last = name.split(/[\\/]/).at(-1)!;
  const plain = last.replace(/[^\p{L}\p{N}._ -]/gu, '_').slice(-120);
  return /^\.*$/.test(plain) ? 'upload' : plain;
}
