import { compareKeys } from '../../domain/apportionment.ts';
import { Fraction } from '../../domain/fraction.ts';
import { CONTACT_PARTS } from '../../domain/statements/cell-facts.ts';
import type { CellUse } from '../../domain/statements/use-sums.ts';
import { double } from './numbers.ts';
import type { DrillDownRows } from './workbook-model.ts';

/** Rows that the workbook takes; more stand in the files beside it only. */
export const DRILL_DOWN_ROWS = 100_000;

interface Sums {
  readonly texts: readonly (string | null)[];
  readonly share: Fraction;
  parts: bigint;
  seconds: bigint;
  stated: Fraction;
}

/**
 * Hears a close (its observer) and sums contacts by unit, decision, pool, reason, channel, product, segment and stretch
 * of days; gives up beyond the cap, when the files beside the workbook have the rows.
 */
export class DrillDownSums {
  private sums: Map<string, Sums> | undefined = new Map();

  constructor(private readonly cap = DRILL_DOWN_ROWS) {}

  readonly add = ({ cell, key, share, untimedSeconds }: CellUse): void => {
    if (this.sums === undefined) return;
    const { taker, service, pool, reason, channel } = key;
    const { product, segment } = cell.dimensions;
    const who = [taker?.unit ?? null, taker?.decision ?? null, taker?.treatment ?? service];
    const texts = [...who, pool, reason, channel, product, segment, cell.day, taker?.rule ?? null, taker?.tier ?? null];
    const name = [...texts, share.toString()].join('\u0000');
    let sums = this.sums.get(name);
    if (!sums) {
      if (this.sums.size >= this.cap) {
        this.sums = undefined;
        return;
      }
      sums = { texts, share, parts: 0n, seconds: 0n, stated: Fraction.ZERO };
      this.sums.set(name, sums);
    }
    sums.parts += cell.parts;
    sums.seconds += cell.seconds;
    if (!untimedSeconds.isZero) sums.stated = sums.stated.plus(untimedSeconds);
  };

  /** Unit, decision, result, pool, reason, channel, product, segment, first day, rule, tier, share, contacts, seconds. */
  rows(): DrillDownRows | undefined {
    if (this.sums === undefined) return undefined;
    const rows = [...this.sums]
      .sort(([a], [b]) => compareKeys(a, b))
      .map(([, { texts, share, parts, seconds, stated }]) => [
        ...texts,
        double(share),
        double(Fraction.of(parts, CONTACT_PARTS)),
        double(stated.plus(Fraction.of(seconds))),
      ]);
    return Object.assign(rows, { count: rows.length });
  }
}
