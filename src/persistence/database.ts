import { AsyncLocalStorage } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import pg from 'pg';
import type * as TypeOrm from 'typeorm';
import { commonJs } from '../common-js.ts';
import type { Actor } from '../domain/roles.ts';
import { lendingSocket } from './lending-socket.ts';

const { DataSource } = commonJs('typeorm') as typeof TypeOrm;

/** One transaction. Raw SQL by `tx.query(sql, parameters)`: int8 and numeric come as text, dates as YYYY-MM-DD. */
export type Tx = TypeOrm.EntityManager;

/** What threads a transaction may have: where they connect, and how many it may be, if anybody said. */
export interface Allowance {
  readonly url: string;
  readonly threads: number | undefined;
}

/** By transaction: whether parts of its work may go to threads. */
const allowances = new WeakMap<Tx, Allowance>();

/**
 * How many threads may read for a transaction, and where; undefined for a part of another transaction, whose snapshot
 * PostgreSQL shows to nobody else.
 */
export function threadsOf(tx: Tx): Allowance | undefined {
  return allowances.get(tx);
}

const DATE_OID = 1082;
pg.types.setTypeParser(DATE_OID, (text) => text);

/** Tells each transaction of a unit owner for whom no unit was set: the database shows it nothing. */
export const WITHOUT_UNITS = channel('answerable:without-units');

/**
 * The one way to the database. Every access is a transaction that takes one of two roles, neither of which owns
 * anything: answerable_books for deeds on the books and for those who may read all, answerable_app with the actor's
 * units for unit owners. Row-level security does the rest; without units set there are no rows.
 */
@Injectable()
export class Database implements OnModuleDestroy {
  /** the transaction that everything of the present deed belongs to, when `whole` began one */
  private readonly around = new AsyncLocalStorage<Tx>();

  private constructor(
    private readonly dataSource: TypeOrm.DataSource,
    /** where it is; for the session store, which keeps a pool of its own */
    readonly url: string,
    /** how many may work on one deed at a time, if anybody said */
    readonly threads: number | undefined,
  ) {}

  /** A connection of its own that hears notices of a channel; `onLost` when it breaks. Gives what ends it. */
  async listen(channel: string, onNotice: (text: string) => void, onLost: () => void): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: this.url, application_name: 'answerable listener' });
    client.on('notification', ({ payload }) => onNotice(payload ?? ''));
    client.on('error', onLost);
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    return async () => {
      client.removeListener('error', onLost).on('error', () => undefined);
      await client.end();
    };
  }

  /** @param options.threads how many may work on one deed at a time; default: 1 that reads facts, see ImportThreads for files */
  static async connect(
    url: string,
    options: { poolSize?: number; threads?: number | undefined } = {},
  ): Promise<Database> {
    const dataSource = new DataSource({
      type: 'postgres',
      url,
      entities: [],
      synchronize: false,
      poolSize: options.poolSize ?? 10,
      applicationName: 'answerable',
      extra: { stream: lendingSocket },
    });
    await dataSource.initialize();
    return new Database(dataSource, url, options.threads);
  }

  /** A deed on the books: all units, read and write. The caller has checked the right. */
  async books<T>(
    deed: (tx: Tx) => Promise<T>,
    isolation: 'READ COMMITTED' | 'REPEATABLE READ' = 'READ COMMITTED',
  ): Promise<T> {
    return await this.begin(isolation, async (tx) => {
      await tx.query('set local role answerable_books');
      return await deed(tx);
    });
  }

  /**
   * Several deeds as one transaction: every `books`, `read` and `own` inside becomes a part of it, a part that throws is
   * taken back by itself, and all of it stays or goes together. Looks inside see each statement's own snapshot.
   */
  async whole<T>(deed: () => Promise<T>): Promise<T> {
    return await this.dataSource.transaction('READ COMMITTED', (tx) => this.around.run(tx, deed));
  }

  /** A deed on the books beside the transaction that `whole` began: others see it at once, and it stays whatever comes. */
  async apart<T>(deed: (tx: Tx) => Promise<T>): Promise<T> {
    return await this.around.exit(() => this.books(deed));
  }

  /** A look as the actor, all queries on one snapshot: a unit owner sees own units only, by the database itself. */
  async read<T>(actor: Actor, look: (tx: Tx) => Promise<T>): Promise<T> {
    return await this.begin('REPEATABLE READ', async (tx) => {
      await tx.query('set transaction read only');
      await takeRole(tx, actor);
      return await look(tx);
    });
  }

  /** A look as the actor at what people own one by one (jobs), whatever the role: the database shows own rows only. */
  async mine<T>(actor: Actor, look: (tx: Tx) => Promise<T>): Promise<T> {
    return await this.begin('REPEATABLE READ', async (tx) => {
      await tx.query('set transaction read only');
      await takeOwnRows(tx, actor);
      return await look(tx);
    });
  }

  /** A write of a unit owner (accept, dispute), under the database's own checks. */
  async own<T>(actor: Actor, deed: (tx: Tx) => Promise<T>): Promise<T> {
    return await this.begin('READ COMMITTED', async (tx) => {
      await takeRole(tx, actor);
      return await deed(tx);
    });
  }

  private async begin<T>(isolation: 'READ COMMITTED' | 'REPEATABLE READ', deed: (tx: Tx) => Promise<T>): Promise<T> {
    const around = this.around.getStore();
    if (around === undefined) {
      return await this.dataSource.transaction(isolation, async (tx) => {
        allowances.set(tx, { url: this.url, threads: this.threads });
        return await deed(tx);
      });
    }
    return await around.transaction(deed); // a savepoint
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  async onModuleDestroy(): Promise<void> {
    await this.close();
  }
}

async function takeRole(tx: Tx, actor: Actor): Promise<void> {
  if (actor.role === 'unit_owner' || actor.holder === 'unit_owner') {
    if (actor.units.length === 0) WITHOUT_UNITS.publish({});
    await takeOwnRows(tx, actor);
  } else await tx.query('set local role answerable_books');
}

async function takeOwnRows(tx: Tx, actor: Actor): Promise<void> {
  await tx.query('set local role answerable_app');
  await tx.query(`select set_config('app.units', $1, true), set_config('app.user', $2, true)`, [
    actor.units.join('|'),
    String(actor.userId),
  ]);
}
