import { Injectable } from '@nestjs/common';
import type { RuleShares } from '../domain/attribution/causes.ts';
import { poolsOfEntry } from '../domain/costing/ledger-pools.ts';
import { Refusal } from '../domain/errors.ts';
import { Fraction, scaledText, sumFractions } from '../domain/fraction.ts';
import { amountText, minorDigits } from '../domain/money.ts';
import { isPeriod, periodOf, type Period } from '../domain/period.ts';
import { may, requireRight, type Actor } from '../domain/roles.ts';
import { CONTACT_PARTS, type CellFacts } from '../domain/statements/cell-facts.ts';
import { amountsOfContacts, whyChain, type ContactShare } from '../domain/statements/why-chain.ts';
import {
  cellList,
  contactParts,
  contactRow,
  ledgerList,
  type ContactPart,
  type LedgerRow,
} from '../persistence/close-inputs.queries.ts';
import { Database, type Tx } from '../persistence/database.ts';
import { periodRun } from '../persistence/periods.queries.ts';
import { lineList, runOfLine, runRow, type LineRow, type RunRow } from '../persistence/runs.queries.ts';
import { cellFacts } from './cells-at.ts';
import { keptShares } from './kept-shares.ts';
import { readCosting, readRules, type Frozen, type RulesReading } from './read-close.ts';

/** The why-chain in both directions: contact → rule → rate → line, and line → contacts, rate, pool, ledger entries. */
export interface ContactExplanation {
  readonly contact: {
    readonly id: string;
    readonly startedAt: string;
    readonly day: string;
    readonly handleSeconds: number | null;
    readonly file: string;
    readonly line: number;
    readonly importId: string;
  };
  readonly period: Period;
  readonly run: string | null;
  readonly runHash: string | null;
  readonly reasons: readonly {
    readonly reason: string;
    readonly dimensions: object;
    readonly keptByService: string | null;
    readonly rules: readonly { readonly rule: string; readonly took: string; readonly why: string }[];
    readonly shares: readonly ShareExplanation[];
  }[];
}

export interface ShareExplanation {
  readonly pool: string;
  readonly line: string | null;
  readonly service: string | null;
  readonly unit: string | null;
  readonly decision: string | null;
  readonly rule: string | null;
  readonly tier: string | null;
  readonly treatment: string | null;
  readonly contacts: string;
  readonly seconds: string;
  readonly rate: string | null;
  /** part of the line's posted amount, in millionths of the currency unit; the parts sum to the line */
  readonly amount: string | null;
}

export interface LineExplanation {
  readonly line: object;
  readonly period: Period;
  readonly run: string;
  readonly runHash: string;
  readonly rule: object | null;
  readonly pool: object;
  readonly ledgerEntries: readonly object[];
  readonly contacts: readonly {
    readonly contact: string;
    readonly reason: string;
    readonly share: string;
    readonly seconds: string;
    readonly amount: string;
  }[];
  readonly contactCount: number;
  /** sums over all contacts of the line, beside what is posted: they agree */
  readonly sums: {
    readonly contacts: string;
    readonly seconds: string;
    readonly amount: string;
    readonly posted: string;
  };
}

const SHOWN = 100;

@Injectable()
export class ExplainService {
  constructor(private readonly db: Database) {}

  async contact(actor: Actor, id: string): Promise<ContactExplanation> {
    requireRight(actor, 'read_all');
    return await this.db.books(async (tx) => {
      const row = await contactRow(tx, id);
      if (!row) throw new Refusal('no_such_contact', `there is no contact ${id}`, { kind: 'not_found' });
      const period = periodOf(row.started_on);
      const head = await periodRun(tx, period, null);
      const run = head && (await runRow(tx, head.run_id));
      const reading = await readingOf(tx, period, run);
      const rules = await sharesFor(tx, reading, run);
      const contact = {
        id,
        startedAt: row.started_at.toISOString(),
        day: row.started_on,
        handleSeconds: row.handle_seconds,
        file: row.file_name,
        line: row.line,
        importId: row.import_id,
      };
      const lines = run ? await lineList(tx, run.run_id) : [];
      const reasons = [];
      const parts = new LineParts(tx, reading);
      const own = await parts.ofContact(id, row.cell_no);
      const cells = await cellsOf(tx, own);
      const cellsOfParts = factsOf(own, cells, reading);
      for (const [i, part] of own.entries()) {
        const facts = cellsOfParts[i]!;
        const chain = whyChain(facts, reading, rules);
        const shares: ShareExplanation[] = [];
        for (const share of chain.shares) {
          const line = lines.find((candidate) => candidate.line_id === share.line);
          const amounts = line && (await contactsOfLine(tx, line, reading, rules, parts)).amounts.get(partKey(part));
          shares.push(shareExplanation(share, line, amounts, reading));
        }
        reasons.push({
          reason: facts.dimensions.reason,
          dimensions: facts.dimensions,
          keptByService: chain.keptBy,
          rules: chain.trace.map((step) => ({ rule: step.rule, took: step.took.toText(6), why: step.why })),
          shares,
        });
      }
      return { contact, period, run: run?.run_id ?? null, runHash: run?.hash ?? null, reasons };
    });
  }

