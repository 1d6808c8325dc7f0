/** One call of every operation, in an order in which each finds what it needs. */
export const EXCHANGES: ReadonlyArray<{
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers of the service, as they come
  readonly call: (answers: Record<string, any>) => {
    readonly method: string;
    readonly path: string;
    readonly body?: unknown;
  };
}>;
