// A process that does jobs until it is killed: the built program, as a server would. argv: database URL.
import { NestFactory } from '@nestjs/core';
import 'reflect-metadata';
import { JobRunner } from '../../dist/application/job-runner.js';
import { Database } from '../../dist/persistence/database.js';
import { ServicesModule } from '../../dist/services.module.js';

const db = await Database.connect(process.argv[2], { poolSize: 6 });
const app = await NestFactory.createApplicationContext(ServicesModule.forDatabase(db, null), { logger: false });
await app.get(JobRunner).start((fault) => process.stderr.write(`${fault?.stack ?? fault}\n`));
process.stdout.write('ready\n');
