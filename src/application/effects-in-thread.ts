import { parentPort, workerData } from 'node:worker_threads';
import type { Group } from '../domain/retention/cohort-groups.ts';
import type { DueCohort } from '../domain/retention/maturity.ts';
import { carried } from './carried-failure.ts';
import type { EffectsAnswer, EffectsTask, PlainGroup } from './effects-thread.ts';
import { toldEffects } from './told-effects.ts';

const { sources, groups } = workerData as EffectsTask;
const groupsOf = new Map(sources.cohorts.map((cohort, i) => [cohort, [...groups[i]!]]));
(groups as PlainGroup[][]).splice(0); // each is let go once it is told
parentPort!.postMessage(answer());

function answer(): EffectsAnswer {
  try {
    return { is: 'effects', effects: toldEffects(sources, taken) };
  } catch (problem) {
    return { is: 'failed', failure: carried(problem) };
  }
}

function* taken(cohort: DueCohort): Generator<Group> {
  const own = groupsOf.get(cohort)!;
  for (let group = own.shift(); group !== undefined; group = own.shift()) {
    const { touches, ...rest } = group;
    yield { ...rest, touches: () => touches };
  }
}
