import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { packageVersion } from '../package-root.ts';
import { Database } from '../persistence/database.ts';

const PATIENCE_MS = 2_000;

/** For whoever runs the service: does it live, can it work. Open to all; says nothing of the company. */
@Controller()
export class HealthController {
  constructor(private readonly db: Database) {}

  /** The process answers. */
  @Get('healthz')
  alive(): { status: 'ok'; version: string } {
    return { status: 'ok', version: packageVersion };
  }

  /** The database answers, with the schema and the role of the books. 503 says why not. */
  @Get('readyz')
  async ready(): Promise<{ status: 'ok' }> {
    try {
      await within(
        PATIENCE_MS,
        this.db.books((tx) => tx.query('select from period limit 1')),
      );
    } catch (error) {
      throw new ServiceUnavailableException({ status: 'unavailable', why: reason(error) });
    }
    return { status: 'ok' };
  }
}

async function within<T>(milliseconds: number, deed: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), milliseconds);
  });
  return await Promise.race([deed, late]).finally(() => clearTimeout(timer));
}

/** In our words: the driver's own would tell hosts and logins. */
function reason(error: unknown): string {
  const { code } = error as { code?: string };
  if (code === '42P01') return 'the schema is not there; run answerable migrate';
  if (code === '53100') return 'the disk of the database is full';
  return 'the database does not answer';
}
