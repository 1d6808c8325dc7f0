import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { ModelStore } from '../../store/model-store.ts';
import { type RulesReader, readRulesHere } from './read-rules.ts';
import { compileDocuments } from './sigma/compile/compile.ts';
import type { SigmaDocument } from './sigma/read/document.ts';
import { placeOf } from './sigma/read/place.ts';
import type { RuleText } from './sigma/read/read-documents.ts';
import type { RefusedDocument } from './sigma/refusal.ts';
import { RuleSet } from './sigma/rule-set.ts';

/** Where a customer puts rules: YAML files of any name below it. */
export const CUSTOMER_RULES_PREFIX = 'rules/';

const MAX_FILES = 5_000;
const MAX_FILE_BYTES = 64 * 1024;
const MAX_RULES = 5_000;
/** Rules that are compiled without a pause: some 20 ms of work. */
const SLICE = 200;

/** A customer's rules as they stand. */
export interface LoadedRules {
  /** Changes with every change of a file. */
  readonly id: string;
  /** The rules in slices, each a set of its own. */
  readonly sets: readonly RuleSet[];
  readonly refused: readonly RefusedDocument[];
}

interface FileState {
  readonly etag: string;
  readonly text: string;
  readonly documents: readonly SigmaDocument[];
  readonly refused: readonly RefusedDocument[];
}

const ALERTS = { category: 'alert', product: '-', service: '-' } as const;

const NONE: LoadedRules = { id: 'none', sets: [], refused: [] };

export interface CustomerRulesOptions {
  readonly store: Pick<ModelStore, 'list' | 'read' | 'readIfChanged'>;
  readonly onEvent: (event: string, details: Readonly<Record<string, unknown>>) => void;
  /** Reads changed files. @default on this thread */
  readonly read?: RulesReader;
}

/**
 * Rules of the customer, read from storage: a file that did not change is not read again, what cannot be compiled is
 * reported by file, line and column and takes nothing else down, and the rules in force are exchanged as a whole. What
 * changed is read by `read`, elsewhere; what is left to do here is done in slices, so that verdicts are not held up.
 */
export class CustomerRules {
  readonly #options: CustomerRulesOptions;
  #files: ReadonlyMap<string, FileState> = new Map();
  #loaded: LoadedRules = NONE;
  #looking: Promise<boolean> | undefined;

  constructor(options: CustomerRulesOptions) {
    this.#options = options;
  }

  get loaded(): LoadedRules {
    return this.#loaded;
  }

  /** Looks for changes; says whether other rules are in force now. An outage leaves those in force. Never fails. */
  refresh(): Promise<boolean> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<boolean> {
    try {
      const files = await this.#read();
      if (files === undefined) return false;
      this.#loaded = await compiled(files);
      this.#files = files;
      const { id, sets, refused } = this.#loaded;
      const nRules = sets.reduce((sum, { rules }) => sum + rules.length, 0);
      this.#options.onEvent('customer_rules_loaded', { id, rules: nRules, refused: refused.length });
      return true;
    } catch (error) {
      this.#options.onEvent('customer_rules_unread', { reason: String(error) });
      return false;
    }
  }

  /** The files as they stand; undefined where none changed, came or went. */
  async #read(): Promise<ReadonlyMap<string, FileState> | undefined> {
    const { store } = this.#options;
    const files = new Map<string, FileState>();
    const changed: (RuleText & { readonly etag: string })[] = [];
    let hasChanged = false;
    for await (const { path, sizeBytes } of store.list(CUSTOMER_RULES_PREFIX)) {
      if (!/\.ya?ml$/i.test(path)) continue;
      const known = this.#files.get(path);
      if (files.size >= MAX_FILES || sizeBytes > MAX_FILE_BYTES) {
        const reason =
          files.size >= MAX_FILES
            ? `Expected at most ${MAX_FILES} files of rules.`
            : `Expected at most ${MAX_FILE_BYTES} bytes, got ${sizeBytes}.`;
        const etag = `refused ${sizeBytes}`;
        hasChanged ||= known?.etag !== etag;
        files.set(path, { etag, text: '', documents: [], refused: [refusal(path, reason)] });
        continue;
      }
      const read = known === undefined ? await store.read(path) : await store.readIfChanged(path, known.etag);
      if (read === undefined) continue;
      if (read === 'unchanged') {
        files.set(path, known!);
        continue;
      }
      hasChanged = true;
      const text = Buffer.from(read.bytes).toString('utf8');
      changed.push({ file: path, text, etag: read.etag });
      // keeps the file's place among the others
      files.set(path, { etag: read.etag, text, documents: [], refused: [] });
    }
    const { read: reader = readRulesHere } = this.#options;
    const answers = await reader(changed.map(({ file, text }) => ({ file, text })));
    for (const [i, { file, text, etag }] of changed.entries())
      files.set(file, { etag, text, ...answers[i]! });
    return hasChanged || files.size !== this.#files.size ? files : undefined;
  }
}

async function compiled(files: ReadonlyMap<string, FileState>): Promise<LoadedRules> {
  const all = [...files.values()];
  const documents = all.flatMap((file) => file.documents);
  const refused = all.flatMap((file) => file.refused);
  const rules = documents.filter(({ kind }) => kind === 'rule');
  // a filter may name a rule of any slice; a correlation needs its rules in one set with it
  const others = documents.filter(({ kind }) => kind !== 'rule');
  const hasCorrelations = others.some(({ kind }) => kind === 'correlation');
  for (const { file, id, title } of rules.slice(MAX_RULES)) {
    refused.push({ ...refusal(file, `Expected at most ${MAX_RULES} rules.`), id, title });
  }
  const kept = rules.slice(0, MAX_RULES);
  const sets: RuleSet[] = [];
  const size = hasCorrelations ? MAX_RULES : SLICE;
  for (let start = 0; start < kept.length; start += size) {
    const slice = [...kept.slice(start, start + size), ...others];
    const set = new RuleSet(
      compileDocuments(slice, {
        areChecked: true,
        placeOf: (file, at) => placeOf(files.get(file)?.text ?? '', at),
      }),
    );
    await yieldToOthers();
    // builds the index of alerts now, not when the first one waits for it
    set.askedFields(ALERTS);
    sets.push(set);
    refused.push(...set.refused.filter((one) => !refused.some((known) => isSame(known, one))));
    await yieldToOthers();
  }
  const id = all.map(({ etag }) => etag).join(' ');
  return { id: `customer-${files.size}-${fingerprint(id)}`, sets, refused };
}

const isSame = (a: RefusedDocument, b: RefusedDocument): boolean =>
  a.file === b.file && a.id === b.id && a.reason === b.reason;

const refusal = (file: string, reason: string): RefusedDocument => ({
  file,
  line: 1,
  column: 1,
  id: '',
  title: '',
  reason,
});

/** 32 bits over a text, as hex: names a state, protects nothing. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
