// Compiles the rules in rules/ into src/triage/rules/shipped-rules.json, which the build takes into its bundle, and writes
// docs/rules.md, their list.
//
//   node scripts/rules.ts            write both
//   node scripts/rules.ts --check    exit 1 if one differs from what the rules say

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toShipped } from '../src/triage/rules/shipped-artefact.ts';
import { keepRules } from '../src/triage/rules/sigma/kept/kept-rules.ts';
import type { RuleDocument } from '../src/triage/rules/sigma/read/document.ts';
import { type RuleText, readDocuments } from '../src/triage/rules/sigma/read/read-documents.ts';
import { compileRules } from '../src/triage/rules/sigma/rule-set.ts';
import { runGenerator } from './generated-files.ts';
import { rulesPage } from './rules-page.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Texts of the shipped rules, one a module. */
export function ruleTexts(): RuleText[] {
  const dir = join(root, 'rules');
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${name}/${name}.yml`)
    .sort()
    .map((file) => ({ file, text: readFileSync(join(dir, file), 'utf8') }));
}

/** Path -> text of every generated file. Throws where a rule does not compile. */
export function generatedFiles(): Readonly<Record<string, string>> {
  const texts = ruleTexts();
  const documents = texts.flatMap((text) => readDocuments(text).documents as RuleDocument[]);
  const { rules, correlations, refused, lints } = compileRules(texts);
  const problems = [
    ...refused.map(({ file, line, reason }) => `rules/${file}:${line}: ${reason}`),
    ...lints.map(({ file, line, message }) => `rules/${file}:${line}: ${message}`),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const { heads, ...shipped } = toShipped(keepRules({ rules, correlations }));
  // a rule a line, so that a change of one shows as such
  const lines = heads.map((row) => JSON.stringify(row)).join(',\n');
  const others = JSON.stringify(shipped);
  const id = `shipped-${createHash('sha256').update(lines).update(others).digest('hex').slice(0, 12)}`;
  const firing = JSON.parse(readFileSync(join(root, 'rules', 'firing.json'), 'utf8'));
  return {
    'src/triage/rules/shipped-rules.json': `{"id":"${id}","heads":[\n${lines}\n],\n${others.slice(1)}\n`,
    'docs/rules.md': rulesPage(documents, firing, id),
  };
}

await runGenerator(import.meta.url, 'npm run rules', generatedFiles);
