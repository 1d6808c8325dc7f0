export interface RetrainRequest {
  readonly reason: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly force?: boolean;
  readonly why?: string;
  readonly by?: string;
  readonly runId?: string;
}

/** Asks for a retrain soon. Duplicates are harmless. An outage throws `STORE_UNAVAILABLE`. */
export interface RetrainQueue {
  send(request: RetrainRequest, delaySeconds?: number): Promise<void>;
}
