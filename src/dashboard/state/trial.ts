import type { WireBatchResult, WireSkipped, WireVerdict } from '../../api/predict/verdict.ts';
import { ApiError, call, wordsOf } from './api.ts';

export interface Trial {
  readonly verdict: WireVerdict | undefined;
  /** The alert as it was sent, for feedback: a trial is not logged. */
  readonly payload: unknown;
  readonly problem: string;
  readonly skipped: string;
  readonly isRunning: boolean;
}

export const NO_TRIAL: Trial = {
  verdict: undefined,
  payload: undefined,
  problem: '',
  skipped: '',
  isRunning: false,
};

type Answer = WireVerdict | WireBatchResult | WireSkipped;

const QUERY = { explain: 100, debug: 'mapping', observe: 'false' } as const;

/**
 * Scores a text as any vendor would send it, without counting or logging it; with `isWhatIf` the verdict also says what
 * would change it.
 */
export async function tryAlert(text: string, options: { readonly isWhatIf?: boolean } = {}): Promise<Trial> {
  const query = options.isWhatIf ? { ...QUERY, what_if: 'true' } : QUERY;
  try {
    const answer = await call<Answer>('predict', { method: 'POST', query, text });
    const one = 'results' in answer ? answer.results[0] : answer;
    if (one === undefined) return { ...NO_TRIAL, problem: 'The text holds no alert.' };
    if ('error' in one && one.error) return { ...NO_TRIAL, problem: one.error.detail };
    if ('skipped' in one && one.skipped) return { ...NO_TRIAL, skipped: one.skipped.reason };
    const verdict = 'verdict' in one ? one.verdict : (one as WireVerdict);
    return { ...NO_TRIAL, verdict, payload: payloadOf(text) };
  } catch (error) {
    if (!(error instanceof ApiError)) return { ...NO_TRIAL, problem: wordsOf(error) };
    const where = error.issues.map(({ path, message }) => `${path}: ${message}`).join(' ');
    return { ...NO_TRIAL, problem: where === '' ? error.message : `${error.message} ${where}` };
  }
}

/** JSON where the text is JSON; a line of syslog or CEF stays text. */
function payloadOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