  /** @param options.all true: every contact instead of the first hundred */
  async line(actor: Actor, id: string, options: { all?: boolean } = {}): Promise<LineExplanation> {
    requireRight(actor, 'read_statement');
    const own = await this.db.read(actor, (tx) => runOfLine(tx, id));
    if (!own) throw new Refusal('no_such_line', `there is no line ${id} in a standing run`, { kind: 'not_found' });
    // The actor may see the line; what stands behind it is read by the books.
    return await this.db.books(async (tx) => {
      const run = (await runRow(tx, own.run_id))!;
      const line = (await lineList(tx, run.run_id)).find((candidate) => candidate.line_id === id)!;
      const reading = await readingOf(tx, run.period, run);
      const digits = minorDigits(reading.company.currency)!;
      const rules = await sharesFor(tx, reading, run);
      const { parts, amounts } = await contactsOfLine(tx, line, reading, rules, new LineParts(tx, reading));
      const posted = BigInt(line.amount_minor);
      const total = [...amounts.values()].reduce((sum, amount) => sum + amount, 0n);
      const pool = ((run.document['pools'] ?? []) as { pool: string }[]).find(
        (candidate) => candidate.pool === line.pool_code,
      )!;
      const { model } = reading;
      return {
        line: { ...line, amount: amountText(posted, digits), rate: line.rate && rateText(line.rate, digits) },
        period: run.period,
        run: run.run_id,
        runHash: run.hash,
        rule: model.rules.find((rule) => rule.name === line.rule) ?? null,
        pool,
        // Entries of other cost centers are finance's, not a unit owner's.
        ledgerEntries: may(actor, 'read_all')
          ? (await ledgerList(tx, run.period, run.watermark))
              .filter((entry) => poolsOfEntry(entry, model).includes(line.pool_code))
              .map(entryShown)
          : [],
        contacts: parts.slice(0, options.all ? parts.length : SHOWN).map(({ part, facts, share }) => ({
          contact: part.contact_id,
          reason: facts.dimensions.reason,
          share: share.parts.over(CONTACT_PARTS).toText(6),
          seconds: share.quantity.toText(6),
          amount: scaledText(amounts.get(partKey(part))!, 6),
        })),
        contactCount: parts.length,
        sums: {
          contacts: sumFractions(parts.map(({ share }) => share.parts))
            .over(CONTACT_PARTS)
            .toText(6),
          seconds: sumFractions(parts.map(({ share }) => share.quantity)).toText(6),
          amount: parts.length === 0 ? amountText(posted, digits) : scaledText(total, 6),
          posted: amountText(posted, digits),
        },
      };
    });
  }
}

async function readingOf(tx: Tx, period: Period, run: RunRow | undefined): Promise<RulesReading> {
  if (!isPeriod(period)) throw new Refusal('bad_period', `${period as string} is not a period`);
  return await readRules(tx, period, run && frozenOf(run));
}

const frozenOf = (run: RunRow): Frozen => ({ watermark: run.watermark, modelId: run.model_id, reads: run.reads });

/** What the month decided for its rules: kept with a run, else found from all contacts. */
async function sharesFor(tx: Tx, { period }: RulesReading, run: RunRow | undefined): Promise<RuleShares> {
  const find = async (): Promise<RuleShares> => {
    const options = { factsOnly: true, control: 'sample', keeping: 'keep' } as const;
    return (await readCosting(tx, period, run && frozenOf(run), undefined, options)).upper.shares;
  };
  return run ? await keptShares(tx, run.run_id, find) : await find();
}

