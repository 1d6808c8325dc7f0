// Lists every regular expression that meets outside text and checks that each takes time linear in it, or that the text
// is clipped before.
//
//     npm run regexes               looks at expressions that are new and keeps what it finds in regex-verdicts.json
//     npm run regexes -- --check    asks for no network: fails where one is new, or neither linear nor clipped
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
import ts from 'typescript';

const CHECKER = 'recheck@4.5.0';
const VERDICTS = join(dirname(fileURLToPath(import.meta.url)), 'regex-verdicts.json');

/** Rooms that read what their own operator types, on the operator's own machine. */
const OWN_TEXT = /^src\/(cli|local)\//;

/** Not linear, or not decided by the checker; each with why no text can make it slow. */
const CLIPPED: readonly (readonly [file: RegExp, why: string])[] = [
  [
    /^src\/intake\/values\//,
    'values and names are clipped to some hundred characters by the door of their module',
  ],
  [/^src\/intake\/evidence\/closing-words\.ts$/, 'words of at most 120 characters'],
  [/^src\/intake\/evidence\/who-closed\.ts$/, 'names, clipped'],
  [/^src\/intake\/dialects\/workflow-names\.ts$/, 'names of fields, clipped'],
  [/^src\/intake\/dialects\/network\/cef-event\.ts$/, 'labels of at most 200 characters'],
  [/^src\/intake\/former\//, 'names of at most 200 characters, addresses of at most 80'],
  [/^src\/triage\/rules\/sigma\/(values|compile)\//, 'texts of rules, which operators write'],
  [/^src\/triage\/rules\/sigma\/match\/parse-event\.ts$/, 'valid JSON only, in which every string ends'],
  [/^src\/triage\/intel\//, 'values and lines of feeds, clipped'],
  [/^src\/store\/azure\/storage-clients\.ts$/, 'settings of the app'],
];

interface Expression {
  readonly place: string;
  readonly file: string;
  readonly text: string;
}

/** Every expression in the sources. */
function expressions(): Expression[] {
  const files = ['src', 'functions'].flatMap((room) => globSync(`${room}/**/*.ts`)).sort();
  return files
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !OWN_TEXT.test(file))
    .flatMap((file) => {
      const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
      const list: Expression[] = [];
      const visit = (node: ts.Node): void => {
        if (node.kind === ts.SyntaxKind.RegularExpressionLiteral) {
          const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
          list.push({ place: `${file}:${line}`, file, text: node.getText() });
        }
        node.forEachChild(visit);
      };
      visit(source);
      return list;
    });
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
const unknown = [...new Set(found.map(({ text }) => text).filter((text) => !isKnown(text)))];
let verdicts: Readonly<Record<string, string | undefined>> = known.verdicts;
let nBad = 0;

if (mode === '--check') {
  for (const { place, text } of found.filter((one) => unknown.includes(one.text))) {
    console.log(`NOT EXAMINED ${place} ${text.slice(0, 100)}`);
    nBad++;
  }
  if (nBad > 0) console.log('Run `npm run regexes` and commit scripts/regex-verdicts.json.');
} else {
  const examined = new Map(unknown.length === 0 ? [] : examine(unknown));
  const texts = [...new Set(found.map(({ text }) => text))].sort();
  verdicts = Object.fromEntries(texts.map((text) => [text, examined.get(text) ?? known.verdicts[text]]));
  writeFileSync(VERDICTS, `${JSON.stringify({ checker: CHECKER, verdicts }, null, 2)}\n`);
}

for (const { place, file, text } of found) {
  const verdict = verdicts[text];
  if (verdict === undefined || verdict === 'safe') continue;
  const [, why] = CLIPPED.find(([pattern]) => pattern.test(file)) ?? [];
  if (why === undefined) nBad++;
  console.log(`${why === undefined ? 'NOT LINEAR' : 'clipped'} ${place} ${text.slice(0, 100)}`);
  console.log(`    ${verdict}${why === undefined ? '' : `; ${why}`}`);
}
const nDifferent = new Set(found.map(({ text }) => text)).size;
console.log(`${found.length} regular expressions, ${nDifferent} different ones, ${nBad} to mend.`);
process.exitCode = nBad === 0 ? 0 : 1;
