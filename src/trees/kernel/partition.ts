/**
 * Rows index[start .. end - 1] with those of the left side first, both sides in their old order; returns where the
 * right side starts. `spill` holds as many rows.
 *
 * A row goes left when ((code + shift) & 255) <= cut. With a shift of 1 the missing code 255 becomes 0, below every
 * left bin: missing values go left. Both sides are written for every row and one of them moves on, so that there is
 * no branch to guess.
 */
export function partition(
  index: usize,
  spill: usize,
  start: u32,
  end: u32,
  codes: usize,
  shift: u32,
  cut: u32,
): u32 {
  let left = index + (start << 2);
  let right = spill;
  const stop = index + (end << 2);
  for (let at = left; at < stop; at += 4) {
    const i = load<u32>(at);
    const goesLeft = usize(((u32(load<u8>(codes + i)) + shift) & 255) <= cut);
    store<u32>(left, i);
    store<u32>(right, i);
    left += goesLeft << 2;
    right += (1 - goesLeft) << 2;
  }
  for (let at: usize = 0; at < right - spill; at += 4) store<u32>(left + at, load<u32>(spill + at));
  return u32((left - index) >> 2);
}
