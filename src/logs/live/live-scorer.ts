import { LRUCache } from 'lru-cache';
import type { LogRow } from '../formats/log-row.ts';
import type { LogPackage } from '../log-package.ts';
import { isoTime } from '../reading-tally.ts';
import type { RowJudge, ScoredRow } from '../score-logs.ts';
import { deriveOne } from '../windows/derive.ts';
import { EntityHistory, type HistoryState, MAX_ENTITIES } from '../windows/entity-history.ts';
import { eventsOf, type LogEvents } from '../windows/log-events.ts';
import { LogTable } from '../windows/log-table.ts';
import { EventQueue, type Waiting } from './event-queue.ts';

/** A scored row and the columns that it was scored by. */
export interface LiveRow {
  readonly scored: ScoredRow;
  readonly columns: Float32Array;
}

/** Everything a scorer knows of what happened, as data. Names are addresses and users. */
export interface ScorerState {
  readonly history: HistoryState;
  readonly waiting: readonly Waiting[];
  readonly names: readonly (readonly [name: string, number: number])[];
  readonly nNames: number;
}

/**
 * Scores rows as they come, by the same columns that a file of them would give: what a row sees is what had ended before
 * it began. Rows that come late see the windows as they are then.
 */
export class LiveScorer {
  readonly #pack: LogPackage;
  readonly #judge: RowJudge;
  readonly #columns: readonly string[];
  readonly #history: EntityHistory;
  readonly #waiting = new EventQueue();
  readonly #names = new LRUCache<string, number>({ max: MAX_ENTITIES });
  #nNames = 0;

  /** @param state what an earlier scorer of the package knew; left out, nothing is known */
  constructor(pack: LogPackage, judge: RowJudge, columns: readonly string[], state?: ScorerState) {
    this.#pack = pack;
    this.#judge = judge;
    this.#columns = columns;
    const lengths = Object.values(pack.manifest.windows_ms);
    if (state === undefined) {
      this.#history = new EntityHistory(lengths);
      return;
    }
    this.#history = EntityHistory.from(lengths, state.history);
    for (const event of state.waiting) this.#waiting.add(event);
    for (const [name, number] of state.names) this.#names.set(name, number);
    this.#nNames = state.nNames;
  }

  toState(): ScorerState {
    return {
      history: this.#history.toState(),
      waiting: this.#waiting.waiting,
      // the one used last stands first there
      names: [...this.#names.entries()].reverse(),
      nNames: this.#nNames,
    };
  }

  push(row: LogRow): LiveRow {
    const { plan, input } = this.#pack.manifest;
    const table = new LogTable({ only: this.#columns, capacity: 1 });
    table.add(row);
    const events = this.#named(eventsOf(table, input.time_is === 'end' ? 'end' : 'start'), table);
    const start = events.start[0] as number;
    for (;;) {
      const event = this.#waiting.takeBefore(start);
      if (event === undefined) break;
      this.#history.enter(event, event.logBytes);
    }
    const { derived, event } = deriveOne(table, events, plan, this.#history);
    if (plan.hasWindows && !Number.isNaN(event.end))
      this.#waiting.add({ ...event, logBytes: Math.log1p(events.bytesOut[0] as number) });
    const scored = this.#judge.judge(derived, events, this.#judge.scores(derived), 0, {
      line: row.line,
      time: Number.isNaN(row.time) ? null : isoTime(row.time),
    });
    return { scored, columns: derived.X };
  }

  /** Numbers of entities that hold from row to row; of a kind each, so that a name is one source and another user. */
  #named(events: LogEvents, table: LogTable): LogEvents {
    const number = (kind: 'source' | 'target' | 'user', columns: readonly string[]): Int32Array => {
      if ((events[kind][0] as number) < 0) return events[kind];
      const name = columns.map((column) => table.words(column)[0]).find((word) => word !== undefined);
      return Int32Array.of(this.#numberOf(`${kind} ${name}`));
    };
    return {
      ...events,
      source: number('source', ['source.ip', 'source.address']),
      target: number('target', ['destination.ip', 'destination.address', 'host.name', 'event.provider']),
      user: number('user', ['user.name']),
    };
  }

  #numberOf(name: string): number {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    this.#names.set(name, ++this.#nNames);
    return this.#nNames;
  }
}
