import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { configOf } from '../../src/config.ts';
import { packageRoot } from '../../src/package-root.ts';
import { ROLES } from '../../src/persistence/distribute.ts';

/** The part of the Compose specification (compose-spec.json) that these files use; other keys are refused. */
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
    entrypoint: TEXT_OR_LIST,
    networks: { type: 'array', items: { type: 'string' } },
    environment: { type: 'object', additionalProperties: { type: 'string' } },
    volumes: { type: 'array', items: { type: 'string', pattern: '^[a-z0-9]+:/' } },
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
    networks: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: { internal: { type: 'boolean' } },
      },
    },
  },
};

interface Compose {
  services: Record<
    string,
    {
      image: string;
      command?: string | string[];
      environment: Record<string, string>;
      depends_on?: Record<string, object>;
      volumes?: string[];
      networks?: string[];
      ports?: string[];
    }
  >;
  networks?: Record<string, { internal?: boolean }>;
  volumes: Record<string, null>;
}

const composeOf = (file: string): { text: string; compose: Compose } => {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  return { text, compose: parse(text) as Compose };
};
const FILES: readonly (readonly [file: string, ofProduct: readonly string[]])[] = [
  ['docker-compose.yml', ['migrate', 'service']],
  ['docker-compose.citus.yml', ['migrate', 'distribute', 'service']],
];

describe.each(FILES)('%s', (file, ofProduct) => {
  const { text, compose } = composeOf(file);

  it('fits the Compose specification', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    ajv.validate(COMPOSE, compose);
    expect(ajv.errors ?? []).toEqual([]);
  });

  it('names only services, volumes and networks that are there', () => {
    for (const service of Object.values(compose.services)) {
      for (const name of Object.keys(service.depends_on ?? {})) expect(compose.services).toHaveProperty(name);
      for (const volume of service.volumes ?? []) expect(compose.volumes).toHaveProperty(volume.split(':')[0]!);
      for (const network of service.networks ?? [])
        if (network !== 'default') expect(compose.networks).toHaveProperty(network);
    }
  });

  it('has no secret of its own', () => {
    for (const [, name] of text.matchAll(/\$\{([A-Z_]*(?:PASSWORD|SECRET|KEY|TOKEN))(?!:\?)/g))
      expect([name]).toEqual([]);
  });

  it.each(ofProduct)('gives %s an environment that the product takes', (name) => {
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

describe('docker-compose.citus.yml', () => {
  const { compose } = composeOf('docker-compose.citus.yml');
  const workers = Object.keys(compose.services).filter((name) => name.startsWith('worker-'));

  it('has nodes of one pinned image', () => {
    const images = ['coordinator', 'register', ...workers].map((name) => compose.services[name]!.image);
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(/^citusdata\/citus:\d+\.\d+\.\d+$/);
    expect(workers).toHaveLength(2);
  });

  it('keeps the workers, who ask for no password, on a network that leads nowhere', () => {
    expect(compose.networks!['nodes']).toEqual({ internal: true });
    for (const [name, { networks, ports, environment }] of Object.entries(compose.services)) {
      if (workers.includes(name)) expect([networks, ports]).toEqual([['nodes'], undefined]);
      else expect(environment['POSTGRES_HOST_AUTH_METHOD']).toBeUndefined();
      if (!['coordinator', 'register', ...workers].includes(name)) expect(networks).toBeUndefined();
    }
  });

  it('registers every worker, with the roles that distribute asks for, before it distributes', () => {
    const script = (compose.services['register']!.command as string[])[0]!;
    for (const worker of workers) expect(script).toContain(`citus_add_node('${worker}', 5432)`);
    for (const role of ROLES) expect(script).toContain(role);
    expect(script).not.toMatch(/(?<!\$)\$(?!\$)/); // Compose would put a variable there
    expect(Object.keys(compose.services['register']!.depends_on!).sort()).toEqual(['migrate', ...workers]);
    expect(compose.services['distribute']!.depends_on).toEqual({
      register: { condition: 'service_completed_successfully' },
    });
    expect(compose.services['service']!.depends_on).toHaveProperty('distribute');
  });
});
