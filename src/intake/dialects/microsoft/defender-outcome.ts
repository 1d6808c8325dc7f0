import type { Disposition } from '../../../alert/alert.ts';
import { outcomeOfWord } from '../../evidence/vendor-verdict.ts';

/**
 * Outcome of a Defender classification and determination. Expected activity really happened and was harmless: benign.
 * A security test filed under "true positive", as older versions do, says nothing, nor does too little data.
 */
export function defenderOutcome(
  classification: string | undefined,
  determination: string | undefined,
): Disposition | 'no_label' {
  const detail = (determination ?? '').toLowerCase().replace(/[^a-z]/g, '');
  if (detail === 'notenoughdatatovalidate' || detail === 'insufficientdata') return 'no_label';
  const outcome = outcomeOfWord(classification) ?? 'no_label';
  if (outcome !== 'true_positive') return outcome;
  if (detail === 'securitytesting') return 'no_label';
  return detail === 'confirmedactivity' || detail === 'lineofbusinessapplication' ? 'benign' : outcome;
}
