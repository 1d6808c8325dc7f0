import { createWriteStream, lstatSync, renameSync, rmSync, statSync } from 'node:fs';
import { access, constants, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { AlertforestError } from '../errors.ts';
import { onInterrupt } from '../logs/on-interrupt.ts';
import { writeError } from '../logs/write-error.ts';

/**
 * Files and folders of one command that appear together and whole, or not at all. They are written beside their
 * places and moved at the end; an error or a signal before that removes them.
 */
export class StagedOutputs {
  readonly #moves: { readonly from: string; readonly to: string }[] = [];
  readonly #forget: () => void;

  constructor() {
    this.#forget = onInterrupt(() => this.#clean());
  }

  /** Where to write what shall stand at `path` after {@link commit}. */
  place(path: string): string {
    if (isWrittenInPlace(path)) return path;
    const from = `${path}.part`;
    this.#moves.push({ from, to: path });
    return from;
  }

  async file(path: string, content: string | Uint8Array): Promise<void> {
    await written(this.place(path), content);
  }

  /** Gives the folder where the files lie until {@link commit}. */
  async folder(path: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
    const from = `${path.replace(/[\\/]+$/, '')}.part`;
    this.#moves.push({ from, to: path });
    await rm(from, { recursive: true, force: true });
    await mkdir(from);
    for (const [name, content] of Object.entries(files)) await written(join(from, name), content);
    return from;
  }

  /** Moves everything into place, in one stretch that no signal handler can interrupt. */
  commit(): void {
    for (const { from, to } of this.#moves) {
      const old = `${to.replace(/[\\/]+$/, '')}.old`;
      rmSync(old, { recursive: true, force: true });
      if (exists(to)) renameSync(to, old);
      renameSync(from, to);
      rmSync(old, { recursive: true, force: true });
    }
    this.#moves.length = 0;
    this.#forget();
  }

  /** Removes what was not committed; nothing after a commit. */
  discard(): void {
    this.#clean();
    this.#forget();
  }

  #clean(): void {
    for (const { from } of this.#moves) rmSync(from, { recursive: true, force: true });
    this.#moves.length = 0;
  }
}

/** @throws AlertforestError INTERNAL that names the file */
async function written(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(path, content).catch((cause) => {
    throw writeError(path, cause);
  });
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * A device, a pipe or a link is written as it stands: a file moved over `/dev/null` would take its place, for every program of
 * the machine where root asked for it.
 */
function isWrittenInPlace(path: string): boolean {
  const there = lstatSync(path, { throwIfNoEntry: false });
  return there !== undefined && !there.isFile() && !there.isDirectory();
}

/** Writes several files so that all of them appear or none. */
export async function writeTogether(
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<void> {
  const staged = new StagedOutputs();
  try {
    for (const { path, text } of files) await staged.file(path, text);
    staged.commit();
  } finally {
    staged.discard();
  }
}

/** Writes to a file that appears whole or not at all, or to the standard output where none is named. */
export async function writeOut(
  path: string | undefined,
  write: (sink: NodeJS.WritableStream) => Promise<void>,
): Promise<void> {
  if (path === undefined) return write(process.stdout);
  const staged = new StagedOutputs();
  try {
    const sink = createWriteStream(staged.place(path));
    // Held at once: the error of a full disk must find a listener whenever it comes. Who writes may be waiting for room
    // then, which a broken file never has.
    const written = finished(sink).catch((cause: unknown) => {
      throw writeError(path, cause);
    });
    await Promise.race([write(sink), written]);
    sink.end();
    await written;
    staged.commit();
  } finally {
    staged.discard();
  }
}

/** An output as it was asked for. */
export interface WantedOutput {
  /** `--json` and so on. */
  readonly flag: string;
  readonly path: string;
  /** For a folder: the files it may hold already, since it is replaced whole. */
  readonly replaces?: readonly string[];
}

/**
 * Refuses outputs that could not be written at the end, before any work is done.
 *
 * @throws AlertforestError REQUEST_INVALID naming the flag
 */
export async function checkOutputs(
  outputs: readonly WantedOutput[],
  inputs: readonly string[],
): Promise<void> {
  const taken = new Map(inputs.map((path) => [resolve(path), 'the input']));
  for (const { flag, path, replaces } of outputs) {
    const refuse = (why: string): AlertforestError =>
      new AlertforestError('REQUEST_INVALID', `Cannot write ${flag} ${path}: ${why}.`);
    if (replaces === undefined && isWrittenInPlace(path)) {
      if ((await stat(path).catch(() => undefined))?.isDirectory()) throw refuse('it is a folder');
      continue;
    }
    const other = taken.get(resolve(path));
    if (other !== undefined) throw refuse(`it is ${other}`);
    taken.set(resolve(path), `the output of ${flag} too`);
    const folder = dirname(resolve(path));
    if (!(await isFolder(folder))) throw refuse(`there is no folder ${folder}`);
    await access(folder, constants.W_OK).catch(() => {
      throw refuse(`this user may not write into ${folder}`);
    });
    const there = await stat(path).catch(() => undefined);
    if (replaces === undefined) {
      if (there?.isDirectory()) throw refuse('it is a folder');
    } else if (there !== undefined) {
      if (!there.isDirectory()) throw refuse('it is a file');
      const foreign = (await readdir(path)).filter((name) => !replaces.includes(name));
      if (foreign.length > 0) throw refuse(`the folder holds ${foreign[0]}, which would be lost`);
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
