/** Requests for a retrain that the host gave up after its last try. An outage throws `STORE_UNAVAILABLE`. */
export interface FailedRequests {
  /** Roughly how many there are. */
  count(): Promise<number>;
  /** Removes them all. */
  clear(): Promise<void>;
}
