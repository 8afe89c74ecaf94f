import { Fraction } from '../../domain/fraction.ts';
import { matchesPattern } from '../../domain/model/selector.ts';
import { CONTACT_PARTS } from '../../domain/statements/cell-facts.ts';
import type { CloseInputs } from '../../domain/statements/close-inputs.ts';
import { lineIdOf, lineRank } from '../../domain/statements/lines.ts';
import { standardsOf } from '../../domain/statements/standards.ts';
import type { CellUse, LineKey } from '../../domain/statements/use-sums.ts';
import { byKey } from './apportioned.ts';
import type { StandardView } from './workbook-model.ts';

/** Like contacts with one taker and one share, summed over the cells of a close. */
export interface Volume {
  readonly key: LineKey;
  /** of the line that they belong to, or null: service keeps them */
  readonly lineId: string | null;
  /** order of that line among those that share an amount */
  readonly lineRank: string | null;
  readonly share: Fraction;
  readonly contacts: Fraction;
  readonly seconds: Fraction;
  readonly statedSeconds: Fraction;
  readonly attributed: Fraction;
  readonly attributedSeconds: Fraction;
  readonly used: Fraction;
  readonly standard: Fraction;
  readonly measure: StandardView;
}

interface Sums {
  readonly name: string;
  readonly key: LineKey;
  readonly share: Fraction;
  parts: bigint;
  seconds: bigint;
  stated: Fraction;
}

/** Hears a close (its observer) and sums what lines are made of: contacts and seconds before the share, by taker and share. */
export class VolumeSums {
  private readonly sums = new Map<string, Sums>();

  readonly add = ({ cell, key, share, untimedSeconds }: CellUse): void => {
    const name = volumeName(key, share);
    let sums = this.sums.get(name);
    if (!sums) {
      sums = { name, key, share, parts: 0n, seconds: 0n, stated: Fraction.ZERO };
      this.sums.set(name, sums);
    }
    sums.parts += cell.parts;
    sums.seconds += cell.seconds;
    if (!untimedSeconds.isZero) sums.stated = sums.stated.plus(untimedSeconds);
  };

  /** Volumes in a fixed order, and the standards that price them. */
  result(inputs: CloseInputs, poolKeys: ReadonlyMap<string, string>): { volumes: Volume[]; standards: StandardView[] } {
    const ordered = [...this.sums.values()].sort((a, b) => byKey({ key: a.name }, { key: b.name }));
    const standards = standardsFor(inputs, ordered, poolKeys);
    const volumes = ordered.map(({ key, share, parts, seconds, stated }): Volume => {
      const measure = standards.get(standardName(key))!;
      const contacts = Fraction.of(parts, CONTACT_PARTS);
      const attributed = contacts.times(share);
      const attributedSeconds = stated.plus(Fraction.of(seconds)).times(share);
      const used = measure.weight
        ? attributed.times(measure.weight)
        : measure.concurrency.equals(Fraction.ONE)
          ? attributedSeconds
          : attributedSeconds.over(measure.concurrency);
      const standard = measure.seconds ? attributed.times(measure.seconds).over(measure.concurrency) : used;
      return {
        key,
        lineId: key.taker && lineIdOf({ key }, inputs.period),
        lineRank: key.taker && lineRank({ key }, inputs.period),
        share,
        contacts,
        seconds: Fraction.of(seconds),
        statedSeconds: stated,
        attributed,
        attributedSeconds,
        used,
        standard,
        measure,
      };
    });
    return { volumes, standards: [...standards.values()] };
  }
}

function volumeName(key: LineKey, share: Fraction): string {
  const { taker, service, reason, channel, pool } = key;
  const who = taker
    ? `unit:${taker.unit}:${taker.treatment}\u0000${taker.decision ?? ''}\u0000${taker.rule}\u0000${taker.tier}`
    : `service:${service}`;
  return [pool, who, reason, channel, share.toString()].join('\u0000');
}

function standardName(key: LineKey): string {
  return `${key.pool}\u0000${key.reason}`;
}

function standardsFor(
  inputs: CloseInputs,
  volumes: readonly { readonly key: LineKey }[],
  poolKeys: ReadonlyMap<string, string>,
): Map<string, StandardView> {
  const source = standardsOf(inputs);
  const pools = new Map(inputs.model.pools.map((pool) => [pool.code, pool]));
  const names = [...new Set(volumes.map(({ key }) => standardName(key)))].sort((a, b) => byKey({ key: a }, { key: b }));
  return new Map(
    names.map((name, i) => {
      const [code, reason] = name.split('\u0000') as [string, string];
      const pool = pools.get(code)!;
      const timed = pool.driver === 'handle_seconds';
      const standard = timed ? source.standardSeconds(code, reason) : undefined;
      const weight =
        pool.driver === 'weighted'
          ? ([...pool.weights!].find(([pattern]) => matchesPattern(pattern, reason))?.[1] ?? Fraction.ONE)
          : pool.driver === 'contacts'
            ? Fraction.ONE
            : null;
      const view: StandardView = {
        no: i + 1,
        poolKey: poolKeys.get(code)!,
        reason,
        seconds: standard?.seconds ?? null,
        source: standard?.source ?? 'none',
        weight,
        concurrency: pool.concurrency,
      };
      return [name, view];
    }),
  );
}
