import type { IntelHit, TriageStage } from '../triage-facts.ts';
import type { IntelSources } from './intel-sources.ts';

/** Five microseconds an entity for each of a few sources; an alert with hundreds of entities stays below. */
const BUDGET_US = 5_000;

/** The stage that looks the alert's entities up in the sources of indicators, as of the alert's own time. */
export function intelStage(sources: IntelSources): TriageStage {
  return {
    name: 'intel',
    budgetUs: BUDGET_US,
    isReady: () => sources.isReady,
    run: ({ alert, nowMs }, { entities }) => {
      const occurredAtMs = Date.parse(alert.occurred_at);
      // an alert dated ahead asks about now
      const atMs = Number.isNaN(occurredAtMs) ? nowMs : Math.min(occurredAtMs, nowMs);
      const hits = sources.look(entities?.distinct ?? alert.entities, atMs);
      const intel = hits.map(
        ({ source, kind, confidence, value }): IntelHit => ({ source, kind, confidence, entity: value }),
      );
      return { intel };
    },
  };
}
