import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, buildReason } from './build.ts';
import { findBrowser } from './find-browser.ts';

// Builds what has changed, runs all test projects and closes with `N passed, N failed`. Arguments go to vitest: npm test -- test/trees
// Pages are looked at in a browser, which npm cannot bring along: without one that project is left out and the last
// lines say so. BROWSER_TESTS=required (or --project browser) insists on it.

const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface TestReport {
  readonly testResults: ReadonlyArray<{
    readonly status: string;
    readonly assertionResults: ReadonlyArray<{ readonly status: string }>;
  }>;
}

interface TestCounts {
  readonly nPassed: number;
  readonly nFailed: number;
}

/**
 * Counts vitest's JSON report. A file that could not be loaded has no test of its own and counts as one failure, and
 * so does a test that was skipped, unless a name was asked for (`-t`): nothing is left out quietly.
 */
export function countTests(report: TestReport, isFiltered = false): TestCounts {
  let nPassed = 0;
  let nFailed = 0;
  for (const file of report.testResults) {
    for (const { status } of file.assertionResults) {
      if (status === 'passed') nPassed++;
      else if (status === 'failed' || !isFiltered) nFailed++;
    }
    if (file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'))
      nFailed++;
  }
  return { nPassed, nFailed };
}

function runVitest(args: readonly string[]): Promise<number> {
  return new Promise((done, failed) => {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const child = spawn(process.execPath, [vitest, 'run', ...args], { cwd: root, stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
    child.once('error', failed);
    child.once('exit', (code) => done(code ?? 1));
  });
}

async function main() {
  let counts: TestCounts = { nPassed: 0, nFailed: 1 };
  let code = 1;
  const leavesOutBrowser =
    findBrowser() === undefined &&
    process.env['BROWSER_TESTS'] !== 'required' &&
    !process.argv.some((arg) => arg.startsWith('--project'));
  const folder = mkdtempSync(join(tmpdir(), 'alertforest-test-'));
  const reportPath = join(folder, 'report.json');
  try {
    if (buildReason() !== undefined) await build();
    code = await runVitest([
      ...(leavesOutBrowser ? ['--project=!browser'] : []),
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`],
      ...process.argv.slice(2),
    ]);
    const isFiltered = process.argv.slice(2).some((arg) => /^(-t|--testNamePattern)(=|$)/.test(arg));
    counts = countTests(JSON.parse(readFileSync(reportPath, 'utf8')), isFiltered);
    // An error outside of any test fails the run too.
    if (code !== 0 && counts.nFailed === 0) counts = { ...counts, nFailed: 1 };
    if (counts.nPassed + counts.nFailed === 0) {
      console.error('No test was run.');
      code = 1;
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (leavesOutBrowser)
    console.log('No Chromium or Chrome found: test/browser was left out. Install one or set CHROME_PATH.');
  console.log(`${counts.nPassed} passed, ${counts.nFailed} failed`);
  process.exitCode = code === 0 && counts.nFailed === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