/** Contacts of a month by reason and channel, each read once: a contact's own parts stand among those of its line. */
class LineParts {
  private readonly read = new Map<string, Promise<ContactPart[]>>();

  constructor(
    private readonly tx: Tx,
    private readonly reading: RulesReading,
  ) {}

  async of(reason: string, channel: string): Promise<ContactPart[]> {
    const key = JSON.stringify([reason, channel]);
    let parts = this.read.get(key);
    if (!parts) this.read.set(key, (parts = contactParts(this.tx, this.reading.contacts, { reason, channel })));
    return await parts;
  }

  /** @param cellNo of its newest version; the run may have seen another one, of another reason */
  async ofContact(contact: string, cellNo: number): Promise<ContactPart[]> {
    const { reason_code: reason, channel } = (await cellList(this.tx, [cellNo])).get(cellNo)!;
    const own = (await this.of(reason, channel)).filter((part) => part.contact_id === contact);
    return own.length > 0 ? own : await contactParts(this.tx, this.reading.contacts, { contact });
  }
}

interface LineContacts {
  readonly parts: readonly { readonly part: ContactPart; readonly facts: CellFacts; readonly share: ContactShare }[];
  /** millionths of the currency unit by contact and reason; they sum to the line's posted amount */
  readonly amounts: ReadonlyMap<string, bigint>;
}

/** The contacts of a line with their share of it: the close's own code on each contact of the line's reason and channel. */
async function contactsOfLine(
  tx: Tx,
  line: LineRow,
  reading: RulesReading,
  rules: RuleShares,
  known: LineParts,
): Promise<LineContacts> {
  const { reason_code: reason, channel } = line;
  const read = reason === null || channel === null ? [] : await known.of(reason, channel);
  const cells = await cellsOf(tx, read);
  const parts = [];
  const facts = factsOf(read, cells, reading);
  for (const [i, part] of read.entries()) {
    const own = facts[i]!;
    for (const share of whyChain(own, reading, rules).shares)
      if (share.line === line.line_id) parts.push({ part, facts: own, share });
  }
  const amounts = amountsOfContacts(
    BigInt(line.amount_minor),
    parts.map(({ part, share }) => ({ key: partKey(part), quantity: share.quantity })),
    minorDigits(reading.company.currency)!,
  );
  return { parts, amounts: new Map(parts.map(({ part }, i) => [partKey(part), amounts[i]!])) };
}

async function cellsOf(tx: Tx, parts: readonly ContactPart[]): ReturnType<typeof cellList> {
  return await cellList(tx, [...new Set(parts.map((part) => part.cell_no))]);
}

/** Each as a cell of its own. */
function factsOf(
  read: readonly ContactPart[],
  cells: Awaited<ReturnType<typeof cellList>>,
  reading: RulesReading,
): CellFacts[] {
  const sums = read.map((part) => {
    const parts = BigInt(part.parts);
    const causes = part.causes && JSON.stringify(JSON.parse(part.causes));
    const seconds = BigInt(part.seconds ?? 0);
    return { ...part, causes, parts, seconds, untimed_parts: part.seconds === null ? parts : 0n };
  });
  return cellFacts(sums, cells, reading.contacts);
}

function partKey(part: ContactPart): string {
  return `${part.contact_id}\u0000${part.reason_code ?? ''}`;
}

function shareExplanation(
  share: ContactShare,
  line: LineRow | undefined,
  amount: bigint | undefined,
  reading: RulesReading,
): ShareExplanation {
  const { pool, line: id, service, unit, decision, rule, tier, treatment } = share;
  return {
    pool,
    line: id,
    service,
    unit,
    decision,
    rule,
    tier,
    treatment,
    contacts: share.parts.over(CONTACT_PARTS).toText(6),
    seconds: share.quantity.toText(6),
    rate: line?.rate ? rateText(line.rate, minorDigits(reading.company.currency)!) : null,
    amount: amount === undefined ? null : scaledText(amount, 6),
  };
}

function entryShown(entry: LedgerRow): object {
  return {
    entry: entry.entry,
    account: entry.account,
    costCenter: entry.costCenter,
    vendor: entry.vendor,
    amount: amountText(entry.amount, minorDigits(entry.currency)!),
    currency: entry.currency,
    description: entry.description,
    importId: entry.importId,
    line: entry.line,
  };
}

function rateText(rate: string, digits: number): string {
  return Fraction.parse(rate)
    .over(10n ** BigInt(digits))
    .toText(12);
}
