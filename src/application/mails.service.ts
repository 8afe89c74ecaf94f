import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '../domain/errors.ts';
import { sha256 } from '../domain/ids.ts';
import type { Period } from '../domain/period.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import { packageRoot } from '../package-root.ts';
import { companyRow } from '../persistence/close-inputs.queries.ts';
import { Database } from '../persistence/database.ts';
import { knownMails, mailOwners, setMailAddress } from '../persistence/mails.queries.ts';
import { userByLogin } from '../persistence/users.queries.ts';
import { audit } from './audit.ts';
import { IssuedService } from './issued.service.ts';
import { MAIL_OPTIONS, noTransport, sendMail, type MailOptions } from './mail-transport.ts';
import { queueMails, type MailReport } from './mail-queue.ts';
import { UsersService } from './users.service.ts';

/** One statement on its way to one owner. */
export interface Mail {
  readonly period: Period;
  readonly number: string;
  readonly unit: string;
  /** number of the owner */
  readonly to: number;
}

const ADDRESS = /^[^\s@<>(),:;"[\]\\]+@[^\s@<>(),:;"[\]\\]+$/;

/** Issued statements to the owners of their units, each to whoever may see it: written with the reader's own eyes. */
@Injectable()
export class MailsService {
  constructor(
    private readonly db: Database,
    private readonly users: UsersService,
    private readonly issued: IssuedService,
    @Inject(MAIL_OPTIONS) private readonly options: MailOptions | null,
  ) {}

  /**
   * Puts the standing statements of a period on their way. @param which.again those that were mailed before, too
   * @throws Refusal not_issued, no_mail_server
   */
  async mail(
    actor: Actor,
    period: Period,
    which: { readonly unit?: string | undefined; readonly again?: boolean | undefined } = {},
  ): Promise<MailReport> {
    requireRight(actor, 'mail');
    await this.issued.files(actor, period, { unit: which.unit });
    if (this.options === null)
      throw new Refusal('no_mail_server', 'no mail server is configured', { next: 'set SMTP_URL or MAIL_FOLDER' });
    return await this.db.books((tx) => queueMails(tx, actor, period, which));
  }

  /** How many of a period's standing statements are on their way to an owner, or there. */
  async count(actor: Actor, period: Period): Promise<number> {
    requireRight(actor, 'read_all');
    return (await this.db.books((tx) => knownMails(tx, period))).size;
  }

  /** Sends one; a second sending has the same Message-ID. @throws TryLater, Refusal */
  async send(actor: Actor, mail: Mail): Promise<{ to: string; statement: string; sha256: string }> {
    requireRight(actor, 'mail');
    if (this.options === null) throw noTransport();
    const { period, number, unit } = mail;
    const reader = await this.users.actorById(mail.to);
    const owner = (await this.db.books(mailOwners)).find(({ user_id: id }) => id === String(mail.to));
    if (owner?.address == null)
      throw new Refusal('no_address', `${reader.login} has no address, or owns no unit any more`, {
        next: `answerable user mail ${reader.login} ADDRESS`,
      });
    const version = Number(number.slice(number.lastIndexOf('/') + 1));
    // What the reader may not see is not there to be sent.
    const [statement] = await this.issued.files(reader, period, { unit, version });
    const { name: file, file: content } = statement!;
    const company = (await this.db.books(companyRow))!.name;
    const { language, from, address } = this.options;
    const link = new URL(`/statements/${period}/${encodeURIComponent(unit)}`, address).href;
    const [subject, text] = textOf(language, {
      ...{ company, unit, period, number, file, link, name: reader.name, sha256: content.sha256 },
      issuedAt: content.issuedAt.slice(0, 10),
      ...{ headNo: String(content.head.no), headHash: content.head.hash },
    });
    const messageId = `<${sha256(`${number} ${mail.to} ${content.sha256}`).slice(0, 32)}@answerable>`;
    await sendMail(
      this.options,
      {
        ...{ from, subject, text, messageId },
        to: { name: reader.name, address: owner.address },
        headers: { 'Auto-Submitted': 'auto-generated' },
        attachments: [{ filename: file, content: JSON.stringify(content), contentType: 'application/json' }],
      },
      `${file.replace(/\.json$/, '')}-${reader.login.replace(/[^a-z0-9._-]/g, '_')}.eml`,
    );
    await this.db.books((tx) =>
      audit(tx, actor, {
        deed: 'statement.mail',
        object: { kind: 'statement', key: number },
        after: { to: reader.login, address: owner.address, sha256: content.sha256 },
      }),
    );
    return { to: reader.login, statement: number, sha256: content.sha256 };
  }

  /** Where somebody's mail goes; null: to the login, when that is an address. @throws Refusal bad_address, unknown_user */
  async setAddress(actor: Actor, login: string, address: string | null): Promise<void> {
    requireRight(actor, 'administer');
    if (address !== null && (address.length > 254 || !ADDRESS.test(address)))
      throw new Refusal('bad_address', 'that is no address of one person, like ravi@example.com');
    await this.db.books(async (tx) => {
      const user = await userByLogin(tx, login);
      if (user === undefined)
        throw new Refusal('unknown_user', `there is no user ${login}`, {
          kind: 'not_found',
          next: 'answerable user list',
        });
      await setMailAddress(tx, user.userId, address);
      await audit(tx, actor, {
        deed: 'user.mail_address',
        object: { kind: 'user', key: user.login },
        after: { mailAddress: address },
      });
    });
  }
}

/** The template's first line is the subject; the values are one line each, so that none becomes a header or a text of its own. */
function textOf(language: 'en' | 'de', values: Readonly<Record<string, string>>): [subject: string, text: string] {
  const template = readFileSync(join(packageRoot, 'templates', 'mail', `${language}.txt`), 'utf8');
  const filled = (text: string): string =>
    text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name]!.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '));
  const [subject = '', ...lines] = template.split('\n');
  return [filled(subject), filled(lines.slice(1).join('\n'))];
}
