import { type Alert, alertKey } from '../../alert/alert.ts';
import { normalizeAlert } from '../../intake/normalize.ts';
import { DEFAULT_BLEND } from '../../models/ensemble.ts';
import { DEFAULT_POLICY } from '../../policy/policy.ts';
import type { ServingModels } from '../../serving/model-server.ts';
import { AlertScorer } from '../../triage/alert-scorer.ts';
import type { Group } from '../../triage/correlation/group.ts';
import { shippedRuleEngine } from '../../triage/rules/shipped-rules.ts';
import { createTriage, replaying } from '../../triage/triage.ts';
import type { StreamAlert } from './alert-stream.ts';

/** What the service said of one alert, with its incident as it turned out in the end. */
export interface PlayedAlert {
  readonly stream: StreamAlert;
  /** Context score, 0-1; NaN in a tenant's first day. */
  readonly score: number;
  /** 0-100; NaN where no models took part. */
  readonly finalScore: number;
  readonly notable: boolean;
  /** Undefined where the alert is in none. */
  readonly incident: Group | undefined;
}

export interface Played {
  readonly alerts: readonly PlayedAlert[];
  readonly usPerAlert: number;
}

/** Hashes of a simulation are the same in every run. */
const KEY = new Uint8Array(32).fill(7);

/**
 * Plays alerts in time order through the service's own stages and models with nothing remembered: each is received at
 * its own time.
 *
 * @param models undefined: the stages alone
 */
export async function play(
  stream: readonly StreamAlert[],
  models: ServingModels | undefined,
  onProgress: (nDone: number) => void = () => {},
): Promise<Played> {
  const engine = shippedRuleEngine();
  const triage = createTriage({
    key: KEY,
    rules: { engine: () => engine },
    useVendorIncidents: false,
    ...replaying,
  });
  // what is played was read already: the rest of a reading is that of a plain alert
  const plain = normalizeAlert(
    { id: 'plain', title: 'plain', source: 'plain' },
    { receivedAt: new Date(0).toISOString() },
  );
  const scorer = new AlertScorer({
    normalize: (payload) => ({ ...plain, alert: payload as Alert }),
    pipeline: triage.pipeline,
    isNew: () => true,
    weights: DEFAULT_BLEND,
    policy: () => DEFAULT_POLICY,
    newVerdictId: () => '',
  });
  const alerts: PlayedAlert[] = [];
  let spentMs = 0;
  for (const [at, one] of stream.entries()) {
    const alert = one.alert();
    const nowMs = one.atS * 1000;
    const startedAtMs = performance.now();
    const facts =
      models === undefined
        ? triage.pipeline.run({
            alert,
            payload: one.payload,
            alertKey: alertKey(alert),
            nowMs,
            observe: true,
          }).facts
        : undefined;
    const scored = models === undefined ? undefined : scorer.score(alert, models, 0, nowMs);
    spentMs += performance.now() - startedAtMs;
    const { behavior, incident } = scored?.triage.facts ?? facts ?? {};
    const id = incident?.incident?.id;
    alerts.push({
      stream: one,
      score: behavior?.score ?? Number.NaN,
      finalScore: scored?.verdict.finalScore ?? Number.NaN,
      notable: incident?.notable ?? false,
      incident: id === undefined ? undefined : triage.incident(alert.tenant, id),
    });
    if ((at & 0xfff) === 0) {
      onProgress(at);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return {
    alerts: alerts.map((one) => ({ ...one, incident: one.incident?.current() })),
    usPerAlert: (spentMs * 1000) / Math.max(1, stream.length),
  };
}
