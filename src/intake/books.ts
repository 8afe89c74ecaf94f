import { parse } from 'yaml';
import type { Tx } from '../persistence/database.ts';
import { isDistributed } from '../persistence/distribution.queries.ts';
import { knownCodes, modelTexts } from '../persistence/imports.queries.ts';
import { CodeBook } from './codes.ts';
import type { Books } from './column-checks.ts';
import type { Kind, Reference } from './kinds/kind.ts';
import { pseudonym } from './pseudonym.ts';
import { zoneNamed } from './timestamps.ts';

/** Known reasons that grow by what is asked for: unknown ones are made, in the order of their first row. */
class GrowingReasons extends CodeBook {
  constructor(
    codes: Iterable<string>,
    private readonly made: Map<string, number>,
  ) {
    super('reason', codes);
  }

  override has(code: string): boolean {
    if (super.has(code)) return true;
    if (this.twin(code) !== undefined) return false;
    this.add(code);
    this.made.set(code, this.made.size + 1);
    return true;
  }
}

/** What the checks of a kind need to know. `made` fills with reasons that createReasons brings into being. */
export async function booksOf(
  tx: Tx,
  kind: Kind,
  company: { currency: string; timeZone: string; pseudonymise: boolean },
  pseudonymKey: string | undefined,
  createReasons: boolean,
): Promise<Books & { readonly made: ReadonlyMap<string, number> }> {
  const codes = await knownCodes(tx);
  const book = (noun: Reference): CodeBook => new CodeBook(noun, codesOf(codes, noun));
  const made = new Map<string, number>();
  const grows = createReasons && kind.name === 'contacts';
  const hasCustomers = kind.columns.some((column) => column.type === 'customer');
  return {
    currency: company.currency,
    zone: zoneNamed(company.timeZone),
    pseudonymise: company.pseudonymise,
    distributed: await isDistributed(tx),
    pseudonym: pseudonym(company.pseudonymise && hasCustomers, pseudonymKey),
    known: {
      unit: book('unit'),
      reason: grows ? new GrowingReasons(codesOf(codes, 'reason'), made) : book('reason'),
      decision: book('decision'),
      instrument: book('instrument'),
      pool: kind.name === 'capacity' ? await pools(tx) : undefined,
    },
    made,
  };
}

function codesOf(codes: readonly { noun: string; code: string }[], noun: string): string[] {
  return codes.filter((row) => row.noun === noun).map((row) => row.code);
}

/** Pools of every stored model; undefined when there is none to name them. */
async function pools(tx: Tx): Promise<CodeBook | undefined> {
  const texts = await modelTexts(tx);
  if (texts.length === 0) return undefined;
  const codes = texts.flatMap((text) => (parse(text) as { pools?: { code?: unknown }[] } | null)?.pools ?? []);
  return new CodeBook(
    'pool',
    codes.map(({ code }) => String(code)),
  );
}
