import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import { InvalidInput, type InputFault } from '../domain/errors.ts';
import { dateReader } from './date-patterns.ts';
import { KINDS } from './kinds/all.ts';
import { type Form, type Keys, type Mapping, MAPPING_KEYS } from './mapping-language.ts';

/**
 * Reads a mapping file. Every scalar is text.
 * @throws InvalidInput naming each unknown key, wrong value and unknown column with its line
 */
export function parseMapping(yaml: string, file: string): Mapping {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { schema: 'failsafe', lineCounter: lines });
  const faults: InputFault[] = [];
  const blame: Blame = (node, path, code, message, remedy, value) => {
    const line = node?.range ? lines.linePos(node.range[0]).line : undefined;
    faults.push({ file, line, column: path === '' ? undefined : path, value, code, message, remedy });
  };
  for (const error of document.errors) {
    const message = error.message.split('\n')[0]!.replace(/ at line.*$/, '');
    faults.push({ file, line: error.linePos?.[0].line, code: 'bad_yaml', message, remedy: 'Mend the YAML' });
  }
  if (faults.length > 0) throw new InvalidInput(faults);
  const mapping = keysOf(document.contents, MAPPING_KEYS, undefined, '', blame) as unknown as Mapping;
  if (faults.length === 0) checkTargets(mapping, file, faults);
  if (faults.length > 0) throw new InvalidInput(faults);
  return mapping;
}

type Blame = (
  node: Node | null | undefined,
  path: string,
  code: string,
  message: string,
  remedy: string,
  value?: string,
) => void;

function valueOf(node: Node | null, form: Form, path: string, blame: Blame): unknown {
  switch (form.is) {
    case 'text':
    case 'one of':
      return textOf(node, form, path, blame);
    case 'texts':
      return isSeq(node)
        ? node.items.map((item, i) => textOf(item as Node, { is: 'text' }, `${path}[${i}]`, blame))
        : [textOf(node, { is: 'text' }, path, blame)];
    case 'list':
      if (!isSeq(node)) {
        blame(node, path, 'bad_value', 'must be a list', 'Write each entry on a line that begins with "- "');
        return [];
      }
      return node.items.map((item, i) => valueOf(item as Node, form.of, `${path}[${i}]`, blame));
    case 'map':
      return mapOf(node, form.of, path, blame);
    case 'keys':
      return keysOf(node, form.keys, form.short, path, blame);
  }
}

function textOf(node: Node | null, form: Form & { is: 'text' | 'one of' }, path: string, blame: Blame): string {
  if (!isScalar(node)) {
    blame(node, path, 'bad_value', 'must be one text', 'Give one value, in quotes if it holds signs');
    return '';
  }
  const text = typeof node.value === 'string' ? node.value : '';
  if (form.is === 'one of' && !form.values.includes(text)) {
    blame(node, path, 'bad_value', 'this is not one of the values', `Choose one of: ${form.values.join('  ')}`, text);
  }
  if (form.is === 'text' && form.like !== undefined && !form.like.test(text)) {
    blame(node, path, 'bad_value', 'does not have the right form', `Give ${form.such_as ?? String(form.like)}`, text);
  }
  return text;
}

function mapOf(node: Node | null, form: Form, path: string, blame: Blame): Map<string, unknown> {
  const found = new Map<string, unknown>();
  if (!isMap(node)) blame(node, path, 'bad_value', 'must be a map', 'Write lines of the form "key: value"');
  else {
    for (const { key, value } of node.items) {
      const name = nameOf(key);
      found.set(name, valueOf(value as Node | null, form, `${path}.${name}`, blame));
    }
  }
  return found;
}

function keysOf(
  node: Node | null,
  keys: Keys,
  short: string | undefined,
  path: string,
  blame: Blame,
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  if (short !== undefined && isScalar(node)) return { [short]: [textOf(node, { is: 'text' }, path, blame)] };
  if (!isMap(node)) {
    blame(node, path, 'bad_value', 'must be a map of keys', `Known keys: ${Object.keys(keys).join(', ')}`);
    return found;
  }
  for (const { key, value } of node.items) {
    const name = nameOf(key);
    const place = path === '' ? name : `${path}.${name}`;
    if (!Object.hasOwn(keys, name)) {
      blame(
        key as Node,
        place,
        'unknown_key',
        `there is no key "${name}"`,
        `Known keys: ${Object.keys(keys).join(', ')}`,
      );
    } else found[name] = valueOf(value as Node | null, keys[name]!.form, place, blame);
  }
  for (const [name, key] of Object.entries(keys)) {
    if (key.required === true && !Object.hasOwn(found, name)) {
      blame(node, path, 'missing_key', `the key "${name}" is missing`, `Add ${name}: ${key.says}`);
    }
  }
  return found;
}

/** The failsafe schema gives every scalar as text. */
function nameOf(key: unknown): string {
  return isScalar(key) && typeof key.value === 'string' ? key.value : '';
}

const SOURCES = ['from', 'value', 'join', 'text', 'multiply', 'row_id'] as const;

function checkTargets(mapping: Mapping, file: string, faults: InputFault[]): void {
  const known = KINDS.find((kind) => kind.name === mapping.kind)?.columns.map((column) => column.name);
  if (known === undefined) {
    const remedy = `Kinds: ${KINDS.map((kind) => kind.name).join(', ')}`;
    faults.push({
      file,
      column: 'kind',
      value: mapping.kind,
      code: 'unknown_kind',
      message: 'there is no such kind',
      remedy,
    });
    return;
  }
  const groups = [mapping.columns, ...(mapping.each ?? []).map((each) => each.columns)];
  for (const [target, rule] of groups.flatMap((group) => [...group])) {
    const place = { file, column: `columns.${target}` };
    if (!known.includes(target)) {
      const remedy = `Columns of ${mapping.kind}: ${known.join(', ')}`;
      faults.push({ ...place, code: 'unknown_column', message: `${mapping.kind} has no column "${target}"`, remedy });
    }
    const pattern = rule.date?.find((each) => !isDatePattern(each));
    if (pattern !== undefined) {
      const remedy = 'Write for example d/m/yyyy or yyyy-mm-dd HH:MM, or iso, excel, excel-1904';
      const message = 'this is no date pattern: it needs a year (yyyy), a month (m) and a day (d)';
      faults.push({ ...place, value: pattern, code: 'bad_pattern', message, remedy });
    }
    const sources = SOURCES.filter((source) => rule[source] !== undefined);
    if (sources.length !== 1) {
      const message = sources.length === 0 ? 'the rule names no source' : `the rule names ${sources.join(' and ')}`;
      faults.push({ ...place, code: 'one_source', message, remedy: `Give exactly one of ${SOURCES.join(', ')}` });
    }
  }
  for (const { name, unless_blank: column, columns: own } of mapping.each ?? []) {
    if (own.has(column) || mapping.columns.has(column)) continue;
    const message = `"${column}" is not among its columns`;
    faults.push({ file, column: `each.${name}`, code: 'unknown_column', message, remedy: 'Name one of its columns' });
  }
}

function isDatePattern(pattern: string): boolean {
  try {
    dateReader(pattern);
    return true;
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return false;
    throw error;
  }
}
