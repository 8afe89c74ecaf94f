import { hash } from 'node:crypto';

import type { Compilation } from './mapping-compilation.ts';
import type { Condition, Mapping } from './mapping-language.ts';
import { count, type MappingReport } from './mapping-report.ts';
import type { SourceRow } from './rows.ts';

interface Test {
  readonly holds: (row: SourceRow) => boolean;
  readonly because: string;
}

/** Which rows of theirs count, and how many look alike; everything is counted in the report. */
export class RowSelection {
  private readonly keep: readonly Test[];
  private readonly drop: readonly Test[];
  private readonly alike: readonly number[] | undefined;
  private readonly seen = new Set<string>();

  constructor(
    private readonly mapping: Mapping,
    find: Compilation['find'],
    private readonly report: MappingReport,
    private readonly most: number,
  ) {
    const tests = (conditions: readonly Condition[] | undefined): Test[] =>
      (conditions ?? []).map((condition) => ({ holds: this.test(condition, find), because: reasonOf(condition) }));
    this.keep = tests(mapping.rows?.keep);
    this.drop = tests(mapping.rows?.drop);
    this.alike = mapping.rows?.alike?.map((name) => find([name])!);
  }

  /** True when there are more different rows to compare than may be kept. */
  get isFull(): boolean {
    return this.seen.size > this.most;
  }

  wants(row: SourceRow): boolean {
    this.report.read++;
    if (this.alike !== undefined) this.countAlike(row, this.alike);
    const dropped = this.drop.find(({ holds }) => holds(row));
    if (dropped === undefined && (this.keep.length === 0 || this.keep.some(({ holds }) => holds(row)))) return true;
    count(this.report.dropped, dropped?.because ?? `not ${this.keep.map((test) => test.because).join(' or ')}`);
    return false;
  }

  private countAlike(row: SourceRow, columns: readonly number[]): void {
    const digest = hash('sha256', columns.map((index) => (row.fields[index] ?? '').trim()).join('\u001f')).slice(0, 16);
    if (this.seen.has(digest)) this.report.alike++;
    else this.seen.add(digest);
  }

  private test(condition: Condition, find: Compilation['find']): (row: SourceRow) => boolean {
    const index = find(condition.column);
    const missing = new Set(['', ...(this.mapping.missing ?? [])]);
    return (row) => {
      const text = index === undefined ? '' : (row.fields[index] ?? '').trim();
      if (condition.is?.includes(text) === false || condition.not?.includes(text) === true) return false;
      if (condition.starts_with?.some((start) => text.startsWith(start)) === false) return false;
      return condition.missing === undefined || missing.has(text) === (condition.missing === 'true');
    };
  }
}

function reasonOf(condition: Condition): string {
  if (condition.because !== undefined) return condition.because;
  const tests = (['is', 'not', 'starts_with'] as const).flatMap((key) =>
    condition[key] === undefined ? [] : [`${key.replace('_', ' ')} ${condition[key].join(', ')}`],
  );
  if (condition.missing !== undefined) tests.push(condition.missing === 'true' ? 'missing' : 'not missing');
  return `${condition.column[0]} ${tests.join(' and ')}`;
}
