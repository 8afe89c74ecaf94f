import { resolve } from 'node:path';
import { configOf, InvalidConfig, requireServiceSecrets, SETTINGS, shownValue } from '../src/config.ts';

const APP_URL = 'postgres://answerable_app:hidden@db.example:5432/answerable';
const SECRET = 'x'.repeat(32);

function faultsOf(deed: () => unknown): readonly string[] {
  try {
    deed();
  } catch (error) {
    if (error instanceof InvalidConfig) return error.faults;
    throw error;
  }
  return [];
}

describe('configOf', () => {
  it('needs nothing: an embedded database in .answerable, port 3000', () => {
    const config = configOf({});
    expect(config).toMatchObject({ port: 3000, home: resolve('.answerable'), lingerSeconds: 2, logLevel: 'info' });
    expect(config.databaseUrl).toBeUndefined();
    expect(config.address).toBe('http://localhost:3000');
  });

  it('takes what the environment says, an empty variable as absent', () => {
    const config = configOf({ DATABASE_URL: APP_URL, PORT: '8080', LOG_LEVEL: '', PUBLIC_URL: 'https://a.example/x' });
    expect(config).toMatchObject({
      databaseUrl: APP_URL,
      port: 8080,
      logLevel: 'info',
      address: 'https://a.example/x',
    });
  });

  it('names every variable that it cannot take, at once, with what it got and what it wants', () => {
    const faults = faultsOf(() =>
      configOf({ PORT: '70000', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://a/b', SESSION_SECRET: 'short' }),
    );
    expect(faults).toEqual([
      'DATABASE_URL: got 11 characters that do not fit, wants postgres://USER:PASSWORD@HOST:PORT/DATABASE',
      'PORT: got "70000", wants a port number from 1 to 65535',
      'SESSION_SECRET: got 5 characters that do not fit, wants at least 32 characters, e.g. of openssl rand -hex 32',
      'LOG_LEVEL: got "loud", wants fatal, error, warn, info, debug or silent',
    ]);
  });

  it.each([
    ['PORT', ['0x10', '3000.5', '-1', '3e3', 'NaN', '0']],
    ['DATABASE_URL', ['postgres://host', 'postgres:///db', 'http://host/db', 'postgres://host/']],
    ['ANSWERABLE_TOKEN', ['answerable_', 'secret']],
    ['ANSWERABLE_LINGER_SECONDS', ['-1', 'long', '86401']],
    ['PUBLIC_URL', ['example.com', 'ftp://example.com']],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', ['collector:4318', 'grpc://collector:4317', 'http://key:secret@collector']],
    ['OTEL_EXPORTER_OTLP_HEADERS', ['key', '=value']],
  ])('refuses %s of %j', (variable, values) => {
    for (const value of values) {
      expect(faultsOf(() => configOf({ [variable]: value }))).toEqual([expect.stringMatching(`^${variable}: got `)]);
    }
  });

  it('never prints a secret, not even when it is refused', () => {
    const secrets = [...SETTINGS.values()].filter((setting) => setting.secret).map((setting) => setting.variable);
    expect(secrets).toContain('SESSION_SECRET');
    for (const variable of secrets) {
      expect(faultsOf(() => configOf({ [variable]: 'hunter2' })).join()).not.toContain('hunter2');
    }
  });
});

describe('a service that others reach', () => {
  it('does not start on DATABASE_URL without a session secret', () => {
    expect(faultsOf(() => requireServiceSecrets(configOf({ DATABASE_URL: APP_URL })))).toEqual([
      'SESSION_SECRET: got nothing, wants at least 32 characters, e.g. of openssl rand -hex 32',
    ]);
    expect(faultsOf(() => requireServiceSecrets(configOf({ DATABASE_URL: APP_URL, SESSION_SECRET: SECRET })))).toEqual(
      [],
    );
    expect(faultsOf(() => requireServiceSecrets(configOf({})))).toEqual([]);
  });
});

describe('shownValue', () => {
  const setting = (property: string) => SETTINGS.get(property)!;

  it('masks the password of an address and the whole of another secret', () => {
    expect(shownValue(setting('databaseUrl'), APP_URL)).toBe(
      'postgres://answerable_app:***@db.example:5432/answerable',
    );
    expect(shownValue(setting('databaseUrl'), 'postgres://h/d?password=p')).toBe('***');
    expect(shownValue(setting('databaseUrl'), 'postgres://a:b@h/d?password=p')).toBe('postgres://a:***@h/d');
    expect(shownValue(setting('sessionSecret'), SECRET)).toBe('***');
    expect(shownValue(setting('port'), '3000')).toBe('3000');
  });
});
