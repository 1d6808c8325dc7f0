import type { ModelStore } from '../../store/model-store.ts';
import { type RulesReader, readRulesHere } from './read-rules.ts';
import type { RuleText } from './sigma/read/read-documents.ts';
import type { RefusedDocument } from './sigma/refusal.ts';
import type { RuleSet } from './sigma/rule-set.ts';

/** Where a customer puts rules: YAML files of any name below it. */
export const CUSTOMER_RULES_PREFIX = 'rules/';

const MAX_FILES = 5_000;
const MAX_FILE_BYTES = 64 * 1024;

/** A customer's rules as they stand. */
export interface LoadedRules {
  /** Changes with every change of a file. */
  readonly id: string;
  /** One set of all rules; none where no file is there. */
  readonly sets: readonly RuleSet[];
  readonly refused: readonly RefusedDocument[];
}

interface FileState {
  readonly etag: string;
  /** Undefined for a file that is not read. */
  readonly text: string | undefined;
  /** Why it is not read. */
  readonly refused?: RefusedDocument;
}

const NONE: LoadedRules = { id: 'none', sets: [], refused: [] };

export interface CustomerRulesOptions {
  readonly store: Pick<ModelStore, 'list' | 'read' | 'readIfChanged'>;
  readonly onEvent: (event: string, details: Readonly<Record<string, unknown>>) => void;
  /** Reads and compiles all files, where one has changed. @default on this thread */
  readonly read?: RulesReader;
}

/**
 * Rules of the customer, read from storage: a file that did not change is not fetched again, what cannot be compiled is
 * reported by file, line and column and takes nothing else down, and the rules in force are exchanged as a whole. They
 * are compiled by `read`, elsewhere, all of them together, since filters and correlations reach over files.
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
      this.#loaded = await this.#compiled(files);
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
        files.set(path, { etag, text: undefined, refused: refusal(path, reason) });
        continue;
      }
      const read = known === undefined ? await store.read(path) : await store.readIfChanged(path, known.etag);
      if (read === undefined) continue;
      if (read === 'unchanged') {
        files.set(path, known!);
        continue;
      }
      hasChanged = true;
      files.set(path, { etag: read.etag, text: Buffer.from(read.bytes).toString('utf8') });
    }
    return hasChanged || files.size !== this.#files.size ? files : undefined;
  }

  async #compiled(files: ReadonlyMap<string, FileState>): Promise<LoadedRules> {
    if (files.size === 0) return NONE;
    const texts: RuleText[] = [];
    const refused: RefusedDocument[] = [];
    for (const [file, state] of files) {
      if (state.text !== undefined) texts.push({ file, text: state.text });
      if (state.refused !== undefined) refused.push(state.refused);
    }
    const { read = readRulesHere } = this.#options;
    const compiled = await read(texts);
    const etags = [...files.values()].map(({ etag }) => etag).join(' ');
    return {
      id: `customer-${files.size}-${fingerprint(etags)}`,
      sets: [compiled.set],
      refused: [...refused, ...compiled.refused].sort(byPlace),
    };
  }
}

const byPlace = (a: RefusedDocument, b: RefusedDocument): number =>
  a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line;

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
