import { Injectable } from '@nestjs/common';
import { Register } from '../domain/attribution/register.ts';
import { Refusal } from '../domain/errors.ts';
import { minorDigits } from '../domain/money.ts';
import type { Period } from '../domain/period.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import { retentionBooks } from '../domain/statements/retention-books.ts';
import type { StatementSet } from '../domain/statements/statement-set.ts';
import type { ValueSection } from '../domain/statements/value-document.ts';
import { effectSections } from '../domain/statements/value-section.ts';
import {
  companyRow,
  decisionList,
  ownerList,
  reasonList,
  unitList,
  watermark,
} from '../persistence/close-inputs.queries.ts';
import { Database } from '../persistence/database.ts';
import { modelOfPeriod } from '../persistence/models.queries.ts';
import { periodRun } from '../persistence/periods.queries.ts';
import { runRow } from '../persistence/runs.queries.ts';
import { runsUntil } from '../persistence/series.queries.ts';
import { parseModel } from './model-text.ts';
import { readRetention } from './read-retention.ts';

/** `value --json`: what the standing run of a period says service earned. */
export interface ValueReport extends Pick<StatementSet, 'run' | 'currency'> {
  readonly period: Period;
  readonly state: string;
  readonly value: ValueSection;
}

/** Effects as they would be posted from the facts that are there now; nothing is kept. */
export interface ValuePreview extends Pick<ValueSection, 'effects' | 'forecasts' | 'credits' | 'conservation'> {
  readonly period: Period;
  readonly currency: string;
}

/** What service earns (method 7): presents what a run keeps, or tries the retention step alone. */
@Injectable()
export class ValueService {
  constructor(private readonly db: Database) {}

  /** @throws Refusal no_run, no_retention */
  async report(actor: Actor, period: Period): Promise<ValueReport> {
    requireRight(actor, 'read_all');
    return await this.db.read(actor, async (tx) => {
      const head = await periodRun(tx, period, null);
      if (!head)
        throw new Refusal('no_run', `${period} has not been closed`, {
          kind: 'not_found',
          next: `answerable close ${period}`,
        });
      const { document } = (await runRow(tx, head.run_id))! as unknown as { document: StatementSet };
      if (document.value === undefined) throw noRetention(period);
      return {
        period,
        currency: document.currency,
        run: { id: head.run_id, hash: head.hash, model: head.model_hash, inputs: head.inputs_hash },
        state: head.state,
        value: document.value,
      };
    });
  }

  /** @throws Refusal no_model, no_retention */
  async preview(actor: Actor, period: Period): Promise<ValuePreview> {
    requireRight(actor, 'read_all');
    return await this.db.books(async (tx) => {
      const mark = await watermark(tx);
      const company = await companyRow(tx);
      const version = await modelOfPeriod(tx, period);
      if (!company || !version)
        throw new Refusal('no_model', `no model holds for ${period}`, {
          next: `answerable model apply model.yaml --from ${period}`,
        });
      const model = parseModel(version.yaml);
      const register = new Register({
        units: await unitList(tx, mark),
        decisions: await decisionList(tx, mark),
        owners: await ownerList(tx, mark),
        reasons: await reasonList(tx, mark),
      });
      const { currency } = company;
      const [digits, runs] = [minorDigits(currency)!, await runsUntil(tx, period)];
      const inputs = await readRetention(tx, { period, mark, model, register, currency, digits, runs });
      if (inputs === undefined) throw noRetention(period);
      return { period, currency, ...effectSections(retentionBooks(inputs, [], model.retention!), digits) };
    }, 'REPEATABLE READ');
  }
}

function noRetention(period: Period): Refusal {
  return new Refusal('no_retention', `the model of ${period} has no retention section`, {
    kind: 'not_found',
    next: 'state retention in model.yaml (answerable model reference), apply it and close the period',
  });
}
