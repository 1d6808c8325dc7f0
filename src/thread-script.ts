/**
 * Where the script of a worker thread lies: beside the bundle, or in its source where the caller runs as source.
 *
 * @param name of the file, without its ending
 * @param caller `import.meta.url` of the file in whose folder it is
 */
export const threadScript = (name: string, caller: string): URL =>
  new URL(`./${name}.${caller.endsWith('.ts') ? 'ts' : 'mjs'}`, caller);
