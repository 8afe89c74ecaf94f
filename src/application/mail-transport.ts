import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { Refusal } from '../domain/errors.ts';
import { TryLater } from './failure.ts';

/** How mail leaves the house. */
export interface MailOptions {
  /** smtp://USER:PASSWORD@HOST:PORT; else `folder` */
  readonly smtpUrl?: string | undefined;
  /** where mails go as .eml files */
  readonly folder?: string | undefined;
  readonly from: string;
  readonly language: 'en' | 'de';
  /** address of the service, for links */
  readonly address: string;
}

export const MAIL_OPTIONS = Symbol('mail options');

/** A minute, then longer, for a day and more: a mail server that is away comes back. */
const DELAYS_SECONDS = [60, 300, 1_800, 7_200, 21_600, 43_200, 86_400];
const CONNECT_MS = 10_000;
const SOCKET_MS = 30_000;
/** What is in a mail is ours: nothing is fetched for it. */
const CLOSED = { disableFileAccess: true, disableUrlAccess: true };

/** Gives a mail out of the house. @throws TryLater when nobody takes it now; Refusal mail_refused when nobody ever will */
export async function sendMail(options: MailOptions, mail: SendMailOptions, fileName: string): Promise<void> {
  if (options.smtpUrl === undefined) return await keepMail(options.folder!, mail, fileName);
  const transport = createTransport(options.smtpUrl, { ...CLOSED });
  Object.assign(transport.options, {
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SOCKET_MS,
  });
  try {
    await transport.sendMail({ ...mail, ...CLOSED });
  } catch (error) {
    const { code = 'unknown', responseCode } = error as { code?: string; responseCode?: number };
    const said = `the mail server did not take it (${[code, responseCode].filter(Boolean).join(' ')})`;
    // 5yz of the envelope or the message is for good (RFC 5321); of signing in, somebody may mend it.
    if (responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH')
      throw new Refusal('mail_refused', said, { next: 'mend the address: answerable user mail LOGIN ADDRESS' });
    throw new TryLater(said, DELAYS_SECONDS);
  } finally {
    transport.close();
  }
}

/** There at once and whole, or not at all. */
async function keepMail(folder: string, mail: SendMailOptions, fileName: string): Promise<void> {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows', ...CLOSED });
  const { message } = await transport.sendMail({ ...mail, ...CLOSED });
  await mkdir(folder, { recursive: true });
  const path = join(folder, fileName);
  await writeFile(`${path}.part`, message as Buffer, { mode: 0o600 });
  await rename(`${path}.part`, path);
}

/** No transport is configured: the mail waits, in case somebody configures one. */
export function noTransport(): TryLater {
  return new TryLater('no mail server is configured: set SMTP_URL or MAIL_FOLDER', DELAYS_SECONDS);
}
