import type { Register } from '../attribution/register.ts';
import type { CustomerDays, Increment } from '../attribution/rule-shares.ts';
import type { Rulebook } from '../attribution/rulebook.ts';
import type { Model, Pool } from '../model/model.ts';
import type { Period } from '../period.ts';

export type ServingPool = Pick<Pool, 'code' | 'kind' | 'layer' | 'serves'>;

/** Of a model, what decides which pools contacts use, and for how long where nobody measured it. */
export interface ServingModel {
  readonly pools: readonly ServingPool[];
  readonly time_equations: Model['time_equations'];
}

/** Of a model, what decides who takes which contacts through which pools: no rate, no cost, no standard. */
export interface DecidingModel extends Rulebook, ServingModel {
  readonly charging: Pick<Model['charging'], 'basis'>;
}

/** What decides of the contacts of a period, beside these themselves. */
export interface DecidingInputs {
  readonly period: Period;
  readonly model: DecidingModel;
  readonly register: Register;
  /** for the background of exposure rules */
  readonly customerDays: readonly CustomerDays[];
  /** for incremental rules */
  readonly increments: readonly Increment[];
}
