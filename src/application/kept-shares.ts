import type { Excess, IncrementalShare, RuleShares } from '../domain/attribution/causes.ts';
import { Fraction } from '../domain/fraction.ts';
import type { Tx } from '../persistence/database.ts';
import { keptOr } from './kept-figures.ts';

type AsText<T> = { readonly [K in keyof T]: T[K] extends Fraction ? string : T[K] };

interface SharesAsText {
  readonly excess: readonly (readonly [string, AsText<Excess>])[];
  readonly incremental: readonly (readonly [string, AsText<IncrementalShare>])[];
}

/** What a run decided for exposure and incremental rules; a run never changes. */
export async function keptShares(tx: Tx, run: string, find: () => Promise<RuleShares>): Promise<RuleShares> {
  const basis = { subject: `shares of run ${run}`, on: [run] };
  return sharesFromText(await keptOr(tx, 'keep', basis, async () => sharesText(await find())));
}

export function sharesText(shares: RuleShares): SharesAsText {
  return {
    excess: [...shares.excess].map(([key, share]) => [key, asText(share)]),
    incremental: [...shares.incremental].map(([key, share]) => [key, asText(share)]),
  };
}

export function sharesFromText({ excess, incremental }: SharesAsText): RuleShares {
  return {
    excess: new Map(excess.map(([key, text]) => [key, asFractions<Excess>(text, EXCESS)])),
    incremental: new Map(incremental.map(([key, text]) => [key, asFractions<IncrementalShare>(text, INCREMENTAL)])),
  };
}

const EXCESS = ['share', 'exposedContacts', 'otherContacts'] as const;
const INCREMENTAL = ['point', 'bound', 'earlierContacts', 'pointContacts', 'boundContacts'] as const;

function asText<T extends object>(share: T): AsText<T> {
  const entries = Object.entries(share) as [string, unknown][];
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value instanceof Fraction ? value.toString() : value]),
  ) as AsText<T>;
}

/** Exact: a fraction's text is its quotient. */
function asFractions<T>(text: AsText<T>, keys: readonly (keyof T)[]): T {
  const share = { ...text } as Record<keyof T, unknown>;
  for (const key of keys) share[key] = Fraction.parse(text[key] as string);
  return share as T;
}
