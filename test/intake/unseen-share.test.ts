import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseBody } from '../../src/intake/body/parse-body.ts';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';

// One payload of each of more than a hundred products that have no dialect here: names and structure as their public
// documentation and public test inputs show them, values ours. A line: {product, payload or text, right}.
const PRODUCTS = new URL('../fixtures/unseen/products.ndjson', import.meta.url);
const RECEIVED_AT = '2026-11-30T00:00:00.000Z';
/** Of the products, how many must be read with id, title, time and an entity. */
const LEAST_SHARE = 0.95;

interface Product {
  readonly product: string;
  readonly payload?: unknown;
  readonly text?: string;
  readonly right: {
    /** Absent where the product sends no id of its own: the fingerprint stands in. */
    readonly id?: string;
    readonly title?: string;
    readonly severity?: readonly string[];
    readonly occurred_at: string;
    readonly entities: readonly string[];
  };
}

/** What of id, title, time, severity and entities is read wrong; empty where all is right. */
function wrongOf({ payload, text, right }: Product): string[] {
  let read: ReturnType<typeof normalizeAlert>;
  try {
    const singles = unwrapEnvelope(parseBody(text ?? JSON.stringify(payload)));
    if (singles.length !== 1) return [`${singles.length} alerts`];
    read = normalizeAlert(singles[0], { receivedAt: RECEIVED_AT });
  } catch {
    return ['refused'];
  }
  const { alert } = read;
  const entities = alert.entities.map(({ kind, value }) => `${kind}:${value.toLowerCase()}`);
  const wrong: string[] = [];
  if (right.id !== undefined && alert.id !== right.id) wrong.push(`id ${alert.id}`);
  if (!alert.title.toLowerCase().includes((right.title ?? '').toLowerCase()))
    wrong.push(`title ${alert.title}`);
  if (alert.occurred_at !== right.occurred_at) wrong.push(`time ${alert.occurred_at}`);
  if (right.severity !== undefined && !right.severity.includes(alert.severity))
    wrong.push(`severity ${alert.severity}`);
  if (entities.length === 0 && right.entities.length > 0) wrong.push('no entity');
  for (const entity of right.entities)
    if (!entities.includes(entity.toLowerCase())) wrong.push(`lacks ${entity}`);
  return wrong;
}

it('reads records of products that have no dialect with id, title, time and entities', () => {
  const products = readFileSync(PRODUCTS, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Product);
  const wrong = products.flatMap((product) => {
    const faults = wrongOf(product);
    return faults.length === 0 ? [] : [`${product.product}: ${faults.join('; ')}`];
  });
  const share = 1 - wrong.length / products.length;
  console.log(`${products.length} products, ${(share * 100).toFixed(1)} % read whole\n${wrong.join('\n')}`);
  expect(products.length).toBeGreaterThan(100);
  expect(share).toBeGreaterThanOrEqual(LEAST_SHARE);
});
