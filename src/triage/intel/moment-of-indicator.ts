import { momentOf } from '../../intake/values/moment.ts';

/**
 * A moment in a source, ms: ISO 8601 with any number of fraction digits and any offset, `2026-07-04 21:46:30` as UTC,
 * seconds since 1970 as number or text. Undefined where there is none.
 */
export function momentOfIndicator(value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim();
  if (text === '' || text.length > 64) return undefined;
  // fractions beyond milliseconds are cut, not rounded: a validity must not grow
  const cut = text.replace(/(\.\d{3})\d+/, '$1').replace(/\s?(?:UTC|\(UTC\))$/, 'Z');
  const moment = momentOf(/^\d{1,16}$/.test(cut) ? Number(cut) : cut);
  const ms = moment === undefined ? Number.NaN : Date.parse(moment);
  return Number.isNaN(ms) ? undefined : ms;
}
