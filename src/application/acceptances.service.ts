import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/errors.ts';
import type { Period } from '../domain/period.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import { acceptances, insertAcceptance, type AcceptanceRow } from '../persistence/acceptances.queries.ts';
import { Database } from '../persistence/database.ts';
import { lockRulings } from '../persistence/disputes.queries.ts';
import { issuedStatements } from '../persistence/issues.queries.ts';
import { audit } from './audit.ts';

export interface Acceptance {
  /** of the issued statement */
  readonly number: string;
  readonly unit: string;
  readonly acceptedBy: string;
  readonly acceptedAt: Date;
}

/** Owners accept issued statements: what is accepted is not disputed any more. */
@Injectable()
export class AcceptancesService {
  constructor(private readonly db: Database) {}

  /** Acceptances of a period's statements, every version, of the units that the actor may see. */
  async list(actor: Actor, period: Period): Promise<Acceptance[]> {
    requireRight(actor, 'read_statement');
    return (await this.db.read(actor, (tx) => acceptances(tx, period))).map(shown);
  }

  /**
   * Accepts the standing version of a unit's statement, by its owner. @throws Refusal not_issued (also for another's
   * unit), accepted_already
   */
  async accept(actor: Actor, period: Period, unit: string): Promise<Acceptance> {
    requireRight(actor, 'accept');
    return await this.db.own(actor, async (tx) => {
      await lockRulings(tx);
      const [statement] = await issuedStatements(tx, period, { unit });
      if (statement === undefined)
        throw new Refusal('not_issued', `there is no issued statement of ${unit} for ${period}`, {
          kind: 'not_found',
          next: `answerable statements ${period}`,
        });
      if (!(await insertAcceptance(tx, statement.number, unit, actor.userId)))
        throw new Refusal('accepted_already', `statement ${statement.number} is accepted already`, {
          kind: 'conflict',
        });
      await audit(tx, actor, {
        deed: 'statement.accept',
        object: { kind: 'statement', key: statement.number },
        after: { sha256: statement.sha256 },
      });
      return shown((await acceptances(tx, period)).find((row) => row.number === statement.number)!);
    });
  }
}

function shown(row: AcceptanceRow): Acceptance {
  return {
    number: row.number,
    unit: row.unit_code,
    acceptedBy: row.accepted_by,
    acceptedAt: row.accepted_at,
  };
}
