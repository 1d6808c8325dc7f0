import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { load, YAMLException } from 'js-yaml';
import { z } from 'zod';
import { AlertforestError } from '../../errors.ts';
import type { Placeholders } from '../../triage/rules/sigma/compile/placeholders.ts';
import type { Logsource } from '../../triage/rules/sigma/read/document.ts';
import type { RuleText } from '../../triage/rules/sigma/read/read-documents.ts';
import type { RefusedDocument } from '../../triage/rules/sigma/refusal.ts';
import { compileRules, type RuleSet } from '../../triage/rules/sigma/rule-set.ts';

/** Files beside rules that say which payloads must hit them. */
export const CASES_FILE = /\.cases\.ya?ml$/;

/** A file of rules, or every `.yml` and `.yaml` file below a folder, in the order of their names. */
export function ruleTexts(path: string): RuleText[] {
  return rulePaths(path).map((file) => ({ file, text: readFileSync(file, 'utf8') }));
}

function rulePaths(path: string): string[] {
  if (!existsSync(path))
    throw new AlertforestError('REQUEST_INVALID', `Expected a file or a folder at ${path}.`);
  if (!statSync(path).isDirectory()) return [path];
  const paths = yamlFiles(path).filter((file) => !CASES_FILE.test(file));
  if (paths.length === 0) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected ${path} to hold rules in .yml files, found none.`,
    );
  }
  return paths;
}

/** Every YAML file below a folder. */
export const yamlFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

const placeholdersSchema = z.record(z.string(), z.array(z.union([z.string(), z.number()])));

/** Values of placeholders from a JSON or YAML file: a map of names to lists. */
export function readPlaceholders(path: string): Placeholders {
  const parsed = placeholdersSchema.safeParse(readYaml(path));
  if (!parsed.success) {
    throw new AlertforestError('REQUEST_INVALID', `Expected ${path} to map placeholders to lists of values.`);
  }
  return parsed.data;
}

function readYaml(path: string): unknown {
  const text = readFileSync(path, 'utf8');
  try {
    return load(text);
  } catch (cause) {
    if (!(cause instanceof YAMLException)) throw cause;
    const { reason, mark } = cause;
    const place = mark === undefined ? '' : ` in line ${mark.line + 1}`;
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected ${path} to be JSON or YAML, got an error${place}: ${reason}.`,
      { cause },
    );
  }
}

/** Rules of a file or folder; what was refused is named on stderr. */
export function loadRules(path: string, placeholdersPath: string | undefined): RuleSet {
  const placeholders = placeholdersPath === undefined ? {} : readPlaceholders(placeholdersPath);
  const rules = compileRules(ruleTexts(path), { placeholders });
  for (const refused of rules.refused) console.error(refusedLine(refused));
  return rules;
}

export function refusedLine({ file, line, column, id, title, reason }: RefusedDocument): string {
  const label = [title, id].filter((part) => part !== '').join(', ');
  return `refused ${shortPath(file)}:${line}:${column}${label === '' ? '' : ` (${label})`}: ${reason}`;
}

export function shortPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : path;
}

const LOGSOURCE_PARTS = ['product', 'category', 'service'] as const;

/** Reads `product=windows,category=process_creation`. */
export function parseLogsource(text: string): Logsource {
  const parts: Partial<Record<(typeof LOGSOURCE_PARTS)[number], string>> = {};
  for (const pair of text.split(',')) {
    const [key, value, ...rest] = pair.split('=').map((part) => part.trim());
    const part = LOGSOURCE_PARTS.find((name) => name === key);
    if (part === undefined || value === undefined || value === '' || rest.length > 0) {
      throw new InvalidArgumentError(
        `Expected parts such as product=windows,category=process_creation, got ${text}.`,
      );
    }
    parts[part] = value;
  }
  return parts;
}
