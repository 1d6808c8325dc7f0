import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from '../../scripts/build.ts';

let outdir: string;
let inputsOf: (output: string) => string[];

beforeAll(async () => {
  outdir = mkdtempSync(join(tmpdir(), 'dist-'));
  const { metafile } = await build({
    entries: {
      index: 'functions/index.ts',
      'training-thread': 'src/training/runs/training-thread.ts',
      'rules-thread': 'src/triage/rules/rules-thread.ts',
    },
    outdir,
  });
  inputsOf = (output) => {
    const found = Object.entries(metafile.outputs).find(([path]) => path.endsWith(`/${output}`));
    return Object.keys(found?.[1].inputs ?? {});
  };
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

describe('the compiled service', () => {
  it('is one file for each entry, its map, and the account of what went in', () => {
    expect(readdirSync(outdir).sort()).toEqual([
      'index.mjs',
      'index.mjs.map',
      'meta.json',
      'page.mjs',
      'reference.mjs',
      'rules-thread.mjs',
      'rules-thread.mjs.map',
      'training-thread.mjs',
      'training-thread.mjs.map',
    ]);
  });

  it.each(['index.mjs', 'training-thread.mjs', 'rules-thread.mjs'])(
    '%s holds nothing of the tools around the service',
    (output) => {
      const inputs = inputsOf(output);
      expect(inputs.length).toBeGreaterThan(5);
      const strangers = inputs.filter((input) =>
        /^(src\/(cli|local|evaluation|logs)|test|bench|scripts)\//.test(input),
      );
      expect(strangers).toEqual([]);
    },
  );

  it('keeps the pages out of what a cold start loads', () => {
    expect(inputsOf('index.mjs').filter((input) => /swagger-ui|src\/dashboard\//.test(input))).toEqual([]);
    expect(inputsOf('page.mjs').some((input) => input.includes('swagger-ui'))).toBe(false);
    expect(inputsOf('reference.mjs')).toContain('node_modules/swagger-ui-dist/swagger-ui-bundle.js');
  });

  it('holds every function', () => {
    expect(inputsOf('index.mjs')).toContain('functions/index.ts');
    expect(inputsOf('index.mjs')).toContain('functions/predict.ts');
  });

  it('leaves the functions runtime to the host', () => {
    const text = readFileSync(join(outdir, 'index.mjs'), 'utf8');
    expect(text).toContain('"@azure/functions-core"');
    expect(inputsOf('index.mjs').some((input) => input.includes('functions-core'))).toBe(false);
  });
});
