import 'reflect-metadata';
import { join, resolve } from 'node:path';
import type * as ClassTransformer from 'class-transformer';
import type * as ClassValidator from 'class-validator';
import { commonJs } from './common-js.ts';

const { plainToInstance, Transform } = commonJs('class-transformer') as typeof ClassTransformer;
const { IsIn, IsInt, IsOptional, Matches, Max, Min, MinLength, validateSync } = commonJs(
  'class-validator',
) as typeof ClassValidator;

/** What the README's table says of one environment variable; the table is generated from these. */
export interface Setting {
  readonly variable: string;
  /** one line for a person */
  readonly about: string;
  /** what a good value looks like; closes the message when a value is not good */
  readonly wants: string;
  /** what holds when the variable is absent or empty */
  readonly otherwise: string;
  /** never printed */
  readonly secret: boolean;
}

const settings = new Map<string, Setting>();

function Env(variable: string, setting: { about: string; wants: string; otherwise: string; secret?: boolean }) {
  return (target: object, property: string): void => {
    settings.set(property, { variable, secret: false, ...setting });
    IsOptional()(target, property);
  };
}
/** Plain digits only: 0x10 and 3e3 are somebody's mistake. */
const ToNumber = (): PropertyDecorator =>
  Transform(({ value }: { value: string }) => (/^\d+$/.test(value) ? Number(value) : NaN));

const POSTGRES_URL = /^postgres(ql)?:\/\/[^/\s]+\/[^/\s?]+(\?\S*)?$/;
const HTTP_URL = /^https?:\/\/[^\s/]+(\/\S*)?$/;
/** A password in it would be shown; keys go into the headers. */
const COLLECTOR_URL = /^https?:\/\/[^\s/@]+(\/[^\s@]*)?$/;
const WANTS_POSTGRES = 'postgres://USER:PASSWORD@HOST:PORT/DATABASE';

/** The environment, checked. Twelve-factor: nothing is configured anywhere else, and no secret has a default. */
export class Config {
  @Env('DATABASE_URL', {
    about: 'PostgreSQL 15 or newer, as the login `answerable_app`',
    wants: WANTS_POSTGRES,
    otherwise: 'embedded PostgreSQL below `ANSWERABLE_HOME`',
    secret: true,
  })
  @Matches(POSTGRES_URL)
  readonly databaseUrl?: string;

  @Env('DATABASE_MIGRATOR_URL', {
    about:
      'who changes the schema: `answerable_migrator`, or a superuser that also makes roles and database; only `migrate` reads it',
    wants: WANTS_POSTGRES,
    otherwise: 'only embedded PostgreSQL is migrated',
    secret: true,
  })
  @Matches(POSTGRES_URL)
  readonly databaseMigratorUrl?: string;

  @Env('ANSWERABLE_HOME', {
    about: 'folder of the embedded PostgreSQL and of the demo company',
    wants: 'a folder that can be written',
    otherwise: '`.answerable` in the working directory',
  })
  @Transform(({ value }: { value: string }) => resolve(value))
  @Matches(/./)
  readonly home: string = resolve('.answerable');

  @Env('ANSWERABLE_TOKEN', {
    about: 'who acts on the command line: a token of `answerable token create`',
    wants: '`answerable_` and 43 letters, digits, `-` or `_`',
    otherwise: 'embedded PostgreSQL only: `--as USER`, or `finance`',
    secret: true,
  })
  @Matches(/^answerable_[A-Za-z0-9_-]{43}$/)
  readonly token?: string;

  @Env('ANSWERABLE_LINGER_SECONDS', {
    about: 'how long the embedded PostgreSQL waits for the next command before it stops',
    wants: 'a whole number from 0 to 86400',
    otherwise: '2',
  })
  @ToNumber()
  @IsInt()
  @Min(0)
  @Max(86_400)
  readonly lingerSeconds: number = 2;

  @Env('ANSWERABLE_THREADS', {
    about:
      'how many threads may work on one deed: read the facts of a close, one for every seven million contacts of the month; import large files of a folder; tell effects on retention beside the roll-up',
    wants: 'a whole number from 1 to 64',
    otherwise: '1 reads facts; where there are two cores, 2 for files and effects',
  })
  @ToNumber()
  @IsInt()
  @Min(1)
  @Max(64)
  readonly threads?: number;

