import { InvalidArgumentError, type Command } from 'commander';
import { Refusal } from '../../domain/errors.ts';
import type { Answer } from '../answer.ts';
import { addCommand, answering } from '../command.ts';
import { WrongUsage } from '../failure.ts';
import type { Shell } from '../shell.ts';

const SHARDS = 32;
const MOST_SHARDS = 1024;

/** Past one machine: the facts go to the nodes of a Citus cluster. */
export function addDistributeCommand(root: Command): void {
  addCommand(root, {
    name: 'distribute',
    about: 'spread the facts over the nodes of a Citus cluster, by customer; any number of times',
    examples: ['distribute', 'distribute --shards 64'],
    notes:
      'Needs DATABASE_URL and DATABASE_MIGRATOR_URL of the coordinator, its workers added (README, "Past one machine").\n' +
      'Contacts, exposures and revenue go to the nodes; everything else stays. Imports wait meanwhile; it is all or\n' +
      'nothing. Afterwards every close takes the SQL road alone, on the nodes. Figures and hashes stay the same.',
  })
    .option('--shards <count>', `pieces of each table, ${SHARDS} unless told`, shardsArgument, SHARDS)
    .action(answering(distributeFacts));
}

function shardsArgument(text: string): number {
  const count = Number(text);
  if (!/^\d{1,4}$/.test(text) || count < 1 || count > MOST_SHARDS)
    throw new InvalidArgumentError(`wants a number from 1 to ${MOST_SHARDS}`);
  return count;
}

async function distributeFacts(shell: Shell, options: { shards: number }): Promise<Answer> {
  const { databaseUrl, databaseMigratorUrl } = await shell.config();
  if (databaseUrl === undefined)
    throw new Refusal('no_citus', 'the embedded database is one machine', {
      next: 'see "Past one machine" in README.md: docker compose -f docker-compose.citus.yml up',
    });
  if (databaseMigratorUrl === undefined)
    throw new WrongUsage(
      'DATABASE_MIGRATOR_URL: got nothing, wants the login that may change the schema',
      'DATABASE_MIGRATOR_URL=postgres://… answerable distribute',
    );
  const { distribute } = await import('../../persistence/distribute.ts');
  const done = await distribute(databaseMigratorUrl, options.shards);
  const where = `${done.workers} workers in ${done.shards} shards (Citus ${done.citusVersion})`;
  const text = done.changed
    ? `contacts, exposures and revenue lie on ${where}; closes take the SQL road`
    : `is distributed already, over ${where}; nothing changed`;
  return { json: done, text };
}
