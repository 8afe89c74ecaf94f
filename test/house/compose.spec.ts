import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { configOf } from '../../src/config.ts';
import { packageRoot } from '../../src/package-root.ts';

/** The part of the Compose specification (compose-spec.json) that this file uses; other keys are refused. */
const DURATION = { type: 'string', pattern: '^(\\d+(ms|s|m|h))+$' };
const TEXT_OR_LIST = { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] };
const TEST = {
  type: 'array',
  minItems: 2,
  items: { type: 'string' },
  prefixItems: [{ enum: ['CMD', 'CMD-SHELL'] }],
};
const SERVICE = {
  type: 'object',
  additionalProperties: false,
  required: ['image', 'restart'],
  properties: {
    image: { type: 'string' },
    build: { type: 'string' },
    command: TEXT_OR_LIST,
    environment: { type: 'object', additionalProperties: { type: 'string' } },
    volumes: { type: 'array', items: { type: 'string', pattern: '^[a-z]+:/' } },
    ports: { type: 'array', items: { type: 'string', pattern: '^\\d+:\\d+$' } },
    shm_size: { type: 'string', pattern: '^\\d+(kb|mb|gb)$' },
    init: { type: 'boolean' },
    stop_grace_period: DURATION,
    restart: { enum: ['no', 'always', 'on-failure', 'unless-stopped'] },
    healthcheck: {
      type: 'object',
      additionalProperties: false,
      required: ['test', 'interval', 'timeout', 'retries'],
      properties: {
        test: TEST,
        interval: DURATION,
        timeout: DURATION,
        start_period: DURATION,
        retries: { type: 'integer' },
      },
    },
    depends_on: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['condition'],
        properties: { condition: { enum: ['service_started', 'service_healthy', 'service_completed_successfully'] } },
      },
    },
  },
};
const COMPOSE = {
  type: 'object',
  additionalProperties: false,
  required: ['services'],
  properties: {
    name: { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' },
    services: { type: 'object', additionalProperties: SERVICE },
    volumes: { type: 'object', additionalProperties: { type: 'null' } },
  },
};

interface Compose {
  services: Record<
    string,
    { environment: Record<string, string>; depends_on?: Record<string, object>; volumes?: string[] }
  >;
  volumes: Record<string, null>;
}

describe('docker-compose.yml', () => {
  const text = readFileSync(join(packageRoot, 'docker-compose.yml'), 'utf8');
  const compose = parse(text) as Compose;

  it('fits the Compose specification', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    ajv.validate(COMPOSE, compose);
    expect(ajv.errors ?? []).toEqual([]);
  });

  it('names only services and volumes that are there', () => {
    for (const service of Object.values(compose.services)) {
      for (const name of Object.keys(service.depends_on ?? {})) expect(compose.services).toHaveProperty(name);
      for (const volume of service.volumes ?? []) expect(compose.volumes).toHaveProperty(volume.split(':')[0]!);
    }
  });

  it('has no secret of its own', () => {
    for (const [, name] of text.matchAll(/\$\{([A-Z_]*(?:PASSWORD|SECRET|KEY|TOKEN))(?!:\?)/g))
      expect([name]).toEqual([]);
  });

  it.each(['migrate', 'service'])('gives %s an environment that the product takes', (name) => {
    const given = Object.entries(compose.services[name]!.environment).map(([variable, value]) => [
      variable,
      value
        .replace(/\$\{([A-Z_]+):-([^}]*)\}/g, '$2')
        .replace(/\$\{([A-Z_]+)(:\?[^}]*)?\}/g, (_match, secret: string) => `${secret}-`.repeat(4)),
    ]);
    const config = configOf(Object.fromEntries(given) as Record<string, string>);
    expect(new URL(config.databaseUrl!).username).toBe('answerable_app');
  });
});
