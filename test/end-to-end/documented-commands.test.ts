import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { ALL_ROUTES } from '../../src/api/routes.ts';
import { createProgram } from '../../src/cli/program.ts';
import type { KeySet } from '../../src/local/function-keys.ts';
import { loadBicep } from '../infra/bicep-file.ts';
import { API } from '../support/call-service.ts';
import { type IsolatedService, startIsolatedService } from '../support/isolated-service.ts';

// Every command of README.md and docs/: run against a running service, or, where that cannot be had here, held against
// the files, parameters, variables, functions and options that it names.

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = await createProgram();
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const PAGES = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Why a command does not run here, by how it begins. What it names is checked all the same. */
const CANNOT_RUN: readonly (readonly [begins: RegExp, why: string])[] = [
  [/^(\w+=\$\()?azd? /, 'needs an Azure subscription'],
  [/^(LOCAL_KEYS=enforce )?npm start$/, 'run by test/azurite/start.test.ts'],
  [/^npm run demo$/, 'plays three days: test/browser/page.test.ts plays a morning of it'],
  [/^npm test$/, 'is what runs this'],
  [/^npm run package$/, 'run by test/infra/package.test.ts'],
  [/^npm run bench /, 'measures for minutes; bench/ is type-checked'],
  [/^PAGE_PICTURES=1 npx vitest /, 'takes the pictures of the page anew'],
  [/^AZURE_RESOURCE_GROUP=.* npm run caller-keys$/, 'needs an app in Azure'],
  [
    /^alertforest (simulate|evaluate|pipeline) .*\b(AIT|GUIDE|LAB|WAZUH)\//,
    'needs data that is not in the project',
  ],
  [/^node bench\//, 'measures for minutes; bench/ is type-checked'],
  [
    /^alertforest .*\b(conn\.log|eve\.json|auth\.log|flows\.csv|KDDTrain|alertforest-package)/,
    "on the reader's own logs: test/cli/pipeline-examples.test.ts runs its like",
  ],
  [
    /^alertforest (quality|score|pipeline) .*test\/fixtures\/raw-logs\//,
    'run by test/cli/pipeline-examples.test.ts',
  ],
];

interface Documented {
  readonly page: string;
  readonly command: string;
  /** What stands behind it as a comment, or in the JSON block below. */
  readonly comment: string;
  /** JSON of the block that follows its own. */
  readonly answer: string | undefined;
}

/** Logical lines of a shell block: quotes and backslashes join what they hold together. */
function commandsOf(block: string): { command: string; comment: string }[] {
  const commands: { command: string; comment: string }[] = [];
  let held = '';
  for (const line of block.split('\n')) {
    held = held === '' ? line.trim() : `${held}\n${line}`;
    const nQuotes =
      held
        .replace(/\\./g, '')
        .replace(/"[^"]*"/g, '')
        .split("'").length - 1;
    if (/\\$/.test(line) || nQuotes % 2 === 1) continue;
    const [, command = '', comment = ''] = /^([\s\S]*?)(?:(?:^|\s+)# (.*))?$/.exec(held) ?? [];
    if (command.trim() !== '') commands.push({ command: command.trim(), comment });
    held = '';
  }
  expect(held, 'an open quote').toBe('');
  return commands;
}

function documented(page: string): Documented[] {
  const text = read(page);
  const fenced = [
    ...text.matchAll(
      /^ *```sh\n([\s\S]*?)^ *```\n(?:(?:\s|(?!```)[^#`][^\n]*\n){0,4}?```json\n([\s\S]*?)^```)?/gm,
    ),
  ];
  const found = fenced.flatMap(([, block = '', answer]) =>
    commandsOf(block).map((each, index, all) => ({
      page,
      ...each,
      answer: index === all.length - 1 ? answer : undefined,
    })),
  );
  const indented = [
    ...text
      .replace(/^ *```[\s\S]*?^ *```/gm, '')
      .matchAll(/(?<=^ {4})(?:alertforest|npm|node|curl|az) (?:.*\\\n)*.*$/gm),
  ];
  return [...found, ...indented.map(([command]) => ({ page, command, comment: '', answer: undefined }))];
}

const ALL = PAGES.flatMap(documented);
/** Pages whose commands are the examples of --help: test/end-to-end/command-examples.test.ts runs each of them. */
const GENERATED = ['docs/cli.md'];
const reasonOf = ({ page, command }: Documented): string | undefined =>
  GENERATED.includes(page)
    ? 'run by test/end-to-end/command-examples.test.ts'
    : CANNOT_RUN.find(([begins]) => begins.test(command))?.[1];

const PAGE_KEYS = { scorer: 'key-of-a-scorer' };
const keys: KeySet = {
  master: 'key-of-the-host',
  host: {},
  functions: { predict: { default: PAGE_KEYS.scorer } },
};
let service: IsolatedService;
let folder: string;

beforeAll(async () => {
  service = await startIsolatedService({ keys });
  folder = mkdtempSync(join(tmpdir(), 'documented-'));
  const put = (path: string, contents: string | Uint8Array): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), contents);
  };
  // the files that the pages speak of
  const feed = read('test/fixtures/threat-intel/csv/threatfox-shape.csv');
  put('full.csv', feed);
  put('feed.csv', feed);
  put(
    'full.json.gz',
    gzipSync(JSON.stringify([{ ioc: '198.51.100.7', ioc_type: 'ip', confidence_level: 90 }])),
  );
  put(
    'questions.ndjson',
    read('test/fixtures/threat-intel/indicator-pairs.ndjson').split('\n').slice(0, 2).join('\n'),
  );
  put('.azurite/host/keys.json', JSON.stringify(keys));
  mkdirSync(join(folder, 'src/api'), { recursive: true });
  copyFileSync(join(root, 'src/api/sample-alert.json'), join(folder, 'src/api/sample-alert.json'));
});
afterAll(async () => {
  await service?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs one command as its page has it; keys stand in for what a reader put in place. */
function run(page: string, command: string): string {
  // a laptop asks for no key, so the commands that speak to one send none
  const isLaptop = command.includes('http://127.0.0.1:7071') && !command.includes('x-functions-key');
  const tools = [
    `alertforest() { "${process.execPath}" --disable-warning=ExperimentalWarning "${root}src/cli/main.ts" "$@"; }`,
    `node() { "${process.execPath}" "$@"; }`,
    isLaptop ? 'curl() { command curl -H "x-functions-key: $KEY" "$@"; }' : '',
  ];
  const script = command
    .replaceAll('http://127.0.0.1:7071', service.url)
    .replace(/^npm run alertforest -- /, 'alertforest ');
  return execFileSync('sh', ['-eu', '-c', [...tools, kept.get(page) ?? '', script].join('\n')], {
    encoding: 'utf8',
    // what a tool says beside its answer stands in the error, where it fails
    stdio: 'pipe',
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      AzureWebJobsStorage: service.connectionString,
      BASE: `${service.url}${API}`,
      ALERTFOREST_BASE_URL: `${service.url}${API}`,
      KEY: keys.master,
    },
  });
}
/** Assignments of a page, which its later commands read. */
const kept = new Map<string, string>();

/** Of these the page shows one example; they follow the models, the clock or chance. */
const VARY = new Set([
  'verdict_id',
  'scored_at',
  'disposition',
  'risk_level',
  'part',
  'feature',
  'is_anomaly',
]);

/** Where the answer is not like what the page shows: names, types and words; numbers may be others. */
function differences(answer: unknown, wanted: unknown, path: string): string[] {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(answer)) return [`${path} is no list`];
    return wanted.flatMap((each, index) =>
      answer.some((one) => differences(one, each, path).length === 0)
        ? []
        : [`${path}[${index}] is not there`],
    );
  }
  if (typeof wanted === 'object' && wanted !== null) {
    const object = (answer ?? {}) as Record<string, unknown>;
    return Object.entries(wanted).flatMap(([name, value]) =>
      name in object ? differences(object[name], value, `${path}.${name}`) : [`${path}.${name} is not there`],
    );
  }
  const name = path.split('.').at(-1) ?? '';
  if (typeof wanted === 'number' || VARY.has(name) || path.endsWith('incident.id'))
    return typeof answer === typeof wanted ? [] : [`${path} is ${JSON.stringify(answer)}`];
  // a sentence of the models has their numbers in it
  const words = (text: unknown): unknown =>
    name === 'reasons' && !String(text).startsWith('Rule ') ? typeof text : text;
  return words(answer) === words(wanted) ? [] : [`${path} is ${JSON.stringify(answer)}`];
}

