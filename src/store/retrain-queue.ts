export interface RetrainRequest {
  readonly reason: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly force?: boolean;
  readonly why?: string;
  readonly by?: string;
  /** Where an operator waits for the outcome of this very request. */
  readonly runId?: string;
  /** Learns without an analyst's votes, or with them again. */
  readonly replay?: {
    readonly analyst: string;
    readonly action: 'exclude' | 'lift';
    readonly since?: string;
  };
  /** Of a request that waits for its turn: which of them it is. */
  readonly turn?: string;
}

/** Asks for a retrain soon. Duplicates are harmless. An outage throws `STORE_UNAVAILABLE`. */
export interface RetrainQueue {
  send(request: RetrainRequest, delaySeconds?: number): Promise<void>;
  /** Whether no request waits or is being worked on; a request that is being sent may still come. */
  isEmpty(): Promise<boolean>;
}
