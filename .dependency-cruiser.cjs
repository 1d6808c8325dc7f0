// Arrows point one way (docs/architecture.md), type-only imports included. A room may import the rooms listed for it,
// `alert`, `errors`, `escape-html` and `thread-script`, and the types of the store's interfaces, which lie directly in src/store.
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
  // The functions host on a laptop: it speaks to the built bundle over the worker's protocol, never to a room.
  local: [],
  // The command line opens the app and the rooms' stores itself; it may use every room, but not how they are wired.
  cli: [
    'local',
    'logs',
    'evaluation',
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
    'api',
    'store',
    'app.ts',
    'config.ts',
  ],
};

/** A target is a folder of src, or one file directly in it. */
const pathOf = (target) =>
  target.endsWith('.ts') ? `^src/${target.replace('.', '\\.')}$` : `^src/${target}/`;

const ROOM_FOLDERS = '^(src|functions|test|bench)/';

const roomRules = Object.entries(mayImport).flatMap(([room, targets]) => {
  const allowed = [
    `^src/${room}/`,
    ...(room === 'trees' ? [] : ['^src/alert/', '^src/(errors|escape-html|thread-script)\\.ts$']),
    ...targets.map(pathOf),
    // Paths, record schemas and how large a row may be are vocabulary, not storage: training and triage write and read both.
    ...(room === 'training' || room === 'triage'
      ? ['^src/store/(names|release|create-exact|check-readable|behavior-log)\\.ts$']
      : []),
    // The weights of rules are learned in the retrain; how they are scored is one definition.
    ...(room === 'training' ? ['^src/triage/rules/(score|rule-weights|calibrate-weights)\\.ts$'] : []),
    // A training set of 40 MB is held against its digest beside requests: in slices, as long bodies are.
    ...(room === 'training' ? ['^src/reading/sha256-in-slices\\.ts$'] : []),
  ];
  const comment = `src/${room} may import only ${[...targets, 'alert', 'errors', 'escape-html', 'thread-script'].join(', ')}`;
  const severity = 'error';
  const from = { path: `^src/${room}/` };
  return [
    {
      name: `${room}-imports`,
      comment,
      severity,
      from,
      to: { path: ROOM_FOLDERS, pathNot: allowed, dependencyTypesNot: ['type-only'] },
    },
    {
      name: `${room}-imports-of-types`,
      comment: `${comment}, and of the store the types of its interfaces`,
      severity,
      from,
      to: {
        path: ROOM_FOLDERS,
        pathNot: [...allowed, ...(room === 'trees' || room === 'alert' ? [] : ['^src/store/[^/]+\\.ts$'])],
        dependencyTypes: ['type-only'],
      },
    },
  ];
});

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
      name: 'no-vendor-payload-behind-the-border',
      comment: 'what reads vendors stays in front of the alert model, type-only imports included',
      severity: 'error',
      from: { path: '^src/(alert|features|models|policy|store|training)/' },
      to: { path: '^src/intake/' },
    },
    ...trainingRules,
    {
      name: 'seeded-properties',
      comment: 'properties are tried on the same cases each time',
      severity: 'error',
      from: { path: '^test/', pathNot: '^test/support/fast-check[.]ts$' },
      to: { path: 'node_modules/fast-check/' },
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
      comment: 'type-only imports included: a type belongs to the file that makes the thing',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'product-imports-no-tests',
      severity: 'error',
      from: { path: '^(src|functions)/' },
      to: { path: '^(test|bench|scripts)/' },
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
