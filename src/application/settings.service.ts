import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/errors.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import { companyRow } from '../persistence/close-inputs.queries.ts';
import { Database } from '../persistence/database.ts';
import { mailsOnIssue, setMailsOnIssue } from '../persistence/mails.queries.ts';
import { setOnePerson } from '../persistence/periods.queries.ts';
import { audit } from './audit.ts';

export interface Settings {
  readonly company: string;
  readonly currency: string;
  readonly timeZone: string;
  /** one person may prepare and approve */
  readonly onePerson: boolean;
  /** statements are mailed to the owners of their units when they are issued */
  readonly mailOnIssue: boolean;
}

/** How the company works with the product: what an admin sets, with a reason. */
@Injectable()
export class SettingsService {
  constructor(private readonly db: Database) {}

  async show(actor: Actor): Promise<Settings> {
    if (actor.role !== 'admin') requireRight(actor, 'read_all');
    const [company, mailOnIssue] = await this.db.books(async (tx) => [await companyRow(tx), await mailsOnIssue(tx)]);
    if (!company)
      throw new Refusal('no_company', 'there is no company yet', { next: 'answerable import company company.yaml' });
    return {
      company: company.name,
      currency: company.currency,
      timeZone: company.timeZone,
      onePerson: company.onePerson,
      mailOnIssue,
    };
  }

  /** Statements are mailed to the owners of their units whenever they are issued. */
  async setMailOnIssue(actor: Actor, mailOnIssue: boolean): Promise<void> {
    requireRight(actor, 'administer');
    await this.db.books(async (tx) => {
      const company = await companyRow(tx);
      if (!company) throw new Refusal('no_company', 'there is no company yet');
      const before = await mailsOnIssue(tx);
      if (before === mailOnIssue) return;
      await setMailsOnIssue(tx, mailOnIssue);
      await audit(tx, actor, {
        deed: 'company.mail_on_issue',
        object: { kind: 'company', key: company.name },
        before: { mailOnIssue: before },
        after: { mailOnIssue },
      });
    });
  }

  /** One person may prepare, approve and issue: for companies that have no second one. It is printed on every statement. */
  async setOnePerson(actor: Actor, onePerson: boolean, reason: string): Promise<void> {
    requireRight(actor, 'administer');
    if (reason.trim() === '')
      throw new Refusal('reason_missing', 'one-person mode needs a reason', {
        next: `answerable settings one-person ${onePerson ? 'on' : 'off'} --reason "…"`,
      });
    await this.db.books(async (tx) => {
      const before = await companyRow(tx);
      if (!before) throw new Refusal('no_company', 'there is no company yet');
      if (before.onePerson === onePerson) return;
      await setOnePerson(tx, onePerson);
      await audit(tx, actor, {
        deed: 'company.one_person',
        object: { kind: 'company', key: before.name },
        before: { onePerson: before.onePerson },
        after: { onePerson },
        reason,
      });
    });
  }
}
