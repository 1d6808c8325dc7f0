import type { WireVerdict } from '../../api/predict/verdict.ts';
import { tryAlert } from '../state/trial.ts';

export interface Changed {
  /** What was changed, in words. */
  readonly change: string;
  readonly verdict: WireVerdict | undefined;
  readonly problem: string;
}

const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'];
const MOST_ENTITIES = 4;

/**
 * Scores the alert as read with one thing changed at a time. It is sent in our own form, so that a change means the
 * same whatever the vendor's form is; the first row says what that form alone makes of it.
 */
export async function changesOf(verdict: WireVerdict, text: string): Promise<Changed[]> {
  const { alert } = verdict.input;
  if (alert === undefined) return [];
  const entities = alert.entities.map(({ from: _, ...entity }) => entity);
  const own = { ...alert, entities };
  const variants: { change: string; alert: unknown }[] = [
    ...SEVERITIES.filter((severity) => severity !== alert.severity).map((severity) => ({
      change: `severity ${severity}`,
      alert: { ...own, severity },
    })),
    ...entities.slice(0, MOST_ENTITIES).map((left, i) => ({
      change: `without ${left.kind} ${left.value}`,
      alert: { ...own, entities: entities.filter((_, k) => k !== i) },
    })),
    ...(alert.techniques.length + alert.tactics.length === 0
      ? []
      : [{ change: 'without tactics and techniques', alert: { ...own, tactics: [], techniques: [] } }]),
  ];
  const plain = { change: 'as read, without the fields of its vendor', alert: own };
  const asked = text === JSON.stringify(own) ? variants : [plain, ...variants];
  return Promise.all(
    asked.map(async ({ change, alert: changed }) => {
      const trial = await tryAlert(JSON.stringify(changed));
      return { change, verdict: trial.verdict, problem: trial.problem || trial.skipped };
    }),
  );
}
