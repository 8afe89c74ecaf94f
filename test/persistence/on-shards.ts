import pg from 'pg';
import { FACTS } from '../../src/persistence/distribute.ts';

/**
 * Facts in pieces, as a cluster lays them: piece n holds the rows whose key hashes into the nth stretch. Each is a schema
 * with tables of the facts' names; gathered steps stand in the schema `gathered`.
 */
export async function makeShards(client: pg.Client, count: number): Promise<void> {
  await client.query('drop schema if exists gathered cascade; create schema gathered');
  for (let shard = 0; shard < count; shard++) {
    await client.query(`drop schema if exists shard_${shard} cascade; create schema shard_${shard}`);
    for (const { table, column } of FACTS) {
      const hash = column === 'contact_id' ? 'hashtext(contact_id)' : `hashint8(${column})`;
      await client.query(
        `create table shard_${shard}.${table} as select * from public.${table}
         where (${hash}::bigint + 2147483648) * ${count} >> 32 = ${shard}`,
      );
    }
  }
}

export type Value = string | number | null | readonly string[];

/** How the coordinator adds up the rows that the nodes give for a step; without: it takes them as they come. */
const MERGES: Readonly<Record<string, string>> = {
  corrected: 'select distinct contact_id from rows',
  standing: 'select contact_id, max(import_id) as import_id from rows group by contact_id',
  hit: 'select sum(days) as days from rows',
  found: 'select * from rows limit 1',
};

interface Part {
  readonly name: string;
  readonly head: string;
  readonly body: string;
}

/**
 * Runs a statement as a cluster does: each `materialized` part that reads facts on every piece by itself, its rows
 * gathered; then the statement itself on every piece. Gives all rows, piece after piece: whoever asks adds them up.
 */
export async function onShards(
  client: pg.Client,
  statement: string,
  values: readonly Value[],
  count: number,
): Promise<Record<string, unknown>[]> {
  const text = withLiterals(statement, values);
  const { before, parts, after } = withParts(text);
  const inline: Part[] = [];
  for (const part of parts) {
    if (!/ as materialized /.test(part.head)) {
      inline.push(part);
      continue;
    }
    const step = `${listOf(inline)} ${part.body}`;
    await client.query(`drop table if exists gathered.rows, gathered.${part.name}`);
    const own = readsFacts(part.body, inline);
    for (let shard = 0; shard < (own ? count : 1); shard++) {
      await client.query(`set search_path to ${own ? `shard_${shard}, ` : ''}gathered, public`);
      await client.query(shard === 0 ? `create table gathered.rows as ${step}` : `insert into gathered.rows ${step}`);
    }
    await client.query('set search_path to gathered, public');
    const merge = (own && MERGES[part.name]) || 'select * from rows';
    await client.query(`create table gathered.${part.name} as ${merge}; drop table gathered.rows`);
  }
  const rows: Record<string, unknown>[] = [];
  const main = `${before}${listOf(inline)} ${after}`;
  const pieces = readsFacts(after, inline) ? count : 1;
  for (let shard = 0; shard < pieces; shard++) {
    await client.query(`set search_path to ${pieces > 1 || count === 1 ? `shard_${shard}, ` : ''}gathered, public`);
    rows.push(...(await client.query<Record<string, unknown>>(main)).rows);
  }
  await client.query('reset search_path');
  return rows;
}

const listOf = (parts: readonly Part[]): string =>
  parts.length === 0 ? '' : `with ${parts.map(({ head, body }) => `${head}(${body})`).join(', ')}`;

/** Whether a text reads facts, by itself or through parts that stand in place of their names. */
function readsFacts(text: string, inline: readonly Part[]): boolean {
  const names = [...text.matchAll(/\b(?:from|join|,)\s+([a-z_]+)/g)].map((match) => match[1]!);
  return names.some(
    (name) =>
      FACTS.some(({ table }) => table === name) ||
      inline.some((part, i) => part.name === name && readsFacts(part.body, inline.slice(0, i))),
  );
}

/** The list behind the first `with`, taken apart; what stands around it is kept as it is. */
function withParts(text: string): { before: string; parts: Part[]; after: string } {
  const begin = /\bwith\s/.exec(text);
  if (!begin || !/^\s*(select[^]*from\s*\(\s*)?$/.test(text.slice(0, begin.index)))
    return { before: '', parts: [], after: text };
  const parts: Part[] = [];
  let at = begin.index + begin[0].length;
  for (;;) {
    const head = /^\s*([a-z_]+) as (?:not materialized |materialized )?(?=\()/.exec(text.slice(at));
    if (!head) throw new Error(`no part of a with-list at: ${text.slice(at, at + 60)}`);
    const open = at + head[0].length;
    const close = closing(text, open);
    parts.push({ name: head[1]!, head: head[0], body: text.slice(open + 1, close) });
    at = close + 1;
    const comma = /^\s*,/.exec(text.slice(at));
    if (!comma) break;
    at += comma[0].length;
  }
  return { before: text.slice(0, begin.index), parts, after: text.slice(at) };
}

function closing(text: string, open: number): number {
  let depth = 0;
  let quoted = false;
  for (let i = open; i < text.length; i++) {
    if (text[i] === "'") quoted = !quoted;
    else if (!quoted && text[i] === '(') depth++;
    else if (!quoted && text[i] === ')' && --depth === 0) return i;
  }
  throw new Error('a bracket is not closed');
}

/** Without comments, values in their places: a step of its own takes no parameters. */
export function withLiterals(statement: string, values: readonly Value[]): string {
  return statement
    .replace(/--.*$/gm, '')
    .replace(/\$(\d+)/g, (_place, number: string) => literal(values[Number(number) - 1] ?? null));
}

function literal(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'object')
    return pg.escapeLiteral(`{${value.map((item) => JSON.stringify(String(item))).join(',')}}`);
  return pg.escapeLiteral(String(value));
}
