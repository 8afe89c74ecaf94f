import type { Instrument } from '../domain/quality/scores.ts';
import type { LocalDate } from '../domain/period.ts';
import { planForWholeMonths } from './close-inputs.queries.ts';
import type { Tx } from './database.ts';
import type { RevenueReading } from './retention/customer-slices.ts';
import { sql } from './sql.ts';

/** What a customer answered, and the contact it speaks of (null: the customer at large). */
export interface SurveyAnswer {
  readonly survey: string;
  readonly instrument: Instrument;
  readonly score: number;
  readonly comment: string | null;
  readonly customerKey: bigint | null;
  /** days since 1970 */
  readonly day: number;
  readonly cellNo: number | null;
  readonly contactOn: LocalDate | null;
}

interface Row {
  readonly survey_id: string;
  readonly metric: Instrument['metric'];
  readonly score: number;
  readonly instrument: string;
  readonly comment: string | null;
  readonly customer_key: string | null;
  readonly day: number;
  readonly scale_min: number;
  readonly scale_max: number;
  readonly higher_is_better: boolean;
  readonly top_box: number | null;
  readonly cell_no: number | null;
  readonly started_on: LocalDate | null;
}

export async function surveyAnswers(tx: Tx, from: LocalDate, to: LocalDate, mark: string): Promise<SurveyAnswer[]> {
  const rows = (await tx.query(sql('survey-answers'), [from, to, mark])) as Row[];
  const instruments = new Map<string, Instrument>();
  return rows.map((row) => {
    let instrument = instruments.get(row.instrument);
    if (instrument === undefined) instruments.set(row.instrument, (instrument = instrumentOf(row)));
    return {
      survey: row.survey_id,
      instrument,
      score: row.score,
      comment: row.comment,
      customerKey: row.customer_key === null ? null : BigInt(row.customer_key),
      day: row.day,
      cellNo: row.cell_no,
      contactOn: row.started_on,
    };
  });
}

/** What customers wrote with some answers, masked when it was imported, by answer. */
export async function surveyComments(
  tx: Tx,
  surveys: readonly string[],
  mark: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = (await tx.query(sql('survey-comments'), [surveys, mark])) as { survey_id: string; comment: string }[];
  return new Map(rows.map((row) => [row.survey_id, row.comment]));
}

/** A stated top box is the worst answer that still counts as good; the domain counts points from the best. */
function instrumentOf(row: Row): Instrument {
  const { scale_min: min, scale_max: max, higher_is_better: up, top_box: top } = row;
  return {
    code: row.instrument,
    metric: row.metric,
    scaleMin: min,
    scaleMax: max,
    higherIsBetter: up,
    topBox: top === null ? undefined : up ? max - top + 1 : top - min + 1,
  };
}

/** Sales made inside the contacts of a cell on a day. */
export interface SalesInContacts {
  readonly cell_no: number;
  readonly started_on: LocalDate;
  readonly sales: number;
  /** minor units of the reporting currency; null: an event has no margin, or no rate of its currency */
  readonly margin_minor: string | null;
}

/** @param reading its days are those of the contacts */
export async function salesInContacts(tx: Tx, reading: RevenueReading): Promise<SalesInContacts[]> {
  const { from, to, mark, marginRate, currency, factors } = reading;
  const parameters = [from, to, mark, marginRate, currency, JSON.stringify(factors)];
  await planForWholeMonths(tx);
  return (await tx.query(sql('sales-in-contacts'), parameters)) as SalesInContacts[];
}
