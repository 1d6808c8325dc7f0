// Arrows point one way (docs/architecture.md). A room may import the rooms listed for it, `alert` and `errors`;
// type-only imports of the store's interfaces are free.
const mayImport = {
  trees: [],
  alert: [],
  reading: [],
  intake: ['reading'],
  features: [],
  models: ['features', 'trees'],
  policy: ['features', 'trees', 'models'],
  serving: ['models', 'policy', 'features', 'trees'],
  triage: ['intake', 'models', 'policy', 'features', 'trees', 'reading'],
  training: ['models', 'policy', 'features', 'trees'],
  monitoring: ['serving', 'models', 'policy', 'features', 'trees'],
  api: [
    'reading',
    'intake',
    'serving',
    'models',
    'policy',
    'features',
    'trees',
    'triage',
    'training',
    'monitoring',
  ],
  store: [],
  logs: [
    'reading',
    'intake',
    'training',
    'monitoring',
    'serving',
    'models',
    'policy',
    'features',
    'trees',
    'triage',
  ],
  evaluation: ['reading', 'intake', 'logs', 'training', 'models', 'policy', 'features', 'trees', 'triage'],
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
      // Paths and record schemas are vocabulary, not storage: training and triage write and read both.
      ...(room === 'training' || room === 'triage' ? ['^src/store/(names|release)\\.ts$'] : []),
    ],
    dependencyTypesNot: ['type-only'],
  },
}));

// Inside training the arrows point one way too; settings and the words of the training thread are shared.
const trainingMayImport = {
  synthetic: [],
  measures: ['synthetic'],
  dataset: ['synthetic', 'measures'],
  feedback: [],
  fit: ['dataset', 'measures', 'synthetic'],
  gate: ['dataset', 'measures', 'synthetic', 'fit'],
  releases: ['dataset', 'measures', 'synthetic'],
  runs: ['feedback', 'fit', 'gate', 'releases', 'dataset', 'measures', 'synthetic'],
};

const trainingRules = Object.entries(trainingMayImport).map(([folder, targets]) => ({
  name: `training-${folder}-imports`,
  comment: `src/training/${folder} may import only ${targets.join(', ') || 'nothing'} of src/training`,
  severity: 'error',
  from: { path: `^src/training/${folder}/` },
  to: {
    path: '^src/training/[^/]+/',
    pathNot: [`^src/training/${folder}/`, ...targets.map((target) => `^src/training/${target}/`)],
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
      from: { path: '^src/(features|models|policy|serving|triage|training|monitoring|logs|evaluation)/' },
      to: { path: '^src/(api|local|cli|dashboard|app|config|wiring)', dependencyTypes: ['type-only'] },
    },
    {
      name: 'no-vendor-payload-behind-the-border',
      comment: 'what reads vendors stays in front of the alert model, type-only imports included',
      severity: 'error',
      from: { path: '^src/(alert|features|models|policy|store|training)/' },
      to: { path: '^src/intake/' },
    },
    ...trainingRules,
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
      name: 'sigma-imports-nothing-of-ours',
      comment: 'src/triage/rules/sigma could be published by itself',
      severity: 'error',
      from: { path: '^src/triage/rules/sigma/' },
      to: {
        path: '.',
        pathNot: ['^src/triage/rules/sigma/', '^node_modules/(js-yaml|re2js)/'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'serving-never-reaches-cli-or-local',
      severity: 'error',
      from: { path: '^(functions|src/app|src/wiring/)' },
      to: { path: '^src/(cli|local|evaluation|logs)/', reachable: true },
    },
    {
      name: 'wiring-is-for-the-app-alone',
      comment: 'src/wiring builds the rooms: no room knows how it is built',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(app\\.ts$|wiring/)' },
      to: { path: '^src/wiring/' },
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
