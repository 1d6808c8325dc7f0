import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

const entrySchema = z.object({
  /** Where it was sent. */
  destination: z.string(),
  /** Of the file, in hex. */
  sha256: z.string(),
  linesDone: z.int().min(0),
});
const stateSchema = z.object({ cutOff: z.array(entrySchema) });
type Entry = z.infer<typeof entrySchema>;

/**
 * How far imports of a file got that were cut off, kept beside the file as `FILE.import`: one entry for each destination,
 * for the file as it is. What has reached its end leaves nothing, so a second import sends everything again.
 */
export class ImportState {
  readonly linesDone: number;
  /** Undefined for the standard input, which cannot be read again from somewhere on. */
  readonly #path: string | undefined;
  readonly #key: Omit<Entry, 'linesDone'>;

  private constructor(path: string | undefined, key: Omit<Entry, 'linesDone'>, linesDone: number) {
    this.#path = path;
    this.#key = key;
    this.linesDone = linesDone;
  }

  static async of(file: string, destination: string): Promise<ImportState> {
    if (file === '-') return new ImportState(undefined, { destination, sha256: '' }, 0);
    const path = `${file}.import`;
    const digest = createHash('sha256');
    await pipeline(createReadStream(file), digest);
    const key = { destination, sha256: digest.digest('hex') };
    const mine = (await entriesOf(path)).find((entry) => isOf(entry, key));
    return new ImportState(path, key, mine?.linesDone ?? 0);
  }

  async write(linesDone: number): Promise<void> {
    if (this.#path === undefined) return;
    const others = await this.#others(this.#path);
    await writeAside(this.#path, [...others, { ...this.#key, linesDone }]);
  }

  async remove(): Promise<void> {
    if (this.#path === undefined) return;
    const others = await this.#others(this.#path);
    if (others.length > 0) await writeAside(this.#path, others);
    else await rm(this.#path, { force: true });
  }

  /** Entries of other destinations; what the file was before is of no use any more. */
  async #others(path: string): Promise<Entry[]> {
    const { destination, sha256 } = this.#key;
    const entries = await entriesOf(path);
    return entries.filter((entry) => entry.destination !== destination && entry.sha256 === sha256);
  }
}

const isOf = (entry: Entry, key: Omit<Entry, 'linesDone'>): boolean =>
  entry.destination === key.destination && entry.sha256 === key.sha256;

/** None where there is no file; one of a former version, or damaged, counts as none: what is sent twice is a duplicate. */
async function entriesOf(path: string): Promise<Entry[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    return stateSchema.parse(JSON.parse(text)).cutOff;
  } catch {
    return [];
  }
}

async function writeAside(path: string, cutOff: readonly Entry[]): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify({ cutOff }));
  await rename(`${path}.new`, path);
}
