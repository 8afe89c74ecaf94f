import { Injectable } from '@nestjs/common';
import { sha256 } from '../domain/ids.ts';
import { Refusal } from '../domain/errors.ts';
import { Database } from '../persistence/database.ts';
import { lockEntity } from '../persistence/idempotency.queries.ts';

/** Version of what somebody was shown: an entity tag (RFC 9110). */
export function versionTag(shown: unknown): string {
  return `"${sha256(JSON.stringify(shown)).slice(0, 32)}"`;
}

/** Edits by people who have seen what they edit. */
@Injectable()
export class VersionsService {
  constructor(private readonly db: Database) {}

  /**
   * In the transaction of an edit, before it: other edits through this door wait until it ends.
   * @param entity what is edited, e.g. `user ravi`
   * @param seen the tags of which one must be the present one, `If-Match`; absent: whatever it is
   * @throws Refusal changed_meanwhile
   */
  async requireUnchanged(entity: string, seen: string | undefined, look: () => Promise<unknown>): Promise<void> {
    await this.db.books((tx) => lockEntity(tx, entity));
    if (seen === undefined || seen.trim() === '*') return;
    const tags = seen.split(',').map((tag) => tag.trim());
    if (tags.includes(versionTag(await look()))) return;
    throw new Refusal('changed_meanwhile', `${entity} is not any more what If-Match names`, {
      kind: 'conflict',
      next: 'read it again, and decide again',
    });
  }
}