  @Env('ANSWERABLE_PSEUDONYM_KEY', {
    about: 'key of the hash that replaces customer ids where `company.yaml` says `pseudonymise: true`',
    wants: 'at least 32 characters; the same for ever, or customers no longer match',
    otherwise: 'such a company cannot import',
    secret: true,
  })
  @MinLength(32)
  readonly pseudonymKey?: string;

  @Env('PORT', {
    about: 'port of the service',
    wants: 'a port number from 1 to 65535',
    otherwise: '3000',
  })
  @ToNumber()
  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly port: number = 3000;

  @Env('METRICS_PORT', {
    about: 'port of /metrics (Prometheus), which is not for the public',
    wants: 'a port number from 1 to 65535',
    otherwise: 'no metrics',
  })
  @ToNumber()
  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly metricsPort?: number;

  @Env('PUBLIC_URL', {
    about: 'address under which people reach the service, for links',
    wants: 'http://HOST or https://HOST',
    otherwise: '`http://localhost:PORT`',
  })
  @Matches(HTTP_URL)
  readonly publicUrl?: string;

  @Env('SESSION_SECRET', {
    about: 'signs the sessions of the pages; with `DATABASE_URL` the service does not start without it',
    wants: 'at least 32 characters, e.g. of `openssl rand -hex 32`',
    otherwise: 'none (there is no default)',
    secret: true,
  })
  @MinLength(32)
  readonly sessionSecret?: string;

  @Env('OIDC_ISSUER', {
    about: 'server of the organisation by which people sign in (OpenID Connect); with `OIDC_CLIENT_ID`',
    wants: 'https://HOST, or http://localhost for tests',
    otherwise: 'passwords and tokens only',
  })
  @Matches(/^(https:\/\/[^\s/]+|http:\/\/(localhost|127\.0\.0\.1)(:\d+)?)(\/\S*)?$/)
  readonly oidcIssuer?: string;

  @Env('OIDC_CLIENT_ID', {
    about: 'name of this service at that server; its redirect address is `PUBLIC_URL/sign-in/oidc/callback`',
    wants: 'what the server gave',
    otherwise: 'no sign-in by OpenID Connect',
  })
  @MinLength(1)
  readonly oidcClientId?: string;

  @Env('OIDC_CLIENT_SECRET', {
    about: 'secret of this service at that server',
    wants: 'what the server gave',
    otherwise: 'a public client: PKCE alone',
    secret: true,
  })
  @MinLength(1)
  readonly oidcClientSecret?: string;

  @Env('SMTP_URL', {
    about: 'mail server by which issued statements go to their owners',
    wants: 'smtp://USER:PASSWORD@HOST:PORT, or smtps:// for TLS from the first byte',
    otherwise: '`MAIL_FOLDER`',
    secret: true,
  })
  @Matches(/^smtps?:\/\/[^\s/]+\/?(\?\S*)?$/)
  readonly smtpUrl?: string;

  @Env('MAIL_FOLDER', {
    about: 'folder in which mails are kept as .eml files instead of being sent',
    wants: 'a folder that can be written',
    otherwise: 'embedded PostgreSQL only: `mail` below `ANSWERABLE_HOME`; else mail is off',
  })
  @Transform(({ value }: { value: string }) => resolve(value))
  @Matches(/./)
  readonly mailFolder?: string;

  @Env('MAIL_FROM', {
    about: 'sender of the mails',
    wants: 'an address like answerable@example.com',
    otherwise: '`answerable@` and the host of `PUBLIC_URL`',
  })
  @Matches(/^[^\s@<>(),:;"[\]\\]+@[^\s@<>(),:;"[\]\\]+$/)
  readonly mailFrom?: string;

  @Env('MAIL_LANGUAGE', {
    about: 'language of the mails',
    wants: 'en or de',
    otherwise: 'en',
  })
  @IsIn(['en', 'de'])
  readonly mailLanguage: 'en' | 'de' = 'en';

  @Env('OTEL_EXPORTER_OTLP_ENDPOINT', {
    about: 'collector of traces (OpenTelemetry, OTLP over HTTP); its other `OTEL_*` variables hold, too',
    wants: 'http://HOST:PORT or https://HOST:PORT',
    otherwise: 'no traces, and nothing of OpenTelemetry is loaded',
  })
  @Matches(COLLECTOR_URL)
  readonly otlpEndpoint?: string;

