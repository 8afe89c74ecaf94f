import type { ClientRateLimitInfo, IncrementResponse, Options, Store } from 'express-rate-limit';
import { sha256 } from '../domain/ids.ts';
import type { Database } from '../persistence/database.ts';
import { countGuess, guessesOf, type Guesses } from '../persistence/guess.queries.ts';

/** Counts in the database: every process of the service sees the same, and a restart forgets none. Addresses are hashed. */
export class GuessStore implements Store {
  readonly localKeys = false;
  private windowSeconds = 0;

  constructor(
    private readonly db: Database,
    private readonly of: string,
  ) {}

  init({ windowMs }: Pick<Options, 'windowMs'>): void {
    this.windowSeconds = windowMs / 1_000;
  }

  async get(key: string): Promise<ClientRateLimitInfo | undefined> {
    const seen = await this.db.books((tx) => guessesOf(tx, this.keyOf(key)));
    return seen === undefined ? undefined : shown(seen);
  }

  async increment(key: string): Promise<IncrementResponse> {
    return shown(await this.db.books((tx) => countGuess(tx, this.keyOf(key), 1, this.windowSeconds)));
  }

  async decrement(key: string): Promise<void> {
    await this.db.books((tx) => countGuess(tx, this.keyOf(key), -1, this.windowSeconds));
  }

  async resetKey(): Promise<void> {
    // Windows end by themselves.
  }

  private keyOf(key: string): string {
    return sha256(`${this.of} ${key}`);
  }
}

const shown = ({ hits, resetsAt }: Guesses): IncrementResponse => ({ totalHits: hits, resetTime: resetsAt });
