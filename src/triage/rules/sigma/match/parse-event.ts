import type { SigmaEvent } from './event-field.ts';

/** Strings, which are passed over, and integers that a double may not hold. */
const STRING_OR_LONG_INTEGER = /"(?:[^"\\]|\\.)*"|-?[0-9]{16,}(?![0-9.eE])/g;

/**
 * Parses JSON so that integers beyond 2^53 keep their digits: they become text, which compares as the number would.
 *
 * @throws SyntaxError as `JSON.parse` does
 */
export function parseEvent(json: string): SigmaEvent {
  const parsed = JSON.parse(json) as SigmaEvent;
  if (!/[0-9]{16}/.test(json)) return parsed;
  // Valid by now, so every string ends: in text that is none, one open quote after the other would be looked for anew.
  const quoted = json.replace(STRING_OR_LONG_INTEGER, (found) => {
    if (found.startsWith('"') || Number.isSafeInteger(Number(found))) return found;
    return `"${found}"`;
  });
  return JSON.parse(quoted) as SigmaEvent;
}
