import { canonicalize } from 'json-canonicalize';
import { headsAfter, linkHash, type AuditBody, type AuditEvent, type ChainHead } from '../audit-chain.ts';
import { sha256 } from '../ids.ts';
import { minorDigits, parseAmount } from '../money.ts';
import { HASH_SCHEME, type JsonObject } from './document.ts';

/**
 * A statement, or a period's certificate, as it is given out: the document that was hashed, and beside it what says that
 * it was issued. Whoever has this file and a published head of the audit log needs nothing of ours to check it.
 */
export interface IssuedFile {
  readonly answerable: 'statement' | 'certificate';
  readonly scheme: number;
  readonly number: string;
  readonly sha256: string;
  readonly document: JsonObject;
  readonly issuedAt: string;
  readonly issuedBy: string;
  readonly onePersonMode: boolean;
  readonly supersedes: string | null;
  readonly supersededBy: string | null;
  /** newest event of the audit log when it was issued */
  readonly head: ChainHead;
  /** the event of issuing, and the leaves of all events after it: together they give every later head */
  readonly proof: { readonly event: AuditEvent; readonly leaves: readonly string[] };
}

/** A published head, with the leaves since the one before, so that it can be reached from any event. */
export interface LinkedHead extends ChainHead {
  readonly leaves: readonly string[];
}

export interface FileReport {
  readonly checked: readonly string[];
  readonly differences: readonly string[];
}

/**
 * Checks an issued file by itself, and against published heads of the audit log when there are any.
 * @param heads lines of a public head file
 */
export function verifyIssuedFile(content: unknown, heads: readonly LinkedHead[] | undefined): FileReport {
  const file = asIssuedFile(content);
  if (file === undefined)
    return { checked: [], differences: ['this is no issued statement: it lacks document, sha256 or proof'] };
  if (file.scheme !== HASH_SCHEME)
    return { checked: [], differences: [`hash scheme ${file.scheme} is not known here (${HASH_SCHEME} is)`] };
  const differences: string[] = [];
  const found = sha256(canonicalize(file.document));
  if (found !== file.sha256) differences.push(`document: hashes to ${found}, the file says ${file.sha256}`);
  differences.push(...sumFaults(file.document), ...eventFaults(file));
  const path = pathTo(file.proof, heads ?? []);
  if (!path.some((head) => head.no === file.head.no && head.hash === file.head.hash))
    differences.push(`head ${file.head.no}: is not what follows from the event of issuing`);
  const checked = [
    `${file.number}: document, hash, sums and event of issuing`,
    ...publishedFaults(path, heads, differences),
  ];
  return { checked, differences };
}

/** Heads from the event of issuing on: over the file's own leaves, then over those of published heads that go further. */
function pathTo({ event, leaves }: IssuedFile['proof'], heads: readonly LinkedHead[]): ChainHead[] {
  const known = [...leaves];
  for (const head of [...heads].sort((a, b) => a.no - b.no)) {
    const [newest, before] = [event.no + known.length, head.no - head.leaves.length];
    if (before <= newest && newest < head.no) known.push(...head.leaves.slice(newest - before));
  }
  return headsAfter({ no: event.no, hash: event.hash }, known);
}

/** Names what was compared; pushes what differs. */
function publishedFaults(
  path: readonly ChainHead[],
  heads: readonly LinkedHead[] | undefined,
  differences: string[],
): string[] {
  if (heads === undefined) return ['no published head was given: who issued it is only what the file itself says'];
  const first = path[0]!.no;
  const covering = heads.filter((head) => head.no >= first && head.no <= path.at(-1)!.no);
  if (covering.length === 0) {
    differences.push(
      `the head file has no head from event ${first} to ${path.at(-1)!.no}, so it says nothing of this file`,
    );
    return [];
  }
  for (const head of covering) {
    const own = path[head.no - first]!;
    if (own.hash !== head.hash)
      differences.push(`published head ${head.no}: is ${head.hash}, from this file follows ${own.hash}`);
  }
  return [`${covering.length} published heads, newest ${covering.at(-1)!.no}`];
}

function eventFaults(file: IssuedFile): string[] {
  const { event } = file.proof;
  if (sha256(event.body) !== event.leaf) return ['event of issuing: its content was changed'];
  if (linkHash(event.no, event.leaf, event.prev) !== event.hash)
    return ['event of issuing: its hash is not that of its link'];
  const body = JSON.parse(event.body) as AuditBody;
  const said = body.after ?? {};
  const faults: string[] = [];
  if (body.object.key !== (file.answerable === 'statement' ? file.number : file.document['period']))
    faults.push(`event of issuing: is of ${body.object.key}`);
  if (said['sha256'] !== file.sha256) faults.push(`event of issuing: names hash ${String(said['sha256'])}`);
  return faults;
}

/** A statement's lines sum to its gross, and gross, retention and adjustments to its net. */
function sumFaults(document: JsonObject): string[] {
  if (document['document'] !== 'statement') return [];
  const currency = document['currency'] as string;
  if (minorDigits(currency) === undefined) return [`currency ${currency}: does not exist`];
  const minor = (amount: unknown): bigint => {
    const parsed = parseAmount(amount as string, currency);
    return 'minor' in parsed ? parsed.minor : 0n;
  };
  const lines = document['lines'] as readonly JsonObject[];
  const gross = lines
    .filter((line) => line['treatment'] === 'charged')
    .reduce((sum, line) => sum + minor(line['amount']), 0n);
  const faults: string[] = [];
  if (gross !== minor(document['gross'])) faults.push('gross: is not the sum of the charged lines');
  const net = minor(document['gross']) - minor(document['retentionCredit']) + minor(document['adjustments']);
  if (net !== minor(document['net'])) faults.push('net: is not gross − retention credit + adjustments');
  return faults;
}

function asIssuedFile(content: unknown): IssuedFile | undefined {
  const file = content as Partial<IssuedFile> | null;
  if (file === null || typeof file !== 'object' || typeof file.sha256 !== 'string') return undefined;
  if (file.document === null || typeof file.document !== 'object' || typeof file.number !== 'string') return undefined;
  const { event, leaves } = file.proof ?? {};
  if (typeof event?.body !== 'string' || typeof event.no !== 'number' || !Array.isArray(leaves)) return undefined;
  if (typeof file.head?.no !== 'number' || typeof file.head.hash !== 'string') return undefined;
  return file as IssuedFile;
}