  @Env('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', {
    about: 'the same with its whole path, for traces alone',
    wants: 'http://HOST:PORT/PATH or https://HOST:PORT/PATH',
    otherwise: '`/v1/traces` below `OTEL_EXPORTER_OTLP_ENDPOINT`',
  })
  @Matches(COLLECTOR_URL)
  readonly otlpTracesEndpoint?: string;

  @Env('OTEL_EXPORTER_OTLP_HEADERS', {
    about: 'what that collector wants to be sent with them, such as a key',
    wants: 'NAME=VALUE, several with commas between',
    otherwise: 'no headers',
    secret: true,
  })
  @Matches(/^[^=,\s]+=[^,]*(,\s*[^=,\s]+=[^,]*)*$/)
  readonly otlpHeaders?: string;

  @Env('LOG_LEVEL', {
    about: 'how much the service logs (JSON lines on stderr)',
    wants: 'fatal, error, warn, info, debug or silent',
    otherwise: 'info; for the demo warn',
  })
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
  readonly logLevel: string = 'info';

  /** Address for people. */
  get address(): string {
    return this.publicUrl ?? `http://localhost:${this.port}`;
  }

  /** Where traces go; absent: nowhere. */
  get tracesTo(): string | undefined {
    return this.otlpTracesEndpoint ?? this.otlpEndpoint;
  }

  /** The same with other values, for a part that needs them. */
  with(values: Partial<Pick<Config, 'home' | 'logLevel'>>): Config {
    return Object.assign(Object.create(this) as Config, values);
  }
}

/** How mail leaves the house; null: it does not. */
export function mailOf(config: Config): {
  smtpUrl: string | undefined;
  folder: string | undefined;
  from: string;
  language: 'en' | 'de';
  address: string;
} | null {
  const { smtpUrl, address, mailLanguage: language } = config;
  const folder = config.mailFolder ?? (config.databaseUrl === undefined ? join(config.home, 'mail') : undefined);
  if (smtpUrl === undefined && folder === undefined) return null;
  return { smtpUrl, folder, from: config.mailFrom ?? `answerable@${new URL(address).hostname}`, language, address };
}

/** Every variable, in the order of the table. */
export const SETTINGS: ReadonlyMap<string, Setting> = settings;

/** The environment cannot be taken: one line per variable, all at once (shell exit 2). */
export class InvalidConfig extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'InvalidConfig';
  }
}

/** The checked environment. @throws InvalidConfig naming each variable, what it got and what it wants */
export function configOf(environment: Readonly<Record<string, string | undefined>>): Config {
  const given: Record<string, string> = {};
  for (const [property, { variable }] of settings) {
    const value = environment[variable]?.trim();
    if (value) given[property] = value; // an empty variable is an absent one: compose files set them so
  }
  const config = plainToInstance(Config, given, { exposeDefaultValues: true });
  const bad = new Set(validateSync(config).map((error) => error.property));
  const faults = [...settings]
    .filter(([property]) => bad.has(property))
    .map(([property, s]) => fault(s, given[property]));
  if (faults.length > 0) throw new InvalidConfig(faults);
  return config;
}

/** What a service that others reach needs beside. @throws InvalidConfig */
export function requireServiceSecrets(config: Config): void {
  if (config.databaseUrl === undefined || config.sessionSecret !== undefined) return;
  throw new InvalidConfig([fault(settings.get('sessionSecret')!, undefined)]);
}

function fault(setting: Setting, got: string | undefined): string {
  const shown =
    got === undefined ? 'nothing' : setting.secret ? `${got.length} characters that do not fit` : `"${got}"`;
  return `${setting.variable}: got ${shown}, wants ${setting.wants.replaceAll('`', '')}`;
}

/** Value as it may be printed: secrets masked, of an address only the password. */
export function shownValue(setting: Setting, value: string): string {
  if (!setting.secret) return value;
  const address = /^([a-z]+:\/\/)([^@/]*)@(.*)$/.exec(value);
  if (address === null) return '***';
  return `${address[1]}${address[2]!.replace(/:.*$/, ':***')}@${address[3]!.replace(/\?.*$/, '')}`;
}

/** The README's table. */
export function configurationTable(): string {
  const rows = [...settings.values()].map((s) => `| \`${s.variable}\` | ${s.about} | ${s.wants} | ${s.otherwise} |`);
  return ['| variable | what for | wants | when absent |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
