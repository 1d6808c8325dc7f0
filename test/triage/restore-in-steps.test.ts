import { describe, expect, it } from 'vitest';
import { Behavior } from '../../src/triage/behavior/behavior.ts';
import { ROWS_PER_STEP } from '../../src/triage/behavior/keyed-table.ts';
import {
  RESTORED_PER_STEP,
  TenantIncidents,
  type TenantIncidentsCapture,
} from '../../src/triage/correlation/tenant-incidents.ts';
import { decodeState, encodeState } from '../../src/triage/state/state-format.ts';
import { fromParts, inParts, type StatePart } from '../../src/triage/state/state-part.ts';

const TENANT = 7;

function busyBehavior(nPairs: number): Behavior {
  const behavior = new Behavior();
  for (let i = 0; i < nPairs; i++) {
    const profiled = { rule: i % 50, incident: undefined, nEntities: 1, tactics: [] };
    const entities = [{ key: 2 ** 40 + i * 7919, kind: 0 }];
    behavior.observe(TENANT, { rule: i % 50, entities, profiled }, i / 10, i / 10);
  }
  return behavior;
}

describe('restoring what was stored', () => {
  it('takes a bounded number of pairs between two pauses, and has the same in the end', async () => {
    const before = busyBehavior(30_000);
    before.beginCapture();
    const [captured] = await before.finishCapture();
    const [key, state] = captured!;
    const after = new Behavior();
    let nPairs = 0;
    let most = 0;
    let nSteps = 0;
    for (const _ of after.addState(key, state)) {
      const now = after.tenant(TENANT)!.pairs.size;
      most = Math.max(most, now - nPairs);
      nPairs = now;
      nSteps++;
    }
    expect(most).toBeLessThanOrEqual(ROWS_PER_STEP);
    // pairs and entities at the least
    expect(nSteps).toBeGreaterThanOrEqual(Math.floor((2 * 30_000) / ROWS_PER_STEP));
    after.beginCapture();
    expect(await after.finishCapture()).toEqual([[key, state]]);
  });

  it('takes incidents in pieces that are read when they are due', async () => {
    const before = new TenantIncidents('acme', 50_000);
    for (let i = 0; i < 600; i++) {
      before.join(
        {
          ...{ alertKey: String(i), atS: 60 * i, strength: 0.2, rule: i, entities: [10_000 + i] },
          ...{ ruleName: 'r', title: 't', entityNames: [], tactics: [], isWarmingUp: true },
        },
        0,
      );
    }
    const state = Object.assign({}, ...before.statePieces()) as TenantIncidentsCapture;
    let open = 0;
    let most = 0;
    const groups = [...state.groups];
    const watched = (function* () {
      for (const group of groups) {
        most = Math.max(most, ++open);
        yield group;
      }
    })();
    const bytes = await encodeState({
      groups: inParts(groups, 4),
      names: inParts(state.names, 2_048),
      tracks: inParts(state.tracks, 256),
    });
    const stored = (await decodeState(bytes)) as Record<'groups' | 'names' | 'tracks', StatePart[]>;
    expect(stored.groups).toHaveLength(groups.length / 4);
    const restored = new TenantIncidents('acme', 50_000);
    const steps = restored.addState({ ...state, groups: watched });
    for (const _ of steps) open = 0;
    expect(most).toBeLessThanOrEqual(RESTORED_PER_STEP.groups);
    const again = new TenantIncidents('acme', 50_000);
    const fromStored = {
      newestCell: state.newestCell,
      ...{
        groups: fromParts(stored.groups),
        names: fromParts(stored.names),
        tracks: fromParts(stored.tracks),
      },
    } as Parameters<typeof again.addState>[0];
    for (const _ of again.addState(fromStored));
    const shown = (one: TenantIncidents) =>
      [...one.incidents()].map((group) => JSON.stringify(group.capture()())).sort();
    expect(shown(restored)).toEqual(shown(before));
    expect(shown(again)).toEqual(shown(before));
  });
});
