import { mkdir, open, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '../domain/errors.ts';

/** Makes the folder, or takes one that holds nothing but an earlier generation. @throws Refusal folder_not_empty */
export async function claimFolder(folder: string, ours: ReadonlySet<string>, witness: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const present = (await readdir(folder)).filter((name) => !name.endsWith('.part'));
  const foreign = present.find((name) => !ours.has(name));
  if (foreign !== undefined || (present.length > 0 && !present.includes(witness))) {
    throw new Refusal(
      'folder_not_empty',
      `${folder} holds ${foreign ?? present[0]}, which no generation wrote; nothing was changed`,
      { kind: 'conflict', next: 'name an empty folder' },
    );
  }
}

/** Writes a file that is there whole or not at all. */
export async function writeWhole(folder: string, name: string, text: string): Promise<void> {
  const part = join(folder, `${name}.part`);
  const file = await open(part, 'w');
  try {
    await writeFile(file, text, 'utf8');
  } finally {
    await file.close();
  }
  await rename(part, join(folder, name));
}
