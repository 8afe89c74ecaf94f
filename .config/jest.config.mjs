import { fileURLToPath } from 'node:url';

// Absolute: Jest resolves a relative rootDir of an inline project against another folder than its own.
const rootDir = fileURLToPath(new URL('..', import.meta.url));
const swc = {
  swcrc: false,
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', tsx: true, decorators: true },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      useDefineForClassFields: false,
      react: { runtime: 'automatic', importSource: 'preact' },
    },
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

/** @type {import('jest').Config} */
const base = {
  rootDir,
  testEnvironment: 'node',
  setupFiles: ['reflect-metadata'],
  transform: { '^.+\\.(m?[jt]sx?)$': ['@swc/jest', swc] },
  // These packages ship ES modules only; Jest cannot require() them below Node 24.9, so they are compiled, too.
  transformIgnorePatterns: [
    '/node_modules/(?!(@nestjs|pure-rand|d3-[a-z]+|internmap|commander|openid-client|oauth4webapi|jose|oidc-provider|preact)/)',
  ],
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
};
const database = {
  globalSetup: '<rootDir>/test/database/global-setup.ts',
  globalTeardown: '<rootDir>/test/database/global-teardown.ts',
};

/** @type {import('jest').Config} */
export default {
  rootDir,
  testTimeout: 60_000,
  workerIdleMemoryLimit: '768MB',
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/.config/closing-line.cjs'],
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/test/**/*.spec.ts'] },
    // *.db.spec.ts need PostgreSQL (each file its own database); *.e2e.spec.ts also run the built program
    {
      ...base,
      ...database,
      displayName: 'db',
      testMatch: ['<rootDir>/test/**/*.db.spec.ts', '<rootDir>/test/**/*.e2e.spec.ts'],
    },
  ].map((p) =>
    p.displayName === 'unit' ? { ...p, testPathIgnorePatterns: ['\\.(db|e2e)\\.spec\\.ts$', '/node_modules/'] } : p,
  ),
};
