/** What a sender says about a body beside its bytes. */
export interface SentBody {
  readonly contentType?: string | undefined;
  /** The customer the alerts are of, where the records do not say. */
  readonly tenant?: string | undefined;
  /** Name of the program that sends. */
  readonly sender?: string | undefined;
}
