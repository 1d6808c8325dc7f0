import { createHash } from 'node:crypto';
import type { Alert } from '../../src/alert/alert.ts';
import { MemoryBehaviorLog } from '../../src/store/memory/memory-behavior-log.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import type { RuleEngine } from '../../src/triage/rules/rule-engine.ts';
import { TriageRoom } from '../../src/triage/triage-room.ts';
import type { UncountedAlert } from '../../src/triage/uncounted-alerts.ts';
import { anAlert } from '../features/alerts.ts';

const START = Date.UTC(2026, 0, 10);
const PATHS = { snapshot: 'snapshot', before: 'before', key: 'key', lock: 'lock' };
const NO_RULES: RuleEngine = { id: 'none', evaluate: () => ({ score: null, matches: [] }) };

/** Storage whose deltas are read when it is told to go on. */
class SlowLog extends MemoryBehaviorLog {
  #gate = Promise.resolve();
  #open = (): void => {};
  isAway = false;

  stop(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  goOn(): void {
    this.#open();
  }

  override async append(...[bucket, delta]: Parameters<MemoryBehaviorLog['append']>): Promise<void> {
    if (this.isAway) throw new Error('storage is away');
    await super.append(bucket, delta);
  }

  override async read(bucket: number) {
    await this.#gate;
    if (this.isAway) throw new Error('storage is away');
    return super.read(bucket);
  }
}

/** Rooms of several instances on one storage with one clock. */
export class TriageRooms {
  nowMs = START;
  readonly log = new SlowLog();
  readonly blobs = new MemoryModelStore(() => this.nowMs);
  readonly events: [string, Readonly<Record<string, unknown>>][] = [];
  /** Outcomes of rules that were noted. */
  nNoted = 0;

  start(instanceId: string): TriageRoom {
    return new TriageRoom({
      ...{ log: this.log, blobs: this.blobs, paths: PATHS, instanceId, now: () => this.nowMs },
      ...{ withEntities: true, withBehavior: true, withCorrelation: true, withNames: true, withTitles: true },
      rules: {
        engine: () => NO_RULES,
        note: () => {
          this.nNoted++;
        },
      },
      onEvent: (event, details) => this.events.push([event, details]),
    });
  }

  /** An alert that stands out by its severity. */
  onHost(host: string, id: string, changes: Partial<Alert> = {}): Alert {
    return anAlert({
      ...{ id, tenant: 'acme', source: 'edr', rule_id: `rule ${id}`, severity: 'high', tactics: [] },
      entities: [{ kind: 'host', value: host }],
      occurred_at: new Date(this.nowMs).toISOString(),
      ...changes,
    });
  }

  /** Judges an alert by the stages and remembers it, as a request does. */
  predict(room: TriageRoom, alert: Alert): UncountedAlert {
    const scored = this.judge(room, alert);
    room.noteScored(scored);
    return scored;
  }

  judge(room: TriageRoom, alert: Alert): UncountedAlert {
    const alertKey = keyOf(alert.id);
    const triage = room.pipeline.run({
      ...{ alert, payload: {}, alertKey, nowMs: this.nowMs },
      observe: room.isNew(alertKey),
      repeats: room.isNew(alertKey) ? undefined : room.repeatOf(alertKey),
    });
    return {
      verdictId: `verdict of ${alert.id}`,
      normalized: { alert, opened: {}, report: { fields: { occurred_at: 'time' } } },
      snapshot: { alertKey },
      verdict: { disposition: 'suspicious', finalScore: 70 },
      decision: { decision: 'review' },
      triage,
      scoredAt: new Date(this.nowMs).toISOString(),
    } as unknown as UncountedAlert;
  }
}

export const keyOf = (id: string): string => createHash('md5').update(id).digest('hex');

/** Alerts of each incident of the tenant. */
export const sizesOf = (room: TriageRoom): number[] =>
  [...room.incidents('acme')].map(({ group }) => group.nAlerts);
