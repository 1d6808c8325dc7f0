import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadBicep } from './bicep-file.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readText = (path: string): string => readFileSync(join(root, path), 'utf8');
const TEMPLATES = ['infra', 'infra/modules'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.bicep'))
    .map((name) => `${folder}/${name}`),
);

describe('scripts/check-templates.sh', () => {
  it('builds and lints every template, and evaluates each that is deployed with parameters that it has', () => {
    const folder = mkdtempSync(join(tmpdir(), 'check-templates-'));
    try {
      // a compiler that notes what it was asked, and what stood in the parameter file
      const noted = join(folder, 'noted');
      writeFileSync(
        join(folder, 'bicep'),
        `#!/bin/sh\necho "$@" >> "${noted}"\nif [ "$1" = snapshot ]; then cat "$2" >> "${noted}"; cd "$(dirname "$2")"; pwd >> "${noted}"; fi\n`,
      );
      chmodSync(join(folder, 'bicep'), 0o755);
      const printed = execFileSync('sh', [join(root, 'scripts/check-templates.sh')], {
        encoding: 'utf8',
        env: { PATH: `${folder}:${process.env['PATH']}` },
      });
      expect(printed.trim().split('\n').at(-1)).toBe('Every template builds, lints and evaluates.');
      const lines = readFileSync(noted, 'utf8').split('\n');
      const askedTo = (what: string): string[] =>
        lines.filter((line) => line.startsWith(`${what} `)).map((line) => line.split(' ').at(-1) ?? '');
      expect(askedTo('build').sort()).toEqual([...TEMPLATES].sort());
      expect(askedTo('lint').sort()).toEqual([...TEMPLATES].sort());
      const files = readFileSync(noted, 'utf8')
        .split(/^(?=using )/m)
        .slice(1);
      // the compiler reads the path from where the file lies, and refuses one that begins with a slash (BCP051)
      const evaluated = files.map((file) => {
        const [, path = ''] = /^using '([^'/][^']*)'/.exec(file) ?? [];
        const from = file.split('\n').find((line) => line.startsWith('/')) ?? '';
        return relative(root, resolve(from, path));
      });
      expect([...new Set(evaluated)].sort()).toEqual(
        TEMPLATES.filter((path) => !/modules/.test(path)).sort(),
      );
      for (const [index, path] of evaluated.entries()) {
        const given = [...(files[index] ?? '').matchAll(/^param (\w+) = /gm)].map(([, name = '']) => name);
        const { parameters } = loadBicep(root, path).files.get(path)!;
        for (const name of given) expect([...parameters.keys()]).toContain(name);
        for (const [name, { default: value }] of parameters)
          if (value === undefined) expect(given).toContain(name);
      }
      expect(readdirSync(root).filter((name) => name.startsWith('.check-templates'))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('fails where the compiler finds a fault', () => {
    const folder = mkdtempSync(join(tmpdir(), 'check-templates-'));
    try {
      writeFileSync(join(folder, 'bicep'), '#!/bin/sh\n[ "$1" != lint ]\n');
      chmodSync(join(folder, 'bicep'), 0o755);
      expect(() =>
        execFileSync('sh', [join(root, 'scripts/check-templates.sh')], {
          env: { PATH: `${folder}:${process.env['PATH']}` },
          stdio: 'pipe',
        }),
      ).toThrow();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the only warning of the compiler that is silenced', () => {
  it('is that of keys, with its reason', () => {
    const silenced = TEMPLATES.flatMap((path) =>
      [...readText(path).matchAll(/^(.*)\n *#disable-next-line (.*)$/gm)].map(
        ([, reason, what]) => `${path}: ${what} ${reason?.trim()}`,
      ),
    );
    expect(silenced).toHaveLength(2);
    for (const line of silenced)
      expect(line).toMatch(/^infra\/caller-keys\.bicep: BCP187 \/\/ .*\(bicep-types-az 1357\)\.$/);
  });
});

interface Step {
  readonly uses?: string;
  readonly run?: string;
}
interface Job {
  readonly needs?: string;
  readonly env?: Record<string, string>;
  readonly permissions?: Record<string, string>;
  readonly steps: readonly Step[];
}

describe('.github/workflows/azure-dev.yml', () => {
  const text = readText('.github/workflows/azure-dev.yml');
  const { jobs, permissions } = parse(text) as {
    jobs: Record<'templates' | 'deploy', Job>;
    permissions: Record<string, string>;
  };
  const runs = (job: Job): string => job.steps.map(({ run = '' }) => run).join('\n');

  it('deploys only templates that have been built, linted and evaluated', () => {
    expect(runs(jobs.templates)).toContain('sh scripts/check-templates.sh');
    expect(jobs.deploy.needs).toBe('templates');
    expect(runs(jobs.deploy)).toMatch(/azd provision --no-prompt\nazd deploy --no-prompt/);
  });

  it('signs in without a secret, and gives rights to no other job', () => {
    expect(permissions).toEqual({ contents: 'read' });
    expect(jobs.deploy.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(text).not.toContain('secrets.');
  });

  it('hands each variable of azure.yaml to azd', () => {
    const { pipeline } = parse(readText('azure.yaml')) as { pipeline: { variables: string[] } };
    const env = jobs.deploy.env ?? {};
    for (const name of pipeline.variables) expect(env[name]).toBe(`\${{ vars.${name} }}`);
    const asked = readText('infra/main.parameters.json').match(/(?<=\$\{)ALERTFOREST_\w+/g) ?? [];
    expect([...pipeline.variables].sort()).toEqual([...asked, 'ALERTFOREST_BUDGET'].sort());
    for (const name of ['AZURE_ENV_NAME', 'AZURE_LOCATION', 'AZURE_SUBSCRIPTION_ID'])
      expect(env).toHaveProperty(name);
  });
});

describe('.devcontainer/devcontainer.json', () => {
  it('brings what npm start, npm test and azd up need', () => {
    const container = JSON.parse(readText('.devcontainer/devcontainer.json'));
    expect(container.image).toMatch(/javascript-node:24-/);
    const features = Object.keys(container.features).join(' ');
    for (const feature of ['azure-cli', 'azd', 'python']) expect(features).toContain(feature);
    expect(container.onCreateCommand).toContain('chromium');
    expect(container.updateContentCommand).toBe('npm ci --include=dev');
    expect(container.forwardPorts).toEqual([7071]);
  });
});
