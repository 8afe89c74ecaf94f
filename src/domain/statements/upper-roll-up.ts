import type { RuleShares } from '../attribution/causes.ts';
import { ruleShares } from '../attribution/rule-shares.ts';
import { attribute, type Outcome } from '../attribution/rulebook.ts';
import { lastDay } from '../period.ts';
import type { CellFacts } from './cell-facts.ts';
import type { CoarseCell } from './coarse-cells.ts';
import { CoverageCount, type CoverageSums } from './coverage.ts';
import type { DecidingInputs } from './deciding-inputs.ts';
import { DecisionDays, type DecisionDay } from './decision-days.ts';
import { UnservedByUnit, type UnitParts } from './parking.ts';
import { keptByService } from './pool-use.ts';
import { UseSums, type Observer, type Overlap, type UseSum } from './use-sums.ts';

/**
 * The upper level of the roll-up: cells summed by pool, taker (rule, decision, unit), reason, channel and share, with what
 * the books count of contacts. Ledger, capacity, rates, standards and prices come after it; a change of theirs leaves it.
 */
export interface UpperRollUp {
  readonly uses: readonly UseSum[];
  readonly overlaps: readonly Overlap[];
  readonly coverage: CoverageSums;
  readonly decisionDays: readonly DecisionDay[];
  /** contacts that no handling pool takes */
  readonly unservedByUnit: readonly UnitParts[];
  /** backgrounds and increases that the month decided */
  readonly shares: RuleShares;
}

/** @param observer hears every share of every cell as it is attributed */
export function upperRollUp(of: DecidingInputs, cells: readonly CoarseCell[], observer?: Observer): UpperRollUp {
  const { model, register } = of;
  const shares = sharesOf(of, cells);
  const uses = new UseSums(model, observer);
  const coverage = new CoverageCount();
  const days = new DecisionDays(lastDay(of.period));
  const unserved = new UnservedByUnit();
  const outcomes: Outcome[] = []; // by number of like cells
  const outcomeOf = (cell: CoarseCell): Outcome =>
    cell.like === undefined
      ? attribute(cell, model, register, shares)
      : (outcomes[cell.like] ??= attribute(cell, model, register, shares));
  for (const cell of cells) {
    const keeps = keptByService(cell, model);
    const outcome = keeps ? undefined : outcomeOf(cell);
    const served = uses.add(cell, outcome, keeps);
    coverage.add(cell, outcome, served);
    if (outcome) days.add(cell, outcome.parts);
    unserved.add(cell, outcome, served);
  }
  return {
    uses: uses.list(),
    overlaps: uses.overlaps(),
    coverage: coverage.sums(),
    decisionDays: days.list(),
    unservedByUnit: unserved.list(),
    shares,
  };
}

/** What the month decides for exposure and incremental rules, on the contacts that service does not keep. */
export function sharesOf(of: DecidingInputs, cells: readonly CellFacts[]): RuleShares {
  const contacts = cells.filter((cell) => keptByService(cell, of.model) === undefined);
  return ruleShares(contacts, of.model, of.register, of);
}
