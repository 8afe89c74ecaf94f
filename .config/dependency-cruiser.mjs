/**
 * Directions of the house: http, web, cli → application → (intake, persistence, workbook, generator) → domain.
 * test/house/directions.spec.ts plants one offence per rule, so that the guard is known to bite.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const edges = ['http', 'web', 'cli'];
const domainOrder = [
  'costing',
  'attribution',
  'causality',
  'retention',
  'decisions',
  'statements',
  'scenarios',
  'quality',
];

export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-is-pure',
      comment: 'domain: values and pure functions; decimal.js and numerical libraries only, no framework, no I/O',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: {
        pathNot: [
          '^src/domain/',
          'node_modules/(decimal\\.js|ml-matrix|jstat|fmin|pure-rand|json-canonicalize)/',
          '^(node:)?crypto$',
        ],
      },
    },
    ...domainOrder.slice(0, -1).map((folder, i) => ({
      name: `domain-order-${folder}`,
      comment: `inside the domain a file imports only what stands above it: ${domainOrder.join(' → ')}`,
      severity: 'error',
      from: { path: `^src/domain/${folder}/` },
      to: { path: `^src/domain/(${domainOrder.slice(i + 1).join('|')})/` },
    })),
    {
      name: 'domain-core-first',
      comment: 'the files at the top of the domain import none of its folders',
      severity: 'error',
      from: { path: '^src/domain/[^/]+\\.ts$' },
      to: { path: '^src/domain/[^/]+/' },
    },
    {
      name: 'middle-to-domain-only',
      comment: 'intake, persistence, workbook and generator know the domain, not the application and not each other',
      severity: 'error',
      from: { path: '^src/(intake|persistence|workbook|generator)/' },
      to: { path: '^src/(application|http|web|cli|embedded)/' },
    },
    ...['intake', 'workbook', 'generator'].map((folder) => ({
      name: `${folder}-alone`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: {
        path: `^src/(${['intake', 'persistence', 'workbook', 'generator'].filter((other) => other !== folder && !(folder === 'intake' && other === 'persistence')).join('|')})/`,
      },
    })),
    {
      name: 'persistence-alone',
      severity: 'error',
      from: { path: '^src/persistence/' },
      to: { path: '^src/(intake|workbook|generator)/' },
    },
    {
      name: 'application-not-to-edges',
      severity: 'error',
      from: { path: '^src/application/' },
      to: { path: `^src/(${edges.join('|')}|embedded)/` },
    },
    ...edges.map((edge) => ({
      name: `${edge}-not-to-other-edges`,
      severity: 'error',
      from: { path: `^src/${edge}/` },
      to: { path: `^src/(${edges.filter((e) => e !== edge).join('|')})/` },
    })),
    {
      name: 'exceljs-only-in-workbook-and-intake',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(workbook|intake)/' },
      to: { path: 'node_modules/exceljs/' },
    },
    {
      name: 'decimal-js-behind-its-door',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/domain/decimal\\.ts$' },
      to: { path: 'node_modules/decimal\\.js/' },
    },
    {
      name: 'embedded-only-from-the-shell',
      comment: 'only the process that a person starts may bring its own PostgreSQL',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(embedded|cli)/' },
      to: { path: '^src/embedded/' },
    },
    {
      name: 'prod-not-to-dev-deps',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'src-not-to-test', severity: 'error', from: { path: '^src/' }, to: { path: '^test/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