describe('the commands of README and docs', () => {
  it('are found, and none of the reasons not to run is left over', () => {
    expect(ALL.length).toBeGreaterThan(40);
    for (const [begins, why] of CANNOT_RUN)
      if (!/bench|PAGE_PICTURES/.test(begins.source))
        expect({ why, isUsed: ALL.some(({ command }) => begins.test(command)) }).toEqual({
          why,
          isUsed: true,
        });
  });

  it('run against the service, and say what the page says', () => {
    const runnable = ALL.filter((each) => reasonOf(each) === undefined);
    expect(runnable.length).toBeGreaterThan(12);
    for (const { page, command, comment, answer } of runnable) {
      let printed: string;
      try {
        printed = run(page, command).trim();
      } catch (error) {
        throw new Error(`${page}: ${command}`, { cause: error });
      }
      // a problem document is no answer that a page shows
      expect(printed, command).not.toContain('urn:alertforest:error');
      if (/^\w+=/.test(command)) kept.set(page, `${kept.get(page) ?? ''}\n${command}`);
      if (/^(\d{3}|\{.*\})$/.test(comment))
        expect({ command, printed }).toEqual({ command, printed: comment });
      if (answer !== undefined)
        expect(differences(JSON.parse(printed), JSON.parse(answer), page), printed).toEqual([]);
    }
  });

  it('name, where they cannot run, what exists', () => {
    const templates = new Map<string, ReadonlySet<string>>();
    const parametersOf = (path: string): ReadonlySet<string> => {
      const known = templates.get(path) ?? new Set(loadBicep(root, path).files.get(path)?.parameters.keys());
      templates.set(path, known);
      return known;
    };
    const variables = new Set([
      ...loadBicep(root, 'infra/main.bicep').files.get('infra/main.bicep')!.outputs.keys(),
      ...(read('azure.yaml').match(/ALERTFOREST_\w+/g) ?? []),
    ]);
    for (const each of ALL) {
      if (reasonOf(each) === undefined) continue;
      const { page, command } = each;
      const say = (what: string) => `${page}: ${command}: ${what}`;
      for (const [, script = ''] of command.matchAll(/\bnpm run ([\w:-]+)/g))
        expect(packageJson.scripts, say(script)).toHaveProperty(script);
      for (const [path] of command.matchAll(/\b(?:infra|scripts|src|test|bench)\/[\w./-]+\.\w+/g))
        expect(existsSync(join(root, path)), say(path)).toBe(true);
      for (const [name] of command.matchAll(/\bALERTFOREST_\w+/g))
        expect([...variables], say(name)).toContain(name);
      for (const [, name = ''] of command.matchAll(/--function-name (\w+)/g))
        expect(ALL_ROUTES, say(name)).toHaveProperty(name);
      const template = /infra\/[\w-]+\.bicep/.exec(command)?.[0];
      if (template !== undefined)
        for (const [, name = ''] of (command.split(/ -p /)[1] ?? '').matchAll(/\b(\w+)=/g))
          expect([...parametersOf(template)], say(name)).toContain(name);
      if (command.startsWith('alertforest ')) checkOptions(command, say);
    }
  });
});

/** Every option that the command line knows for this command. */
function checkOptions(command: string, say: (what: string) => string): void {
  let known: Command = program;
  for (const word of command.split(/\s+/).slice(1)) {
    const below = known.commands.find((each) => each.name() === word);
    if (below === undefined) break;
    known = below;
  }
  expect(known.name(), say('no such command')).not.toBe('alertforest');
  const options = known.options.flatMap(({ long, short }) => [long, short]);
  for (const [option] of command.matchAll(/(?<=\s)--[a-z][\w-]*/g))
    expect(options, say(option)).toContain(option);
}
