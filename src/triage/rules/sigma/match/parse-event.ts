import type { SigmaEvent } from './event-field.ts';

/**
 * Parses JSON so that integers beyond 2^53 keep their digits: they become text, which compares as the number would.
 *
 * @throws SyntaxError as `JSON.parse` does
 */
export function parseEvent(json: string): SigmaEvent {
  const parsed = JSON.parse(json) as SigmaEvent;
  if (!/[0-9]{16}/.test(json)) return parsed;
  return JSON.parse(withQuotedIntegers(json)) as SigmaEvent;
}

/** @param json valid, so every string in it ends */
function withQuotedIntegers(json: string): string {
  let quoted = '';
  let from = 0;
  for (let at = 0; at < json.length; at++) {
    if (json[at] === '"') {
      for (at++; json[at] !== '"'; at++) if (json[at] === '\\') at++;
      continue;
    }
    if (!isDigit(json, at)) continue;
    const start = json[at - 1] === '-' ? at - 1 : at;
    while (isDigit(json, at)) at++;
    const isInteger = !/[.eE]/.test(json[at] ?? '');
    // the digits behind a point or of an exponent are none of their own
    if (!isInteger) while (/[0-9.eE+-]/.test(json[at] ?? '')) at++;
    const number = json.slice(start, at);
    if (isInteger && !Number.isSafeInteger(Number(number))) {
      quoted += `${json.slice(from, start)}"${number}"`;
      from = at;
    }
    at--;
  }
  return quoted + json.slice(from);
}

const isDigit = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
};
