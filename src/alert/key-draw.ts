/** Keys are hashes, so that those from any point on are a fair draw; this one is as good as any and never changes. */
const START = 0x9e_37_79_b9_7f_4a;
const RANGE = 2 ** 48;

/**
 * Place of an alert in the draw that samples of the log are taken by, 0 to 1: how far its key lies behind a fixed point
 * in the order of keys. The smallest of any set are a seeded sample of it, and lie in one range of row keys.
 *
 * @param alertKey 32 hex digits
 */
export function keyDraw(alertKey: string): number {
  const distance = Number.parseInt(alertKey.slice(0, 12), 16) - START;
  return (distance < 0 ? distance + RANGE : distance) / RANGE;
}

/**
 * The keys with a draw of at least `from` and below `to`, as ranges of their first 12 hex digits: one, or two where the
 * order of keys turns. `undefined` is beyond the last key.
 */
export function keyRanges(
  from: number,
  to: number,
): { readonly from: string; readonly below: string | undefined }[] {
  const first = START + Math.round(from * RANGE);
  const last = START + Math.round(to * RANGE);
  const parts: [number, number][] =
    last <= RANGE
      ? [[first, last]]
      : first >= RANGE
        ? [[first - RANGE, last - RANGE]]
        : [
            [first, RANGE],
            [0, last - RANGE],
          ];
  return parts
    .filter(([low, high]) => low < high)
    .map(([low, high]) => ({ from: digitsOf(low), below: high >= RANGE ? undefined : digitsOf(high) }));
}

const digitsOf = (point: number): string => point.toString(16).padStart(12, '0');
