import type { Alert } from '../../alert/alert.ts';
import { AlertforestError } from '../../errors.ts';
import { openText } from '../../logs/open-text.ts';
import { textLines } from '../../logs/text-lines.ts';
import type { AttackLabel, StreamAlert } from './alert-stream.ts';

/** Columns of the AIT alert data set; the name may hold commas, no other column does. */
export const AIT_HEADER = 'time,name,ip,host,short,time_label,event_label';
const N_AFTER_NAME = 5;
const UNLABELLED = 'false_positive';
const NO_EVENT = '-';

/**
 * Alerts of one scenario of the AIT alert data set as CSV. The row number below the header is the alert's id: the file
 * is not in time order and most rows are equal to others.
 *
 * @see https://github.com/ait-aecid/alert-data-set
 * @throws AlertforestError REQUEST_INVALID naming the line that does not fit
 */
export async function* readAit(path: string): AsyncGenerator<StreamAlert> {
  const labels = new Map<string, AttackLabel>();
  const texts = new Map<string, string>();
  const same = (text: string): string => {
    // one copy of each: hundreds of thousands of rows repeat a few hundred texts
    const known = texts.get(text);
    if (known !== undefined) return known;
    texts.set(text, text);
    return text;
  };
  let index = 0;
  for await (const { line, text } of textLines(openText(path))) {
    if (line === 1) {
      if (text !== AIT_HEADER) throw misfit(path, line, `the header ${AIT_HEADER}`);
      continue;
    }
    if (text === undefined || text === '') continue;
    const cells = text.split(',');
    const atS = Number(cells[0]);
    if (cells.length < 2 + N_AFTER_NAME || !Number.isFinite(atS)) {
      throw misfit(path, line, 'seven columns, a time in seconds first');
    }
    const tail = cells.length - N_AFTER_NAME;
    const name = same(cells.slice(1, tail).join(','));
    const [ip = '', host = '', short = '', step = '', event = ''] = cells.slice(tail).map(same);
    const labelKey = `${step},${event}`;
    let label = labels.get(labelKey);
    if (label === undefined) {
      label = {
        step: step === UNLABELLED ? undefined : step,
        event: event === NO_EVENT ? undefined : event,
      };
      labels.set(labelKey, label);
    }
    const id = index++;
    yield {
      index: id,
      atS,
      rule: name,
      host,
      label,
      alert: () => aitAlert(id, atS, name, ip, host, short),
      payload: undefined,
      isTimeOfReceipt: false,
    };
  }
}

function aitAlert(index: number, atS: number, name: string, ip: string, host: string, short: string): Alert {
  const colon = name.indexOf(': ');
  return {
    id: String(index),
    title: colon < 0 ? name : name.slice(colon + 2),
    rule_id: name,
    rule_name: short,
    source: colon < 0 ? 'ids' : name.slice(0, colon).toLowerCase(),
    severity: 'unknown',
    occurred_at: new Date(atS * 1000).toISOString(),
    tactics: [],
    techniques: [],
    entities: [
      { kind: 'host', value: host, role: 'impacted' },
      { kind: 'ip', value: ip, role: 'impacted' },
    ],
  };
}

function misfit(path: string, line: number, expected: string): AlertforestError {
  return new AlertforestError('REQUEST_INVALID', `Expected ${expected} in line ${line} of ${path}.`);
}
