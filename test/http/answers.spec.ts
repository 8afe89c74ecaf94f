import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';

jest.setTimeout(240_000);

interface Answers {
  readonly operations: Readonly<Record<string, object>>;
  readonly schemas: Readonly<Record<string, object>>;
}

/** Paths of every property that a schema promises. */
function promises(schema: unknown, path: string): string[] {
  if (Array.isArray(schema)) return schema.flatMap((part) => promises(part, path));
  if (schema === null || typeof schema !== 'object') return [];
  const { required, properties = {}, ...rest } = schema as { required?: string[]; properties?: object };
  return [
    ...(required ?? []).map((name) => `${path}.${name}`),
    ...Object.entries(properties).flatMap(([name, of]) => promises(of, `${path}.${name}`)),
    ...Object.values(rest).flatMap((of) => promises(of, path)),
  ];
}

describe('schemas of answers', () => {
  it('are made from the types: every operation has one, and none promises what its type does not hold', () => {
    const script = `import { answers } from './.config/answers.mjs'; process.stdout.write(JSON.stringify(answers()));`;
    const made = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: packageRoot,
      maxBuffer: 50_000_000,
    });
    const fresh = JSON.parse(made.toString('utf8')) as Answers;
    const kept = JSON.parse(readFileSync(join(packageRoot, 'src', 'http', 'answers.json'), 'utf8')) as Answers;
    // `node .config/answers.mjs` writes them anew.
    expect(Object.keys(kept.operations)).toEqual(Object.keys(fresh.operations));
    const held = new Set([...promises(fresh.operations, ''), ...promises(fresh.schemas, '')]);
    const broken = [...promises(kept.operations, ''), ...promises(kept.schemas, '')].filter((path) => !held.has(path));
    expect(broken).toEqual([]);
    // What is no JSON has none: files, streams and canonical bytes.
    const without = Object.keys(kept.operations).filter((name) => Object.keys(kept.operations[name]!).length === 0);
    expect(without).toEqual([
      ...['Audit_export', 'Imports_template', 'Jobs_events', 'Jobs_file', 'Statements_canonical'],
    ]);
  });
});
