import type { CoverageSection } from '../domain/statements/statement-set.ts';
import { grouped, table } from './table.ts';

/** Groups of the worklist on the screen. */
const SHOWN = 10;

/** Share of the contacts by evidence tier, and the largest groups that nobody answers for. */
export function coverageText({ contacts, tiers, worklist, ...rest }: CoverageSection, currency: string): string {
  const kinds: (readonly [string, string])[] = [
    ['A explicit or exposed', tiers.A],
    ['B by rule', tiers.B],
    ['C statistical', tiers.C],
    ['D owner of the reason', tiers.D],
    ['avoidable repeats (service)', rest.repeats],
    ['transfers (service)', rest.transfers],
    ['unattributed', rest.unattributed],
  ];
  const taken = table(kinds, [
    { title: `of ${grouped(contacts)} contacts`, of: ([name]) => name },
    { title: '%', of: ([, share]) => percent(share), right: true },
  ]);
  const untaken = (rest.unservedChannels ?? []).map(
    (of) => `no pool takes channel ${of.channel}: ${grouped(of.contacts)} contacts${unitsText(of.units)}`,
  );
  const shares = [taken, ...untaken].join('\n');
  if (worklist.length === 0) return `${shares}\nevery contact has somebody who answers for it`;
  const items = table(worklist.slice(0, SHOWN), [
    { title: 'largest unattributed', of: (item) => item.reason },
    { title: 'channel', of: (item) => item.channel },
    { title: 'contacts', of: (item) => grouped(item.contacts), right: true },
    { title: currency, of: (item) => grouped(item.amount), right: true },
  ]);
  return `${shares}\n\n${items}`;
}

const unitsText = (units: readonly string[]): string => (units.length === 0 ? '' : ` of ${units.join(', ')}`);

const percent = (share: string): string => (Number.isNaN(Number(share)) ? share : (100 * Number(share)).toFixed(1));
