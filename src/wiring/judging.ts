import { pseudonymOf } from '../alert/pseudonym.ts';
import type { WireForgotten } from '../api/feedback/forget.ts';
import type { QuarantineService } from '../api/feedback/quarantine-service.ts';
import { IncidentService } from '../api/incidents/incident-service.ts';
import type { LatencyRecorder } from '../serving/latency-recorder.ts';
import type { FeedbackSample } from '../store/feedback-store.ts';
import type { TriageRoom } from '../triage/triage-room.ts';
import type { Base } from './base.ts';
import {
  createFeedback,
  createFeeding,
  createQuarantine,
  createStandingFeedback,
  createWithdrawal,
  type TakeFeedback,
} from './feeding.ts';

/** What people say of alerts and incidents: taken, looked up, held back, withdrawn, forgotten. */
export interface Judging {
  readonly feedback: TakeFeedback;
  readonly standingFeedback: ReturnType<typeof createStandingFeedback>;
  readonly withdrawFeedback: ReturnType<typeof createWithdrawal>;
  /** Takes what one analyst said out of every later training set. */
  readonly forget: (analyst: string) => Promise<WireForgotten>;
  /** Every alert on which a judgement stands that teaches. */
  readonly judgedAlerts: () => AsyncIterable<FeedbackSample>;
  readonly quarantine: QuarantineService;
  readonly incidents: IncidentService;
}

export function createJudging(base: Base, triage: TriageRoom, latency: LatencyRecorder): Judging {
  const feeding = createFeeding(base);
  return {
    feedback: createFeedback(feeding, latency),
    standingFeedback: createStandingFeedback(base),
    withdrawFeedback: createWithdrawal(feeding),
    forget: async (analyst) => {
      const pseudonym = pseudonymOf(analyst);
      // the incident first: alerts that join it later must not take the judgement over again
      const incidents = await triage.forget(pseudonym);
      const alerts = await base.stores.feedback.forget(analyst, pseudonym);
      return {
        before: { alerts, incidents },
        after: { alerts: 0, incidents: 0 },
        pseudonym,
        note: alerts > 0 ? 'Retrain with force so that no later release has learned from them.' : '',
      };
    },
    judgedAlerts: () => base.stores.feedback.samples(),
    quarantine: createQuarantine(base, triage),
    incidents: new IncidentService({ triage, feeding, now: base.now }),
  };
}
