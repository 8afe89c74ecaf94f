import { Refusal } from '../../domain/errors.ts';
import type { NetPromoter } from '../../domain/quality/net-promoter.ts';
import { netPromoter, promoterCounts } from '../../domain/quality/net-promoter.ts';
import { clusteredBootstrap, quantile, spreadOf } from '../../domain/retention/bootstrap.ts';
import { criticalValue } from '../../domain/retention/normal.ts';
import type { EvaluateMethod, Result, Spec } from './method.ts';
import { numberOf } from './method.ts';
import { cellText, isRecord, numberOr, sampleOf, sameValue, textOf } from './sample.ts';

export const method: EvaluateMethod = {
  name: 'nps',
  about: 'Net Promoter Score with its variance and margin of error',
  shape: `promoters, passives, detractors   counts, or shares (fractions like "1/6") with n = number of answers
scores       a list of answers 0 to 10; or data (rows, columns, a CSV path; where keeps rows) with
score        column of the answers, and optionally
group        column: keys get .GROUP behind; two groups: diff, diff.se, diff.lo, diff.hi (first - second)
no_answer    values that mean no answer (default: blank), e.g. [11, ""]
bootstrap    { draws, seed }: boot.se, boot.lo, boot.hi, for few answers or none of a kind
level        default 0.95
prints       nps (fraction), nps.points (x 100), variance (of one answer), se, se_n<N>, margin, lo, hi, n, and the shares
             promoters, passives, detractors`,
  example: { promoters: '1/2', passives: '1/3', detractors: '1/6', n: 324 },
  run(spec, folder) {
    const level = numberOr(spec, 'level', 0.95);
    if (spec['promoters'] !== undefined) {
      const kinds = ['promoters', 'passives', 'detractors'].map((key) => numberOf(spec[key] ?? 0, key));
      const [promoters, passives, detractors] = kinds as [number, number, number];
      const answers = numberOr(spec, 'n', promoters + passives + detractors);
      return scoreKeys(netPromoter({ promoters, passives, detractors }, answers, level));
    }
    const groups = answersOf(spec, folder);
    const result: Result = {};
    const scores: NetPromoter[] = [];
    for (const [label, answers] of groups) {
      const found = netPromoter(promoterCounts(answers), answers.length, level);
      scores.push(found);
      const keys = { ...scoreKeys(found), ...bootstrapKeys(spec, answers, level) };
      for (const [key, value] of Object.entries(keys)) result[groups.size > 1 ? `${key}.${label}` : key] = value;
    }
    if (scores.length === 2) {
      const [a, b] = scores as [NetPromoter, NetPromoter];
      const se = Math.hypot(a.standardError, b.standardError);
      const margin = criticalValue(level) * se;
      const diff = a.score - b.score;
      Object.assign(result, { diff, 'diff.se': se, 'diff.lo': diff - margin, 'diff.hi': diff + margin });
    }
    return result;
  },
};

function scoreKeys(found: NetPromoter): Result {
  return {
    nps: found.score,
    'nps.points': found.score * 100,
    variance: found.variance,
    se: found.standardError,
    [`se_n${found.answers}`]: found.standardError,
    margin: found.margin,
    lo: found.score - found.margin,
    hi: found.score + found.margin,
    n: found.answers,
    promoters: found.promoters,
    passives: found.passives,
    detractors: found.detractors,
  };
}

function bootstrapKeys(spec: Spec, answers: readonly number[], level: number): Result {
  if (!isRecord(spec['bootstrap'])) return {};
  const { draws = 2000, seed = 1 } = spec['bootstrap'] as { draws?: number; seed?: number };
  const values = clusteredBootstrap(answers.length, undefined, draws, seed, (rows) => {
    const again = rows.map((row) => answers[row]!);
    return netPromoter(promoterCounts(again), again.length, level).score;
  });
  return {
    'boot.se': spreadOf(values),
    'boot.lo': quantile(values, (1 - level) / 2),
    'boot.hi': quantile(values, (1 + level) / 2),
  };
}

function answersOf(spec: Spec, folder: string): Map<string, number[]> {
  const silent = spec['no_answer'] === undefined ? [''] : [spec['no_answer']].flat();
  const isAnswer = (value: unknown): boolean => !silent.some((none) => sameValue(value, none));
  const groups = new Map<string, number[]>();
  const take = (label: string, value: unknown): void => {
    if (!isAnswer(value)) return;
    const score = numberOf(typeof value === 'string' ? value.trim() : value, 'score');
    if (!(Number.isInteger(score) && score >= 0 && score <= 10)) {
      throw new Refusal('bad_spec', `an answer is ${score}, not 0 to 10: name what means no answer in "no_answer"`);
    }
    const list = groups.get(label);
    if (list) list.push(score);
    else groups.set(label, [score]);
  };
  if (Array.isArray(spec['scores'])) for (const score of spec['scores']) take('all', score);
  else {
    const column = textOf(spec, 'score').trim();
    for (const row of sampleOf(spec, folder)) {
      // Real exports carry headers such as "NETPRO  ".
      const key = column in row ? column : Object.keys(row).find((name) => name.trim() === column);
      if (key === undefined) throw new Refusal('bad_spec', `there is no column "${column}"`);
      take(spec['group'] === undefined ? 'all' : cellText(row[textOf(spec, 'group')]), row[key]);
    }
  }
  if (groups.size === 0) throw new Refusal('no_answers', 'a Net Promoter Score needs answers; there are none');
  return groups;
}
