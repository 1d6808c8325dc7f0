import type { InspectionRecord, RunLog, RunRecord, TickRecord } from '../run-log.ts';

/** {@link RunLog} in memory: for tests and for runs that keep nothing. */
export class MemoryRunLog implements RunLog {
  readonly #runs = new Map<string, RunRecord>();
  #tick: TickRecord | undefined;
  #inspection: InspectionRecord | undefined;

  async put(run: RunRecord): Promise<void> {
    this.#runs.set(run.runId, { ...run });
  }

  async get(runId: string): Promise<RunRecord | undefined> {
    return this.#runs.get(runId);
  }

  async list(limit: number): Promise<readonly RunRecord[]> {
    return [...this.#runs.values()]
      .sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt) || (a.runId < b.runId ? -1 : 1))
      .slice(0, limit);
  }

  async prune(keep: number): Promise<number> {
    const old = (await this.list(Number.POSITIVE_INFINITY)).slice(keep);
    for (const { runId } of old) this.#runs.delete(runId);
    return old.length;
  }

  async putTick(tick: TickRecord): Promise<void> {
    this.#tick = { ...tick };
  }

  async putInspection(inspection: InspectionRecord): Promise<void> {
    this.#inspection = inspection;
  }

  async lastInspection(): Promise<InspectionRecord | undefined> {
    return this.#inspection;
  }

  async lastTick(): Promise<TickRecord | undefined> {
    return this.#tick;
  }

  async dropUnreadable(): Promise<number> {
    return 0;
  }
}
