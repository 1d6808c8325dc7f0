import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Alert, alertKey } from '../../src/alert/alert.ts';
import { parseBody } from '../../src/intake/body/parse-body.ts';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';

// Two records a line, {name, pair, same}: whether both are one alert. With `leak` they differ in the work on the alert
// alone, and nothing of it may be read.
interface Pair {
  readonly name: string;
  readonly pair: readonly [unknown, unknown];
  readonly same?: boolean;
  readonly leak?: boolean;
}

const pairs = readFileSync(new URL('../fixtures/siblings-pairs.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Pair);

function read(record: unknown): Alert {
  const found = unwrapEnvelope(parseBody(typeof record === 'string' ? record : JSON.stringify(record)));
  expect(found).toHaveLength(1);
  return normalizeAlert(found[0], { receivedAt: '2026-11-30T00:00:00.000Z' }).alert;
}

describe('two records', () => {
  it.each(pairs.map((pair) => [pair.name, pair] as const))('%s', (_, { pair: [one, other], same, leak }) => {
    if (leak) expect(read(one)).toEqual(read(other));
    else expect(alertKey(read(one)) === alertKey(read(other))).toBe(same);
  });
});
