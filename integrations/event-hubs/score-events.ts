import type { AlertforestClient, AlertPayload } from '../typescript/alertforest-client.ts';
import type { Verdict } from '../typescript/alertforest-schema.ts';

export interface ScoredEvent {
  readonly payload: AlertPayload;
  readonly verdict: Verdict;
}
export interface RejectedEvent {
  readonly payload: unknown;
  /** Code and sentence of the service, or of the reader where the event was no JSON object. */
  readonly reason: string;
}

export interface ScoredEvents {
  readonly scored: readonly ScoredEvent[];
  /** What no try will score: to be kept aside, not sent again. */
  readonly rejected: readonly RejectedEvent[];
}

/** The service takes 1,000 alerts a request; fewer keep one request short. */
const MAX_PER_REQUEST = 500;
/** Below the 16 MiB a request may have, with room for what JSON adds. */
const MAX_REQUEST_CHARACTERS = 8 * 1024 * 1024;

/**
 * Scores a batch of events of a hub. Events are alerts, arrays of alerts, or envelopes with `records`, as diagnostic
 * settings and streaming exports write them; as objects, text or bytes.
 *
 * Throws where the service as a whole fails, so that the batch is delivered again: scoring an alert twice is
 * harmless. A single bad event never holds the others up.
 */
export async function scoreEvents(
  client: Pick<AlertforestClient, 'predictMany'>,
  events: readonly unknown[],
): Promise<ScoredEvents> {
  const scored: ScoredEvent[] = [];
  const rejected: RejectedEvent[] = [];
  const payloads = events.flatMap((event) => {
    const alerts = alertsOf(event);
    if (alerts !== undefined) return alerts;
    rejected.push({
      payload: event,
      reason: 'Expected a JSON object, an array of them, or an envelope with records.',
    });
    return [];
  });
  for (const chunk of chunksOf(payloads)) {
    const { results } = await client.predictMany(chunk);
    for (const { index, verdict, error } of results) {
      const payload = chunk[index]!;
      if (verdict !== undefined) scored.push({ payload, verdict });
      else
        rejected.push({
          payload,
          reason: error === undefined ? 'no answer' : `${error.code}: ${error.detail}`,
        });
    }
  }
  return { scored, rejected };
}

function alertsOf(event: unknown): Readonly<Record<string, unknown>>[] | undefined {
  let value = event;
  if (value instanceof Uint8Array) value = new TextDecoder().decode(value);
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value);
    } catch {
      return undefined;
    }
  }
  if (isObject(value) && Array.isArray(value['records'])) value = value['records'];
  const list = Array.isArray(value) ? value : [value];
  return list.every(isObject) ? list : undefined;
}

function* chunksOf(
  payloads: readonly Readonly<Record<string, unknown>>[],
): Generator<Readonly<Record<string, unknown>>[]> {
  let chunk: Readonly<Record<string, unknown>>[] = [];
  let characters = 0;
  for (const payload of payloads) {
    const length = JSON.stringify(payload).length;
    if (
      chunk.length > 0 &&
      (chunk.length === MAX_PER_REQUEST || characters + length > MAX_REQUEST_CHARACTERS)
    ) {
      yield chunk;
      chunk = [];
      characters = 0;
    }
    chunk.push(payload);
    characters += length;
  }
  if (chunk.length > 0) yield chunk;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
