// Arrows point one way (docs/architecture.md). A room may import the rooms listed for it, `alert` and `errors`;
// type-only imports of the store's interfaces are free.
const mayImport = {
  trees: [],
  alert: [],
  features: [],
  models: ['features', 'trees'],
  policy: ['features', 'trees', 'models'],
  triage: ['models', 'policy', 'features', 'trees'],
  training: ['models', 'policy', 'features', 'trees'],
  monitoring: ['models', 'policy', 'features', 'trees'],
  api: ['models', 'policy', 'features', 'trees', 'triage', 'training', 'monitoring'],
  store: [],
  logs: ['training', 'monitoring', 'models', 'policy', 'features', 'trees', 'triage'],
  evaluation: ['logs', 'training', 'models', 'policy', 'features', 'trees', 'triage'],
  dashboard: ['api'],
  local: [],
};

const roomRules = Object.entries(mayImport).map(([room, targets]) => ({
  name: `${room}-imports`,
  comment: `src/${room} may import only ${[...targets, 'alert', 'errors'].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: {
    path: '^(src|functions|test|bench)/',
    pathNot: [
      `^src/${room}/`,
      ...(room === 'trees' ? [] : ['^src/alert/', '^src/errors\\.ts$']),
      ...targets.map((target) => `^src/${target}/`),
      // Paths and record schemas are vocabulary, not storage: training writes and reads both.
      ...(room === 'training' ? ['^src/store/(names|release)\\.ts$'] : []),
    ],
    dependencyTypesNot: ['type-only'],
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'type-only-imports-reach-the-store-alone',
      comment: 'a type-only import may leave the listed rooms only for the interfaces in src/store',
      severity: 'error',
      from: { path: '^src/(features|models|policy|triage|training|monitoring|logs|evaluation)/' },
      to: { path: '^src/(api|local|cli|dashboard|app|config)', dependencyTypes: ['type-only'] },
    },
    {
      name: 'trees-import-nothing',
      severity: 'error',
      from: { path: '^src/trees/' },
      to: {
        pathNot: ['^src/trees/', '^node_modules/ml-(cart|random-forest|matrix)/'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'serving-never-reaches-cli-or-local',
      severity: 'error',
      from: { path: '^(functions|src/app)' },
      to: { path: '^src/(cli|local|evaluation|logs)/', reachable: true },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'product-imports-no-tests',
      severity: 'error',
      from: { path: '^(src|functions)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['^@azure/functions-core$'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
