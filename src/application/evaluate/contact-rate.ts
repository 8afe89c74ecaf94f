import { Refusal } from '../../domain/errors.ts';
import { cohensKappa, contactRate } from '../../domain/quality/contact-rate.ts';
import { wilson } from '../../domain/quality/proportion.ts';
import type { EvaluateMethod, Result, Spec } from './method.ts';
import { numberOf, numbers } from './method.ts';
import type { Row } from './sample.ts';
import { isRecord, numberOr, sampleOf } from './sample.ts';

export const method: EvaluateMethod = {
  name: 'contact_rate',
  about: 'contacts per order (or per X), failure demand, first-contact resolution, two-coder agreement',
  shape: `rates     { NAME: case } or one case in the spec itself; a case has
contacts*       contacts of the period, on stated channels
orders          volume: orders; or per { NAME: volume } for another X (customers, bills, resolved_requests)
data            one row a customer or day, with columns contacts and volume: quasi-Poisson interval
failure         contacts from not doing, or not doing right; avoidable: the same word elsewhere (NI 14)
resolved_first  contacts resolved at the first, not_resolvable: those no first level can resolve,
resolved        contacts resolved at all; repeats: contacts that repeat an earlier one in the stated window
kappa           table of two coders' counts
level           default 0.95
prints    cpo (contacts per order) and rate (contacts per the volume), rate.lo, rate.hi; failure_share, avoidable_share,
          fcr.gross (of contacts), fcr.net (of those resolvable), fcr.of_resolved, repeat_rate, each with .lo and .hi;
          agreement, kappa; with NAME. before where named`,
  example: {
    rates: {
      shop: { contacts: 1000, orders: 250 },
      bank: { contacts: 800, orders: 10000, failure: 368, resolved_first: 500, not_resolvable: 100 },
    },
  },
  run(spec, folder) {
    const cases = spec['rates'];
    if (cases === undefined) return caseKeys(spec, folder);
    if (!isRecord(cases)) throw new Refusal('bad_spec', '"rates" must be an object: name → case');
    const result: Result = {};
    for (const [name, own] of Object.entries(cases)) {
      // A file of cases may carry remarks between them.
      if (!isRecord(own)) continue;
      const found = caseKeys({ level: spec['level'] ?? 0.95, ...own }, folder);
      for (const [key, value] of Object.entries(found)) result[`${name}.${key}`] = value;
    }
    return result;
  },
};

function caseKeys(spec: Spec, folder: string): Result {
  const level = numberOr(spec, 'level', 0.95);
  const result: Result = {};
  if (Array.isArray(spec['kappa'])) Object.assign(result, cohensKappa(spec['kappa'] as number[][]));
  const groups = spec['data'] === undefined ? [] : groupsOf(sampleOf(spec, folder));
  const contacts =
    spec['contacts'] === undefined
      ? groups.reduce((sum, group) => sum + group.contacts, 0)
      : numberOf(spec['contacts'], 'contacts');
  const volumes = isRecord(spec['per']) ? Object.entries(spec['per']) : [];
  if (spec['orders'] !== undefined) volumes.unshift(['orders', spec['orders']]);
  if (volumes.length === 0 && groups.length > 0) {
    volumes.push(['volume', groups.reduce((sum, group) => sum + group.volume, 0)]);
  }
  volumes.forEach(([name, value], at) => {
    const { rate, low, high, dispersion } = contactRate(contacts, numberOf(value, name), level, groups);
    if (name === 'orders') result['cpo'] = rate;
    const keys = { rate, 'rate.lo': low, 'rate.hi': high, 'rate.dispersion': dispersion };
    if (at === 0) Object.assign(result, keys);
    result[`rate.per_${name}`] = rate;
  });
  const share = (key: string, part: string, whole: number): void => {
    if (spec[part] === undefined) return;
    const { point, low, high } = wilson({ successes: numberOf(spec[part], part), trials: whole }, level);
    Object.assign(result, { [key]: point, [`${key}.lo`]: low, [`${key}.hi`]: high });
  };
  share('failure_share', 'failure', contacts);
  share('avoidable_share', 'avoidable', contacts);
  share('repeat_rate', 'repeats', contacts);
  share('fcr.gross', 'resolved_first', contacts);
  if (spec['not_resolvable'] !== undefined) {
    share('fcr.net', 'resolved_first', contacts - numberOf(spec['not_resolvable'], 'not_resolvable'));
  }
  if (spec['resolved'] !== undefined)
    share('fcr.of_resolved', 'resolved_first', numberOf(spec['resolved'], 'resolved'));
  return result;
}

function groupsOf(rows: readonly Row[]): { contacts: number; volume: number }[] {
  const contacts = numbers(rows, 'contacts');
  const volumes = numbers(rows, 'volume');
  return contacts.map((count, i) => ({ contacts: count, volume: volumes[i]! }));
}
