// A process that does deeds and may be killed at any moment: one JSON line in is a deed, one JSON line out is its
// acknowledgement. It runs the built program, as a server would. argv: database URL, people as JSON.
import { createInterface } from 'node:readline';
import 'reflect-metadata';
import { CorrectionsService } from '../../dist/application/corrections.service.js';
import { DisputesService } from '../../dist/application/disputes.service.js';
import { PeriodsService } from '../../dist/application/periods.service.js';
import { Database } from '../../dist/persistence/database.js';

const [url, peopleText] = process.argv.slice(2);
const people = JSON.parse(peopleText);
const db = await Database.connect(url, { poolSize: 2 });
const [periods, disputes, corrections] = [new PeriodsService(db), new DisputesService(db), new CorrectionsService(db)];
const deeds = {
  close: ({ period }) => periods.close(people.finance, period),
  submit: ({ period }) => periods.submit(people.finance, period),
  approve: ({ period }) => periods.approve(people.controller, period),
  issue: ({ period }) => periods.issue(people.controller, period),
  dispute: ({ line }) => disputes.open(people.owner, line, { reason: 'not ours', amount: '1.00' }),
  rule: ({ dispute }) => disputes.rule(people.controller, dispute, { accept: true, reason: 'shown' }),
  correct: ({ correction }) => corrections.approve(people.controller, correction),
};
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { deed, ...given } = JSON.parse(line);
  try {
    await deeds[deed](given);
    say({ done: true });
  } catch (error) {
    say({ code: error.code ?? 'unknown', message: error.message });
  }
}
await db.close();
