import { createHash } from 'node:crypto';
import { planMaster } from './master.ts';
import { planPack } from './pack.ts';
import type { WorkbookModel } from './model/workbook-model.ts';
import { packWorkbook } from './parts/pack.ts';
import type { Sink } from './parts/zip.ts';
import type { Frame } from './plan/frame.ts';
import type { Template } from './plan/template.ts';
import { writeSkeleton } from './write/skeleton.ts';

export interface WrittenWorkbook {
  readonly bytes: number;
  readonly sha256: string;
}

/** Writes the workbook of a model, byte for byte the same for the same model. */
export async function writeWorkbook(model: WorkbookModel, template: Template, sink: Sink): Promise<WrittenWorkbook> {
  const plan = model.scope === 'master' ? planMaster : planPack;
  return await writeFrame(plan(model, template), sink);
}

export async function writeFrame(frame: Frame, sink: Sink): Promise<WrittenWorkbook> {
  const skeleton = await writeSkeleton(frame);
  const hash = createHash('sha256');
  let bytes = 0;
  packWorkbook(frame, skeleton, (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
    sink(chunk);
  });
  return { bytes, sha256: hash.digest('hex') };
}
