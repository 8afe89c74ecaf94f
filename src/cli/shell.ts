import { randomUUID } from 'node:crypto';
import type { INestApplicationContext, Type } from '@nestjs/common';
import type { Config } from '../config.ts';
import { Refusal } from '../domain/errors.ts';
import type { Actor } from '../domain/roles.ts';
import type { Database } from '../persistence/database.ts';
import { say } from './answer.ts';
import { WrongUsage } from './failure.ts';

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly as?: string;
}

/**
 * What one command runs in: the checked environment, the database and who acts, each found when it is first asked for,
 * so that `--help` and `evaluate` start at once. `close` gives everything back; it runs whatever happens.
 */
export class Shell {
  private checking: Promise<Config> | undefined;
  private connecting: Promise<Database> | undefined;
  private opening: Promise<INestApplicationContext> | undefined;
  private acting: Promise<Actor> | undefined;
  private readonly releases: (() => Promise<void>)[] = [];
  /** How a deed that runs until it is told to stop ends by itself on Ctrl-C; others are cut off. */
  stop: (() => void) | undefined;

  constructor(readonly options: CommonOptions) {}

  /** @throws InvalidConfig naming every variable that cannot be taken */
  async config(): Promise<Config> {
    this.checking ??= import('../config.ts').then(({ configOf }) => configOf(process.env));
    return await this.checking;
  }

  /** The database of DATABASE_URL, else the embedded one with its local people. */
  async database(): Promise<Database> {
    this.connecting ??= this.connect(await this.config());
    return await this.connecting;
  }

  /** A shell on another embedded home, for what must not touch the person's own. */
  async elsewhere(home: string): Promise<Shell> {
    const shell = new Shell(this.options);
    shell.checking = this.config().then((config) => config.with({ home }));
    this.atEnd(() => shell.close());
    return shell;
  }

  /** A service of the product on that database, of those that ask for nothing else: a command loads no more than its own. */
  async get<T>(type: new (db: Database) => T): Promise<T> {
    return new type(await this.database());
  }

  /** A service that rests on others: from the container, which loads all of them, half a second of CPU. */
  async assembled<T>(type: Type<T>): Promise<T> {
    this.opening ??= this.open();
    return (await this.opening).get(type);
  }

  /** Who acts: on the embedded database the user named by --as; else the token's; else, embedded only, `finance`. */
  async actor(): Promise<Actor> {
    this.acting ??= this.findActor().then((actor) => ({ ...actor, from: { door: 'cli', request: randomUUID() } }));
    return await this.acting;
  }

  /** A message or a step, for people only. */
  async say(line: string): Promise<void> {
    if (!this.options.json) await say(line);
  }

  /** To be done at the end, last one first. */
  atEnd(release: () => Promise<void>): void {
    this.releases.push(release);
  }

  async close(): Promise<void> {
    for (let release = this.releases.pop(); release !== undefined; release = this.releases.pop()) await release();
  }

  private async open(): Promise<INestApplicationContext> {
    const db = await this.database();
    const [{ NestFactory }, { ServicesModule }] = await Promise.all([
      import('@nestjs/core'),
      import('../services.module.ts'),
    ]);
    const { mailOf } = await import('../config.ts');
    return await NestFactory.createApplicationContext(ServicesModule.forDatabase(db, mailOf(await this.config())), {
      logger: false,
      abortOnError: false,
    });
  }

  private async connect(config: Config): Promise<Database> {
    let url = config.databaseUrl;
    if (url === undefined) {
      const { openEmbedded } = await import('../embedded/database.ts');
      const server = await openEmbedded(config.home);
      this.atEnd(() => server.release());
      url = server.appUrl;
    }
    const { Database } = await import('../persistence/database.ts');
    const db = await Database.connect(url, { threads: config.threads });
    this.atEnd(() => db.close());
    if (config.databaseUrl === undefined) {
      const { LOCAL_USERS, UsersService } = await import('../application/users.service.ts');
      await new UsersService(db).seed(LOCAL_USERS);
    }
    return db;
  }

  private async findActor(): Promise<Actor> {
    const { as } = this.options;
    const config = await this.config();
    const embedded = config.databaseUrl === undefined;
    if (as !== undefined && !embedded) {
      throw new WrongUsage('--as works on the embedded database only', 'set ANSWERABLE_TOKEN to a token of that user');
    }
    if (as === undefined && config.token === undefined && !embedded) {
      throw new Refusal('no_token', 'nobody is named: with DATABASE_URL a token says who acts', {
        kind: 'forbidden',
        next: 'set ANSWERABLE_TOKEN; an admin makes one with: answerable token create LOGIN',
      });
    }
    const { UsersService } = await import('../application/users.service.ts');
    const users = await this.get(UsersService);
    if (as === undefined && config.token !== undefined) return await users.actorByToken(config.token);
    return await users.actorByLogin(as ?? 'finance');
  }
}
