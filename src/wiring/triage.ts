import { randomUUID } from 'node:crypto';
import { BEHAVIOR_KEY_BLOB, BEHAVIOR_LOCK_BLOB, BEHAVIOR_SNAPSHOTS } from '../store/names.ts';
import type { IntelSources } from '../triage/intel/intel-sources.ts';
import { intelStage } from '../triage/intel/intel-stage.ts';
import type { RuleBook } from '../triage/rules/rule-book.ts';
import { TriageRoom } from '../triage/triage-room.ts';
import type { Base } from './base.ts';

/** The stages before the models, with what they remember and share. */
export function createTriageRoom(
  { settings, stores, now, logEvent }: Base,
  intel: IntelSources,
  book: RuleBook,
): TriageRoom {
  return new TriageRoom({
    log: stores.behavior,
    blobs: stores.models,
    paths: { key: BEHAVIOR_KEY_BLOB, lock: BEHAVIOR_LOCK_BLOB, ...BEHAVIOR_SNAPSHOTS },
    rules: settings.RULES === 'on' ? book : undefined,
    intel: settings.INTEL === 'on' ? intelStage(intel) : undefined,
    withEntities: settings.ENTITIES === 'on',
    withBehavior: settings.BEHAVIOR === 'on',
    withCorrelation: settings.CORRELATION === 'on',
    withNames: settings.INCIDENT_ENTITIES === 'values',
    withTitles: settings.INCIDENT_ENTITIES === 'values' && settings.INCIDENT_TITLES === 'on',
    // of the process, not of the machine: one that starts again numbers its deltas anew
    instanceId: randomUUID(),
    now,
    onEvent: logEvent,
  });
}
