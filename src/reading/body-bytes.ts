/** A request body or file in memory, decompressed. */
export interface BodyBytes {
  readonly bytes: Uint8Array;
  /** As the sender calls it; undefined where it was not said. */
  readonly contentType: string | undefined;
}

/** A value of our own as the bytes that a sender would have posted. */
export function jsonBody(value: unknown): BodyBytes {
  return { bytes: Buffer.from(JSON.stringify(value)), contentType: 'application/json' };
}
