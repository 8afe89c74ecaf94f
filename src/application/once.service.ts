import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/errors.ts';
import type { Actor } from '../domain/roles.ts';
import { Database } from '../persistence/database.ts';
import { keepAnswer, keptAnswer, lockKey } from '../persistence/idempotency.queries.ts';

export interface Answer {
  readonly status: number;
  /** what JSON can say */
  readonly body: unknown;
}

/** Once: the same request any number of times has one effect, and one answer. */
@Injectable()
export class OnceService {
  constructor(private readonly db: Database) {}

  /**
   * Does a deed and keeps its answer under the sender's key, in one transaction; under a known key it gives that answer.
   * A refused deed leaves no trace, so its key is free.
   * @param request.fingerprint of all that the request says
   * @param request.shownOnce fields of the answer that are not kept
   * @throws Refusal key_reused (another request), in_flight; and what the deed throws
   */
  async once(
    actor: Actor,
    request: { readonly key: string; readonly fingerprint: string; readonly shownOnce: readonly string[] },
    deed: () => Promise<Answer>,
  ): Promise<Answer & { readonly replayed: boolean }> {
    const { key, fingerprint, shownOnce } = request;
    return await this.db.whole(async () => {
      const isFree = await this.db.books((tx) => lockKey(tx, actor.userId, key));
      if (!isFree)
        throw new Refusal('in_flight', 'a request with this Idempotency-Key is under way', {
          kind: 'conflict',
          next: 'send it again in a moment',
        });
      const kept = await this.db.books((tx) => keptAnswer(tx, actor.userId, key));
      if (kept !== undefined) {
        if (kept.fingerprint !== fingerprint)
          throw new Refusal('key_reused', 'this Idempotency-Key was used for another request', {
            next: 'take a new key for a new request',
          });
        return { status: kept.status, body: JSON.parse(kept.answer) as unknown, replayed: true };
      }
      const answer = await deed();
      const body = JSON.stringify(answer.body ?? null, (name, value: unknown) =>
        shownOnce.includes(name) ? undefined : value,
      );
      await this.db.books((tx) =>
        keepAnswer(tx, actor.userId, key, { fingerprint, status: answer.status, answer: body }),
      );
      return { ...answer, replayed: false };
    });
  }
}
