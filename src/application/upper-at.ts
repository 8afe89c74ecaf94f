import type { DecisionRecord, OwnerRecord, ReasonRecord, UnitRecord } from '../domain/attribution/register.ts';
import { Register } from '../domain/attribution/register.ts';
import { Fraction } from '../domain/fraction.ts';
import type { Model } from '../domain/model/model.ts';
import { coarseCells, type CoarseCell } from '../domain/statements/coarse-cells.ts';
import type { DecidingInputs, DecidingModel } from '../domain/statements/deciding-inputs.ts';
import { distinctionsOf, type Distinctions } from '../domain/statements/distinctions.ts';
import { upperRollUp, type UpperRollUp } from '../domain/statements/upper-roll-up.ts';
import type { ContactReading } from '../persistence/close-inputs.queries.ts';
import type { Tx } from '../persistence/database.ts';
import { basisOfCells, columnsAt, keepingOf } from './cells-at.ts';
import { keptOr, type Keeping } from './kept-figures.ts';
import { sharesFromText, sharesText } from './kept-shares.ts';
import { plain } from './plain.ts';
import type { Control } from './roll-up-control.ts';

/** What the company registered, as a period reads it. */
export interface Records {
  readonly units: readonly UnitRecord[];
  readonly decisions: readonly DecisionRecord[];
  readonly owners: readonly OwnerRecord[];
  readonly reasons: readonly ReasonRecord[];
}

/**
 * The upper level of the roll-up of a period, from what is kept of the same facts, rules and records, else made from the
 * coarse cells, and these from the cells, which may be kept themselves: a share or a taker of a rule leaves both, patterns
 * that are new leave the cells. It reads nothing of the model and the records but what its basis names.
 * @param options as of `columnsAt`
 */
export async function upperAt(
  tx: Tx,
  reading: ContactReading,
  given: Pick<DecidingInputs, 'customerDays' | 'increments'> & { readonly model: Model; readonly records: Records },
  options: { readonly control?: Control | undefined; readonly keeping: Keeping },
): Promise<UpperRollUp> {
  const { control, keeping } = options;
  const { customerDays, increments } = given;
  const model = decidingModel(given.model);
  const records = decidingRecords(given.records);
  const make = async (): Promise<UpperRollUp> => {
    const register = new Register(records);
    const cells = await coarseAt(tx, reading, distinctionsOf(model, register), { control, keeping });
    return upperRollUp({ period: reading.period, model, register, customerDays, increments }, cells);
  };
  const may = keepingOf(control, keeping);
  if (may === 'no') return await make();
  const cells = await basisOfCells(tx, reading);
  const basis = {
    subject: `upper ${cells.subject}`,
    on: [...cells.on, plain({ model, records, customerDays, increments })],
  };
  return asFigures(await keptOr(tx, may, basis, async () => asText(await make())));
}

async function coarseAt(
  tx: Tx,
  reading: ContactReading,
  by: Distinctions,
  { control, keeping }: { readonly control?: Control | undefined; readonly keeping: Keeping },
): Promise<readonly CoarseCell[]> {
  const make = async () => coarseCells(await columnsAt(tx, reading, control, keeping), by);
  const may = keepingOf(control, keeping);
  if (may === 'no') return await make();
  const cells = await basisOfCells(tx, reading);
  return await keptOr(
    tx,
    may,
    { subject: `coarse ${cells.subject}`, on: ['parts by day', ...cells.on, plain(by)] },
    make,
  );
}

function decidingModel({ pools, rules, tiers, time_equations, charging }: Model): DecidingModel {
  return {
    pools: pools
      .filter((pool) => pool.kind === 'operating')
      .map(({ code, kind, layer, serves }) => ({ code, kind, layer, serves })),
    rules,
    tiers,
    time_equations,
    charging: { basis: charging.basis },
  };
}

/** Names, cost centres, expectations and standards decide of no contact. */
function decidingRecords({ units, decisions, owners, reasons }: Records): Records {
  const unseen = { name: '', costCenter: null, ownerEmail: null, legalEntity: null, parent: null };
  return {
    units: units.map((unit) => ({ ...unit, ...unseen })),
    decisions: decisions.map((decision) => ({
      ...decision,
      ...{ title: '', kind: '', expectedContactsPerMonth: null, expectedRevenuePerMonth: null },
    })),
    owners,
    reasons: reasons.map(({ reason, parent, ownerUnit }) => ({
      ...{ reason, parent, ownerUnit },
      ...{ name: '', demand: null, standardHandleSeconds: null },
    })),
  };
}

/** Plain data: fractions as their quotients. */
function asText({ uses, coverage, decisionDays, unservedByUnit, shares, ...rest }: UpperRollUp) {
  const text = <T extends { readonly parts: Fraction }>(item: T) => ({ ...item, parts: item.parts.toString() });
  return {
    ...rest,
    uses: uses.map(({ share, equationSeconds, ...use }) => ({
      ...use,
      share: share.toString(),
      equationSeconds: equationSeconds && equationSeconds.toString(),
    })),
    coverage: {
      ...coverage,
      byTier: coverage.byTier.map(text),
      unattributed: coverage.unattributed.map(text),
    },
    decisionDays: decisionDays.map(text),
    unservedByUnit: unservedByUnit.map(text),
    shares: sharesText(shares),
  };
}

function asFigures({
  uses,
  coverage,
  decisionDays,
  unservedByUnit,
  shares,
  ...rest
}: ReturnType<typeof asText>): UpperRollUp {
  const known = new Map<string, Fraction>();
  const fraction = (text: string): Fraction => {
    let found = known.get(text);
    if (!found) known.set(text, (found = Fraction.parse(text)));
    return found;
  };
  const parts = <T extends { readonly parts: string }>(item: T) => ({ ...item, parts: Fraction.parse(item.parts) });
  return {
    ...rest,
    uses: uses.map(({ share, equationSeconds, ...use }) => ({
      ...use,
      share: fraction(share),
      equationSeconds: equationSeconds === null ? null : fraction(equationSeconds),
    })),
    coverage: {
      ...coverage,
      byTier: coverage.byTier.map(parts),
      unattributed: coverage.unattributed.map(parts),
    },
    decisionDays: decisionDays.map(parts),
    unservedByUnit: unservedByUnit.map(parts),
    shares: sharesFromText(shares),
  };
}
