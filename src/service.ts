import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { pino, type Logger } from 'pino';
import { JobRunner } from './application/job-runner.ts';
import { AppModule } from './app.module.ts';
import { mailOf, type Config } from './config.ts';
import { useApi } from './http/api.ts';
import { FaultsByDoor } from './http/faults-by-door.filter.ts';
import { limitGuesses, MOST_GUESSES } from './http/guess-limit.ts';
import { JsonLog } from './http/json-log.ts';
import { Metrics } from './http/metrics.ts';
import { openApiOf, serveOpenApi } from './http/open-api.ts';
import { ProblemFilter } from './http/problem.filter.ts';
import { logRequests } from './request-log.ts';
import { packageVersion } from './package-root.ts';
import type { Database } from './persistence/database.ts';
import { pageList } from './web/page-list.ts';
import { PageFaults } from './web/page-faults.filter.tsx';
import { useSessions } from './web/session.ts';
import type { WebOptions } from './web-options.ts';

export interface RunningService {
  /** where it answers */
  readonly address: string;
  /** address patterns of its pages and their files */
  readonly pages: readonly string[];
  /** settles when the service has ended */
  readonly stopped: Promise<void>;
  /** Takes no more requests, ends those under way, then settles. */
  stop(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
const DRAIN_MS = 10_000;

/** The HTTP service on an open database. The caller closes the database after `stopped`. */
export async function startService(
  config: Config,
  db: Database,
  web: WebOptions = { demoPeople: [] },
): Promise<RunningService> {
  const log = pino(
    { level: config.logLevel, base: { service: 'answerable', version: packageVersion } },
    pino.destination(process.stderr.fd), // stdout is for answers
  );
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.forDatabase(db, { oidc: oidcOf(config), mail: mailOf(config), ...web }),
    {
      logger: new JsonLog(log),
      abortOnError: false,
      bodyParser: false,
    },
  );
  app.disable('x-powered-by');
  const express = app.getHttpAdapter().getInstance() as Express;
  if (config.publicUrl?.startsWith('https:')) express.set('trust proxy', 1);
  const metrics = new Metrics(db);
  metrics.measure(express);
  logRequests(express, log);
  useApi(express);
  const endSessions = useSessions(express, {
    databaseUrl: db.url,
    secret: config.sessionSecret ?? randomBytes(32).toString('base64url'),
    secure: config.publicUrl?.startsWith('https:') ?? false,
  });
  limitGuesses(express, db, web.mostGuesses ?? MOST_GUESSES);
  const pages = new PageFaults(app.getHttpAdapter(), log);
  app.useGlobalFilters(new FaultsByDoor({ api: new ProblemFilter(log), pages }));
  serveOpenApi(express, openApiOf(app));
  await app.listen(config.port);
  const server = app.getHttpServer() as Server;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  const { port } = server.address() as AddressInfo;
  const address = config.publicUrl ?? `http://localhost:${port}`;
  const figures = config.metricsPort === undefined ? undefined : await metrics.listen(config.metricsPort);
  const runner = app.get(JobRunner);
  await runner.start((fault) => log.error({ err: fault }, 'a job met a fault'));
  log.info({ port, metricsPort: config.metricsPort }, 'listening');

  let stopping: Promise<void> | undefined;
  let ended: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (ended = resolve));
  const stop = async (): Promise<void> => {
    stopping ??= Promise.all([drain(server, log), runner.stop(DRAIN_MS)])
      .then(endSessions)
      .finally(() => (metrics.end(), figures?.close()))
      .finally(ended);
    await stopping;
  };
  return { address, pages: pageList(express), stopped, stop };
}

function oidcOf({ oidcIssuer, oidcClientId, oidcClientSecret, address }: Config): WebOptions['oidc'] {
  if (oidcIssuer === undefined || oidcClientId === undefined) return undefined;
  const redirectUri = `${address.replace(/\/$/, '')}/sign-in/oidc/callback`;
  return { issuer: oidcIssuer, clientId: oidcClientId, clientSecret: oidcClientSecret, redirectUri };
}

async function drain(server: Server, log: Logger): Promise<void> {
  log.info('stopping: no new requests');
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(late);
  log.info('stopped');
}
