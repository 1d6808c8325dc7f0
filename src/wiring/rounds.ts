import type { HealthService } from '../api/health/health-service.ts';
import type { IncidentService } from '../api/incidents/incident-service.ts';
import type { IntelService } from '../api/intel/intel-service.ts';
import type { PolicyService } from '../api/policy/policy-service.ts';
import type { RuleService } from '../api/rules/rule-service.ts';
import type { ModelServer } from '../serving/model-server.ts';
import { STIR_EVERY_MS } from '../triage/state/shared-state.ts';
import type { TriageRoom } from '../triage/triage-room.ts';
import type { Base } from './base.ts';
import type { Fleet } from './fleet.ts';

export interface RoundDeps {
  readonly server: ModelServer;
  readonly policy: PolicyService;
  readonly triage: TriageRoom;
  readonly intel: IntelService;
  readonly rules: RuleService;
  readonly incidents: IncidentService;
  readonly fleet: Fleet;
  readonly health: HealthService;
}

/**
 * What every instance looks at and tells again and again by itself, since a timer of the platform reaches one instance
 * only: models, policy, shared state, indicators, rules, heartbeat.
 */
export class Rounds {
  readonly #base: Base;
  readonly #deps: RoundDeps;
  readonly #clocks: readonly NodeJS.Timeout[];

  constructor(base: Base, deps: RoundDeps) {
    this.#base = base;
    this.#deps = deps;
    this.#clocks = [
      setInterval(() => void this.go(), base.settings.HEAD_POLL_SECONDS * 1000).unref(),
      setInterval(() => void deps.triage.shareIfStirred(), STIR_EVERY_MS).unref(),
    ];
  }

  /** One round; what fails in it is told by health, and looked at again in the next. */
  async go(lookAtModels = (): Promise<void> => this.#deps.server.refresh()): Promise<void> {
    const { policy, triage, intel, rules, fleet, health } = this.#deps;
    await Promise.all([lookAtModels(), policy.refresh(), triage.share(), intel.refresh(), rules.refresh()]);
    await this.#followJudgements();
    await fleet.beat();
    health.note();
  }

  stop(): void {
    for (const clock of this.#clocks) clearInterval(clock);
  }

  /** Alerts scored here that joined a judged incident take its judgement; what fails now, the hourly check finds. */
  async #followJudgements(): Promise<void> {
    const joined = this.#deps.triage.takeJoinedJudged();
    if (joined.length === 0) return;
    try {
      await this.#base.stores.predictions.flush();
      await this.#deps.incidents.followJudgements(joined);
    } catch (error) {
      this.#base.logEvent('judgements_not_followed', { reason: String(error) });
    }
  }
}
