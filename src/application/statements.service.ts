import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/errors.ts';
import { Fraction } from '../domain/fraction.ts';
import type { Period } from '../domain/period.ts';
import { may, requireRight, type Actor } from '../domain/roles.ts';
import type { JsonObject } from '../domain/statements/document.ts';
import type { UnitSection } from '../domain/statements/statement-set.ts';
import { companyRow, reasonList, unitList, watermark, type Company } from '../persistence/close-inputs.queries.ts';
import { Database, type Tx } from '../persistence/database.ts';
import { periodRun, type PeriodRun } from '../persistence/periods.queries.ts';
import { ownStatements, unitMonths, runRow, type StatementRow } from '../persistence/runs.queries.ts';

/** One canonical statement, as it was hashed. */
export interface CanonicalStatement {
  readonly unit: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** What a run says: presents the stored documents, never recomputes them. */
@Injectable()
export class StatementsService {
  constructor(private readonly db: Database) {}

  /**
   * `statements --format json`. A unit owner gets own units only, without the figures of the whole; `unit` narrows to one.
   * @throws Refusal no_run, no_such_statement
   */
  async document(
    actor: Actor,
    period: Period,
    options: { unit?: string | undefined; run?: string | undefined } = {},
  ): Promise<JsonObject> {
    requireRight(actor, 'read_statement');
    return await this.db.read(actor, async (tx) => {
      const head = await headOf(tx, period, options.run);
      const statements = await ownStatements(tx, head.run_id, options.unit ?? null);
      if (options.unit !== undefined && statements.length === 0) throw noStatement(options.unit, period);
      const figures = may(actor, 'read_all') ? (await runRow(tx, head.run_id))!.document : figuresOf(statements);
      const hashes = new Map(statements.map((statement) => [statement.unit_code, statement.sha256]));
      const units = ((figures['units'] ?? []) as JsonObject[])
        .filter((unit) => hashes.has(unit['unit'] as string))
        .map((unit) => ({ ...unit, sha256: hashes.get(unit['unit'] as string)! }));
      return {
        period,
        currency: figures['currency']!,
        run: { id: head.run_id, hash: head.hash, model: head.model_hash, inputs: head.inputs_hash },
        state: head.state,
        ...(inOnePersonMode(statements) ? { onePersonMode: true } : {}),
        ...(may(actor, 'read_all') ? pick(figures, 'reconciliation', 'pools') : {}),
        units,
        ...(may(actor, 'read_all') ? pick(figures, 'service', 'coverage', 'value') : {}),
      };
    });
  }

  /** The bytes that were hashed, one statement a unit and one for service. */
  async canonical(
    actor: Actor,
    period: Period,
    options: { unit?: string | undefined; run?: string | undefined } = {},
  ): Promise<CanonicalStatement[]> {
    requireRight(actor, 'read_statement');
    return await this.db.read(actor, async (tx) => {
      const head = await headOf(tx, period, options.run);
      const statements = await ownStatements(tx, head.run_id, options.unit ?? null);
      if (options.unit !== undefined && statements.length === 0) throw noStatement(options.unit, period);
      return statements.map((statement) => ({
        unit: statement.unit_code,
        bytes: statement.document,
        sha256: statement.sha256,
      }));
    });
  }

  /** Gross charge of every visible unit and month up to a period, newest first. */
  async months(actor: Actor, to: Period): Promise<UnitMonth[]> {
    requireRight(actor, 'read_statement');
    return (await this.db.read(actor, (tx) => unitMonths(tx, to))).map((row) => ({
      period: row.period,
      state: row.state,
      unit: row.unit_code,
      grossMinor: BigInt(row.gross_minor),
    }));
  }

  /**
   * What a contact costs each unit of a period, dearest first, without names: for an owner to see where the own unit
   * stands. Null where the others are too few to stay unknown. @param unit one that the actor may see
   */
  async peerRates(actor: Actor, period: Period, unit: string): Promise<PeerRate[] | null> {
    requireRight(actor, 'read_statement');
    if (!may(actor, 'read_all') && !actor.units.includes(unit)) throw noStatement(unit, period);
    return await this.db.books(async (tx) => {
      const { document } = (await runRow(tx, (await headOf(tx, period, undefined)).run_id))!;
      const units = document['units'] as unknown as readonly Pick<UnitSection, 'unit' | 'gross' | 'contacts'>[];
      const rates = units.flatMap((of) => {
        const [gross, contacts] = [Fraction.parse(of.gross), Fraction.parse(of.contacts)];
        return contacts.isZero || gross.isZero ? [] : [{ rate: gross.over(contacts), own: of.unit === unit }];
      });
      if (rates.filter(({ own }) => !own).length < FEWEST_PEERS) return null;
      return rates.sort((a, b) => b.rate.compare(a.rate)).map(({ rate, own }) => ({ perContact: rate.toText(6), own }));
    });
  }

  /** Names of all reasons: they are no unit's secret. */
  async reasonNames(): Promise<ReadonlyMap<string, string>> {
    return await this.db.books(
      async (tx) => new Map((await reasonList(tx, await watermark(tx))).map((reason) => [reason.reason, reason.name])),
    );
  }

  /** Names by code of the units whose figures the actor may read. */
  async unitNames(actor: Actor): Promise<ReadonlyMap<string, string>> {
    requireRight(actor, 'read_statement');
    const units = await this.db.books(async (tx) => await unitList(tx, await watermark(tx)));
    const seen = units.filter(({ unit }) => may(actor, 'read_all') || actor.units.includes(unit));
    return new Map(seen.map(({ unit, name }) => [unit, name]));
  }

  async company(): Promise<Company | undefined> {
    return await this.db.books(companyRow);
  }
}

export interface PeerRate {
  /** currency units for a contact, up to six decimals */
  readonly perContact: string;
  readonly own: boolean;
}

/** With fewer, a figure without a name still says whose it is. */
const FEWEST_PEERS = 4;

export interface UnitMonth {
  readonly period: Period;
  readonly state: string;
  readonly unit: string;
  readonly grossMinor: bigint;
}

async function headOf(tx: Tx, period: Period, run: string | undefined): Promise<PeriodRun> {
  if (run !== undefined && !/^\d{1,18}$/.test(run))
    throw new Refusal('no_run', `"${run}" is not the number of a run`, { kind: 'not_found' });
  const head = await periodRun(tx, period, run ?? null);
  if (head) return head;
  throw new Refusal('no_run', run === undefined ? `${period} has not been closed` : `${period} has no run ${run}`, {
    kind: 'not_found',
    next: `answerable close ${period}`,
  });
}

/** As the hashed bytes say. */
function inOnePersonMode([statement]: readonly StatementRow[]): boolean {
  return (
    statement !== undefined && (JSON.parse(statement.document.toString('utf8')) as JsonObject)['onePersonMode'] === true
  );
}

/** The same answer for a unit that does not exist and for one that the actor may not see. */
function noStatement(unit: string, period: Period): Refusal {
  return new Refusal('no_such_statement', `there is no statement of unit ${unit} for ${period}`, { kind: 'not_found' });
}

function figuresOf(statements: readonly StatementRow[]): JsonObject {
  const units = statements.map((statement) => JSON.parse(statement.document.toString('utf8')) as JsonObject);
  return { currency: units[0]?.['currency'] ?? null, units };
}

function pick(from: JsonObject, ...keys: string[]): Record<string, JsonObject[string]> {
  return Object.fromEntries(keys.filter((key) => key in from).map((key) => [key, from[key]!]));
}
