// Lists every regular expression that meets outside text and checks that each takes time linear in it, or that the text
// is clipped before: `npm run regexes`. The checker (recheck) is installed into a temporary folder; it finds the worst
// text for an expression by its automaton, and by counting steps on texts that grow where that is not decided.
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';

const ROOMS = ['src/intake', 'src/triage', 'src/api', 'src/reading', 'src/alert', 'functions'];
const CHECKER = 'recheck@4.5.0';

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
  [/^src\/triage\/rules\/sigma\/(values|compile)\//, 'texts of rules, which operators write'],
  [/^src\/triage\/intel\//, 'values and lines of feeds, clipped'],
];

const found = ROOMS.flatMap((room) => globSync(`${room}/**/*.ts`)).flatMap((file) => {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const list: { place: string; file: string; text: string }[] = [];
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

const folder = mkdtempSync(join(tmpdir(), 'regexes-'));
try {
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, CHECKER], {
    stdio: 'inherit',
  });
  const { checkSync } = createRequire(join(folder, 'package.json'))('recheck');
  const verdicts = new Map();
  let nBad = 0;
  for (const { place, file, text } of found) {
    if (!verdicts.has(text)) {
      const [, pattern, flags] = /^\/(.*)\/([a-z]*)$/s.exec(text) ?? [];
      verdicts.set(text, checkSync(pattern, flags, { timeout: 20_000 }));
    }
    const { status, complexity, error } = verdicts.get(text);
    if (status === 'safe') continue;
    const [, why] = CLIPPED.find(([pattern]) => pattern.test(file)) ?? [];
    if (why === undefined) nBad++;
    console.log(`${why === undefined ? 'NOT LINEAR' : 'clipped'} ${place} ${text.slice(0, 100)}`);
    console.log(`    ${complexity?.summary ?? error?.kind ?? status}${why === undefined ? '' : `; ${why}`}`);
  }
  console.log(
    `${found.length} regular expressions, ${verdicts.size} different ones, ${nBad} neither linear nor clipped.`,
  );
  process.exitCode = nBad === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
