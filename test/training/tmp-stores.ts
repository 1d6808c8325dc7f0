import { effectiveJudgement, type Vote } from '../../src/alert/judgement.ts';
import type { AlertSnapshot } from '../../src/alert/snapshot.ts';
import type {
  FeedbackSample,
  FeedbackStore,
  PendingMarker,
  QuarantineRuling,
} from '../../src/store/feedback-store.ts';
import type { RunLog, RunRecord, TickRecord } from '../../src/store/run-log.ts';
export class MemoryFeedbackStore implements FeedbackStore {
  s = new Map<string, FeedbackSample>();
  m = new Map<string, Set<number>>();
  async submit(snapshot: AlertSnapshot, vote: Vote) {
    const k = snapshot.alertKey;
    const old = this.s.get(k);
    const same = old?.votes.find((v) => v.analyst === vote.analyst);
    if (same && same.disposition === vote.disposition && same.risk_score === vote.risk_score)
      return { status: 'duplicate' as const, alertKey: k, rev: old!.rev, pending: false };
    const votes = [...(old?.votes ?? []).filter((v) => v.analyst !== vote.analyst), vote];
    const effective = effectiveJudgement(votes);
    const rev = (old?.rev ?? 0) + 1;
    this.s.set(k, { snapshot: old?.snapshot ?? snapshot, votes, effective, rev, ruling: old?.ruling });
    (this.m.get(k) ?? this.m.set(k, new Set()).get(k)!).add(rev);
    return { status: same ? ('revised' as const) : ('accepted' as const), alertKey: k, rev, pending: true };
  }
  async rule(k: string, ruling: QuarantineRuling) {
    const o = this.s.get(k);
    if (!o) return undefined;
    const rev = o.rev + 1;
    this.s.set(k, { ...o, ruling, rev });
    (this.m.get(k) ?? this.m.set(k, new Set()).get(k)!).add(rev);
    return { status: 'revised' as const, alertKey: k, rev, pending: true };
  }
  async get(k: string) {
    return this.s.get(k);
  }
  async findByAlertId() {
    return [];
  }
  async countPending() {
    return [...this.m.values()].filter((x) => x.size).length;
  }
  async listPending() {
    return [...this.m].filter(([, x]) => x.size).map(([alertKey, x]) => ({ alertKey, rev: Math.max(...x) }));
  }
  async *samples() {
    yield* this.s.values();
  }
  async consume(ms: readonly PendingMarker[]) {
    for (const { alertKey, rev } of ms)
      for (const r of [...(this.m.get(alertKey) ?? [])]) if (r <= rev) this.m.get(alertKey)!.delete(r);
  }
  async history() {
    return [];
  }
}
export class MemoryRunLog implements RunLog {
  r = new Map<string, RunRecord>();
  t: TickRecord | undefined;
  async put(run: RunRecord) {
    this.r.set(run.runId, run);
  }
  async get(id: string) {
    return this.r.get(id);
  }
  async list(n: number) {
    return [...this.r.values()].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1)).slice(0, n);
  }
  async putTick(t: TickRecord) {
    this.t = t;
  }
  async lastTick() {
    return this.t;
  }
}
