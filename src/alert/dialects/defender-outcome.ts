import type { Disposition } from '../alert.ts';
import { outcomeOfWord } from '../vendor-verdict.ts';

/**
 * Outcome of a Defender classification and determination. Testing and expected activity really happened and were
 * harmless: benign, also where they were filed under "true positive". Too little data is no label.
 */
export function defenderOutcome(
  classification: string | undefined,
  determination: string | undefined,
): Disposition | 'no_label' {
  const detail = (determination ?? '').toLowerCase().replace(/[^a-z]/g, '');
  if (detail === 'notenoughdatatovalidate' || detail === 'insufficientdata') return 'no_label';
  const outcome = outcomeOfWord(classification) ?? 'no_label';
  const harmless = [
    'securitytesting',
    'confirmedactivity',
    'confirmeduseractivity',
    'lineofbusinessapplication',
  ];
  return outcome === 'true_positive' && harmless.includes(detail) ? 'benign' : outcome;
}
