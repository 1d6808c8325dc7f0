// Lists every regular expression that meets outside text and checks that each takes time linear in it. There are no
// exceptions, so that no text has to be clipped for an expression's sake; what is put together at run time is refused,
// since nothing can be said of it (expressions of rules are RE2's).
//
//     npm run regexes               looks at expressions that are new and keeps what it finds in regex-verdicts.json
//     npm run regexes -- --check    asks for no network: fails where one is new or not linear
//     npm run regexes -- --all      looks at every expression anew
//
// The checker (recheck) is installed into a temporary folder; it finds the worst text for an expression by its
// automaton, and by counting steps on texts that grow where that is not decided.
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Expression, expressionsIn, findingsOf } from './regex-check.ts';

const CHECKER = 'recheck@4.5.0';
const VERDICTS = join(dirname(fileURLToPath(import.meta.url)), 'regex-verdicts.json');

/** Rooms that read what their own operator types, on the operator's own machine. */
const OWN_TEXT = /^src\/(cli|local)\//;

/** Every expression in the sources. */
function expressions(): Expression[] {
  const files = ['src', 'functions'].flatMap((room) => globSync(`${room}/**/*.ts`)).sort();
  return files
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !OWN_TEXT.test(file))
    .flatMap((file) => expressionsIn(file, readFileSync(file, 'utf8')));
}

/** Asks the checker: text and `safe`, or what is wrong with it. */
function examine(texts: readonly string[]): (readonly [text: string, verdict: string])[] {
  const folder = mkdtempSync(join(tmpdir(), 'regexes-'));
  try {
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, CHECKER], {
      stdio: 'inherit',
    });
    const { checkSync } = createRequire(join(folder, 'package.json'))('recheck');
    return texts.map((text) => {
      const [, pattern, flags] = /^\/(.*)\/([a-z]*)$/s.exec(text) ?? [];
      const { status, complexity, error } = checkSync(pattern, flags, { timeout: 20_000 });
      return [text, status === 'safe' ? 'safe' : (complexity?.summary ?? error?.kind ?? status)];
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [mode = ''] = process.argv.slice(2);
if (!['', '--check', '--all'].includes(mode)) {
  console.error(`Expected no option, --check or --all, got ${mode}.`);
  process.exit(2);
}
const found = expressions();
const known = JSON.parse(readFileSync(VERDICTS, 'utf8')) as {
  readonly checker: string;
  readonly verdicts: Readonly<Record<string, string>>;
};
const isKnown = (text: string): boolean =>
  mode !== '--all' && known.checker === CHECKER && text in known.verdicts;
const texts = [...new Set(found.flatMap(({ text }) => text ?? []))].sort();
let { verdicts } = known;
if (mode !== '--check') {
  const unknown = texts.filter((text) => !isKnown(text));
  const examined = new Map(unknown.length === 0 ? [] : examine(unknown));
  verdicts = Object.fromEntries(
    texts.map((text) => [text, examined.get(text) ?? (known.verdicts[text] as string)]),
  );
  writeFileSync(VERDICTS, `${JSON.stringify({ checker: CHECKER, verdicts }, null, 2)}\n`);
}

const findings = findingsOf(found, verdicts);
for (const { place, problem, text, verdict } of findings) {
  console.log(`${problem} ${place} ${text.slice(0, 100)}`);
  if (verdict !== undefined) console.log(`    ${verdict}`);
}
if (findings.some(({ problem }) => problem === 'NOT EXAMINED'))
  console.log('Run `npm run regexes` and commit scripts/regex-verdicts.json.');
console.log(
  `${found.length} regular expressions, ${texts.length} different ones, ${findings.length} to mend.`,
);
process.exitCode = findings.length === 0 ? 0 : 1;
