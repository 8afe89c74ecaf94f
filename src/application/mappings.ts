import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InvalidInput, Refusal } from '../domain/errors.ts';
import { SHELL_LIMITS, UPLOAD_LIMITS } from '../intake/file-limits.ts';
import { kindNamed } from '../intake/kinds/all.ts';
import { likelyKind, type RememberedMapping, suggestMapping } from '../intake/mapping-guess.ts';
import { parseMapping } from '../intake/mapping-file.ts';
import { openFile } from '../intake/open-file.ts';
import { packageRoot } from '../package-root.ts';

const FOLDER = join(packageRoot, 'templates', 'mappings');

/** Mappings that come with the product, by the name that --mapping takes: its path below templates/mappings. */
export function shippedMappings(): ReadonlyMap<string, string> {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.yaml') && !/(^|\/)(company|model)\.yaml$/.test(file));
  return new Map(files.sort().map((file) => [file.slice(0, -'.yaml'.length), join(FOLDER, file)]));
}

/** Text of a mapping file, or of a shipped mapping by its name. @throws Refusal unknown_mapping naming the shipped ones */
export function mappingText(nameOrPath: string): { yaml: string; file: string } {
  const path = existsSync(nameOrPath) ? nameOrPath : shippedMappings().get(nameOrPath);
  if (path !== undefined) return { yaml: readFileSync(path, 'utf8'), file: basename(path) };
  throw new Refusal('unknown_mapping', `there is no file and no shipped mapping "${nameOrPath}"`, {
    kind: 'not_found',
    next: `shipped: ${[...shippedMappings().keys()].join(', ')}`,
  });
}

/**
 * A mapping for a file: the one used last time or shipped whose columns are all there, else a guess from its header and
 * values; with the first rows as interpreted.
 * @param used texts of mappings that imports have used, the latest first
 * @returns YAML text
 * @throws Refusal unknown_kind; InvalidInput when the file cannot be read
 */
export async function suggestedMapping(
  path: string,
  kind: string | undefined,
  used: readonly string[],
  from: 'shell' | 'upload' = 'shell',
): Promise<string> {
  const file = basename(path);
  const limits = from === 'shell' ? SHELL_LIMITS : UPLOAD_LIMITS;
  const source = await openFile(path, { file, limits, onFault: () => undefined });
  const remembered = [
    ...used,
    ...[...shippedMappings().values()].map((shipped) => readFileSync(shipped, 'utf8')),
  ].flatMap((yaml) => readable(yaml));
  const wanted = kind === undefined ? likelyKind(source.header, remembered) : kindNamed(kind);
  return suggestMapping(source, wanted, { file, remembered });
}

/** A mapping of an older version of the language is no reason to fail. */
function readable(yaml: string): RememberedMapping[] {
  try {
    return [{ yaml, mapping: parseMapping(yaml, 'mapping') }];
  } catch (error) {
    if (error instanceof InvalidInput) return [];
    throw error;
  }
}
