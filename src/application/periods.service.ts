import { Injectable } from '@nestjs/common';
import { OutOfBalance, Refusal } from '../domain/errors.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import type { Period } from '../domain/period.ts';
import { close } from '../domain/statements/close.ts';
import { documentsOf, type JsonObject } from '../domain/statements/document.ts';
import { CONTACT_PARTS } from '../domain/statements/cell-facts.ts';
import { companyRow, contactCount } from '../persistence/close-inputs.queries.ts';
import { Database, type Tx } from '../persistence/database.ts';
import { packageVersion } from '../package-root.ts';
import {
  lockPeriod,
  markApproved,
  markCalculated,
  markIssued,
  markReopened,
  markSubmitted,
  periodList,
  type PeriodListing,
  type PeriodRow,
  type PeriodState,
} from '../persistence/periods.queries.ts';
import { controlFaults, keepRun } from '../persistence/runs.queries.ts';
import { readClose, type CloseReading } from './read-close.ts';

export interface CloseResult {
  readonly period: Period;
  /** absent for a preview */
  readonly runId: string | null;
  readonly runHash: string;
  /** false: the same inputs had given this run before */
  readonly isNew: boolean;
  readonly preview: boolean;
  /** `statements --format json` of this result */
  readonly document: JsonObject;
}

/** Moves periods on: calculated, in review, approved, issued and closed. Rights and states are enforced here, once. */
@Injectable()
export class PeriodsService {
  constructor(private readonly db: Database) {}

  /** Costs and attributes a period's contacts, proves the outcome by the second road, and keeps it as a run; all or nothing. */
  async close(actor: Actor, period: Period, options: { preview?: boolean } = {}): Promise<CloseResult> {
    requireRight(actor, 'close');
    return await this.db.books(async (tx) => {
      const row = await lockPeriod(tx, period);
      requireState(row, ['open', 'calculated'], 'calculated anew');
      const reading = await readClose(tx, period);
      const books = close(reading.inputs);
      await proveContacts(tx, period, reading, books.coverage.parts);
      const documents = documentsOf(books, reading.context);
      const { frozen, context } = reading;
      if (options.preview) {
        return {
          period,
          runId: null,
          runHash: documents.runHash,
          isNew: false,
          preview: true,
          document: withRun(documents.period, null, documents.runHash, context),
        };
      }
      const { runId, isNew } = await keepRun(
        tx,
        { period, inputsHash: context.inputsHash, ...frozen, codeVersion: packageVersion, userId: actor.userId },
        books,
        documents,
      );
      const faults = await controlFaults(tx, runId);
      if (faults.length > 0) throw new OutOfBalance(faults);
      if (row.run_id !== runId) await markCalculated(tx, period, runId, actor.userId);
      return {
        period,
        runId,
        runHash: documents.runHash,
        isNew,
        preview: false,
        document: withRun(documents.period, runId, documents.runHash, context),
      };
    });
  }

  async submit(actor: Actor, period: Period): Promise<void> {
    requireRight(actor, 'submit');
    await this.move(period, ['calculated'], 'handed in', (tx) => markSubmitted(tx, period, actor.userId));
  }

  /** By another person than who prepared or handed in, unless the company runs in one-person mode. */
  async approve(actor: Actor, period: Period): Promise<void> {
    requireRight(actor, 'approve');
    await this.move(period, ['in_review'], 'approved', async (tx, row) => {
      const onePerson = (await companyRow(tx))?.onePerson ?? false;
      const own = row.prepared_by === String(actor.userId) || row.submitted_by === String(actor.userId);
      if (own && !onePerson) {
        throw new Refusal('own_work', `${actor.login} prepared ${period} and cannot approve it`, {
          kind: 'forbidden',
          next: 'ask another controller to run `answerable approve`',
        });
      }
      await markApproved(tx, period, actor.userId, own);
    });
  }

  async issue(actor: Actor, period: Period): Promise<void> {
    requireRight(actor, 'issue');
    await this.move(period, ['approved'], 'issued', (tx) => markIssued(tx, period, actor.userId));
  }

  /** Takes a period that is not yet issued back to calculated. */
  async reopen(actor: Actor, period: Period, reason: string): Promise<void> {
    requireRight(actor, 'reopen');
    if (reason.trim() === '')
      throw new Refusal('reason_missing', 'reopening a period needs a reason', {
        next: `answerable reopen ${period} --reason "…"`,
      });
    await this.move(period, ['in_review', 'approved'], 'reopened', (tx) => markReopened(tx, period));
  }

  async list(actor: Actor): Promise<PeriodListing[]> {
    requireRight(actor, 'read_statement');
    return await this.db.read(actor, (tx) => periodList(tx));
  }

  private async move(
    period: Period,
    from: readonly PeriodState[],
    done: string,
    deed: (tx: Tx, row: PeriodRow) => Promise<void>,
  ): Promise<void> {
    await this.db.books(async (tx) => {
      const row = await lockPeriod(tx, period);
      requireState(row, from, done);
      await deed(tx, row);
    });
  }
}

const NEXT: Readonly<Record<PeriodState, string>> = {
  open: 'answerable close',
  calculated: 'answerable submit',
  in_review: 'answerable approve',
  approved: 'answerable issue',
  closed: 'answerable statements',
};

function requireState(row: PeriodRow, states: readonly PeriodState[], done: string): void {
  if (states.includes(row.state)) return;
  throw new Refusal('wrong_state', `${row.period} is ${row.state.replace('_', ' ')} and cannot be ${done}`, {
    kind: 'conflict',
    next: `${NEXT[row.state]} ${row.period}`,
  });
}

/** Contacts that the close read against the sums that imports keep: two roads, one number. */
async function proveContacts(tx: Tx, period: Period, reading: CloseReading, parts: bigint): Promise<void> {
  const expected = await contactCount(tx, period, reading.frozen.watermark);
  if (expected * CONTACT_PARTS !== parts) {
    throw new OutOfBalance([
      `contacts of ${period}: the roll-up has ${expected}, the close read ${Number(parts) / Number(CONTACT_PARTS)}`,
    ]);
  }
}

export function withRun(
  document: JsonObject,
  id: string | null,
  hash: string,
  context: { modelHash: string; inputsHash: string },
): JsonObject {
  const { period, currency, ...rest } = document;
  return {
    period: period!,
    currency: currency!,
    run: { id, hash, model: context.modelHash, inputs: context.inputsHash },
    ...rest,
  };
}
