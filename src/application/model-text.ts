import { canonicalize } from 'json-canonicalize';
import { isSeq, parse, parseDocument, YAMLParseError } from 'yaml';
import { InvalidInput, Refusal } from '../domain/errors.ts';
import { sha256 } from '../domain/ids.ts';
import { madeWhileAsked } from '../domain/made-once.ts';
import type { Model } from '../domain/model/model.ts';
import { readModel } from '../domain/model/read-model.ts';

/** Texts that were asked for last: closes one after another ask for the same few. */
const known = new Map<string, Model>();
const KEPT = 8;

/** Model from the text of model.yaml; nobody changes it, so a text is read once. @throws InvalidInput naming line or key */
export function parseModel(yaml: string, file = 'model.yaml'): Model {
  return madeWhileAsked(known, yaml, KEPT, () => readModel(parsePlain(yaml, file), file));
}

/** Hash of a model's content: layout and comments of the file do not count. */
export function modelHash(yaml: string, file = 'model.yaml'): string {
  return hashOf(parsePlain(yaml, file));
}

/** A model with the hash of its content. @throws InvalidInput naming line or key */
export function hashedModel(yaml: string, file: string): { readonly model: Model; readonly hash: string } {
  const plain = parsePlain(yaml, file);
  return { model: madeWhileAsked(known, yaml, KEPT, () => readModel(plain, file)), hash: hashOf(plain) };
}

const hashOf = (plain: unknown): string => sha256(canonicalize(plain));

export function parsePlain(yaml: string, file: string): unknown {
  try {
    // The core schema has no dates: 2026-03-02 stays the text that a person wrote. Few aliases: a file of a model needs none.
    // its warnings would be lines of their own in the log
    return parse(yaml, { schema: 'core', maxAliasCount: 100, logLevel: 'error' }) as unknown;
  } catch (error) {
    if (!(error instanceof YAMLParseError) && !(error instanceof ReferenceError)) throw error;
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    throw new InvalidInput([
      { file, line, code: 'bad_yaml', message: error.message.split('\n')[0]!, remedy: 'Mend the YAML at this line.' },
    ]);
  }
}

/**
 * The same file, its comments kept, in which an operating pool handles one more channel.
 * @throws Refusal no_such_pool: there is none of that code, or it is not told its contacts by channel
 */
export function withChannel(yaml: string, pool: string, channel: string): string {
  const document = parseDocument(yaml, { schema: 'core' });
  const { pools } = document.toJS({ maxAliasCount: 100 }) as { pools: readonly { code: string }[] };
  const channels = document.getIn(['pools', pools.findIndex(({ code }) => code === pool), 'serves', 'channel']);
  if (!isSeq(channels))
    throw new Refusal('no_such_pool', `there is no pool "${pool}" that lists the channels it serves`, {
      next: 'answerable model show, and answerable model apply with `serves` widened',
    });
  channels.add(document.createNode(channel));
  return document.toString({ lineWidth: 0 });
}
