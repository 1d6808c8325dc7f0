export interface TypedCall {
  /** A folder that the line makes first. */
  readonly folder: string | undefined;
  /** Words after the name of the command. */
  readonly args: readonly string[];
  /** Where the answer goes; undefined for the terminal. */
  readonly into: string | undefined;
}

/** An example as a shell would take it: the examples know `mkdir -p` before, single quotes and one redirection. */
export function typedCall(line: string): TypedCall {
  const [, folder, call = '', into] =
    /^(?:mkdir -p (\S+) && )?(alertforest .*?)(?: > (\S+))?$/.exec(line) ?? [];
  const words = [...call.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  return { folder, args: words.slice(1), into };
}
