import { AlertforestError, hasCode } from '../../errors.ts';
import { ruleIdentity } from '../../features/record-keys.ts';
import { unwrapEnvelope } from '../../intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../intake/normalize.ts';
import { openText } from '../../logs/open-text.ts';
import { textLines } from '../../logs/text-lines.ts';
import type { StreamAlert } from './alert-stream.ts';

export interface PayloadCounts {
  alerts: number;
  skipped: number;
}

/**
 * Alerts of a file in any format that the service reads: one JSON document or array, or JSON lines. Canonical lines
 * `{"alert": …}` are understood. What is no alert is counted and passed over.
 *
 * @throws AlertforestError REQUEST_INVALID where the file cannot be read or holds no alert
 */
export async function* readPayloads(path: string, counts: PayloadCounts): AsyncGenerator<StreamAlert> {
  let index = 0;
  for await (const document of documentsOf(path)) {
    for (const payload of unwrapEnvelope(bare(document))) {
      const own = index++;
      try {
        // without a time of its own an alert stands at the beginning of all time
        const { alert, record } = normalizeAlert(payload, { receivedAt: '1970-01-01T00:00:00.000Z' });
        counts.alerts++;
        yield {
          index: own,
          atS: Date.parse(alert.occurred_at) / 1000,
          rule: ruleIdentity(alert),
          host: alert.entities.find(({ kind }) => kind === 'host')?.value ?? '',
          label: undefined,
          alert: () => alert,
          aliases: record.aliases,
          payload,
        };
      } catch (error) {
        if (!hasCode(error, 'ALERT_INVALID')) throw error;
        counts.skipped++;
      }
    }
  }
  if (counts.alerts === 0)
    throw new AlertforestError('REQUEST_INVALID', `Expected alerts, ${path} holds none.`);
}

function bare(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document;
  const { alert, ...rest } = document as Record<string, unknown>;
  const isLabelled = 'disposition' in rest || 'label' in rest || Object.keys(rest).length === 0;
  return alert !== undefined && isLabelled ? alert : document;
}

/** Whole documents: each line where every line is one, else the file as one. */
async function* documentsOf(path: string): AsyncGenerator<unknown> {
  let pending: string[] | undefined;
  for await (const { line, text } of textLines(openText(path))) {
    if (text === undefined)
      throw new AlertforestError('REQUEST_INVALID', `Line ${line} of ${path} is too long.`);
    if (pending !== undefined) {
      pending.push(text);
      continue;
    }
    if (text.trim() === '') continue;
    try {
      yield JSON.parse(text);
    } catch {
      // a document over many lines begins with a line that is none
      if (line > 1)
        throw new AlertforestError('REQUEST_INVALID', `Expected JSON in line ${line} of ${path}.`);
      pending = [text];
    }
  }
  if (pending === undefined) return;
  try {
    yield JSON.parse(pending.join('\n'));
  } catch {
    throw new AlertforestError('REQUEST_INVALID', `Expected ${path} to be JSON lines or one JSON document.`);
  }
}
