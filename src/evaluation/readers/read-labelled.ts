import { AlertforestError } from '../../errors.ts';
import { payloadsOf } from '../../logs/payload-file.ts';
import { countSkipped, MisfitError, placeOf, type ReadCounts } from '../../logs/skip-counts.ts';
import type { LabelledAlert } from '../labelled-alert.ts';
import type { Format } from './formats.ts';
import { guideAlerts } from './guide-alerts.ts';
import { labelledAlerts } from './labelled-alerts.ts';
import { guessWords, looksLike } from './looks-like.ts';

/**
 * Labelled alerts of a file, one at a time. What cannot be read is counted with its line, column and reason.
 *
 * @throws AlertforestError REQUEST_INVALID where the file cannot be read, is written in another format, lacks a column
 * or holds no labelled alert at all
 */
export async function* readLabelled(
  path: string,
  format: Format,
  counts: ReadCounts,
): AsyncGenerator<LabelledAlert> {
  const guess = await looksLike(path);
  const isGuide = format === 'guide' || (format === 'auto' && guess === 'guide');
  if (guess !== undefined && guess !== (isGuide ? 'guide' : 'alerts')) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected ${format === 'auto' ? `labelled alerts in ${path}` : `${path} to be in the format ${format}`}, it looks like ${guessWords(guess)}.`,
    );
  }
  for await (const alert of isGuide ? guideAlerts(path, counts) : alertsOfAnyKind(path, counts)) {
    counts.alerts++;
    yield alert;
  }
  if (counts.alerts > 0) return;
  const [first] = counts.examples;
  throw new AlertforestError(
    'REQUEST_INVALID',
    first === undefined
      ? `Expected labelled alerts, ${path} holds no row.`
      : `None of the ${counts.rows} rows of ${path} is a labelled alert: ${placeOf(first)}.`,
  );
}

async function* alertsOfAnyKind(path: string, counts: ReadCounts): AsyncGenerator<LabelledAlert> {
  for await (const item of payloadsOf(path)) {
    if ('problem' in item) {
      counts.rows++;
      countSkipped(counts, item.line, item.misfit);
      continue;
    }
    for (const one of labelledAlerts(item.payload)) {
      counts.rows++;
      if (one instanceof MisfitError) countSkipped(counts, item.line, one.misfit);
      else yield one;
    }
  }
}
