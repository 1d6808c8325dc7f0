import { describe, expect, it } from 'vitest';
import { incidentFigures } from '../../src/evaluation/simulate/known-incidents.ts';
import type { PlayedAlert } from '../../src/evaluation/simulate/play.ts';
import { Group } from '../../src/triage/correlation/group.ts';
import { anAlert } from '../features/alerts.ts';

const group = new Group({ cell: 1, kind: 0, key: 1 }, 'g');
const played = (index: number, id: string, aliases?: readonly string[]): PlayedAlert => ({
  stream: {
    ...{
      index,
      atS: index,
      rule: 'r',
      host: 'h',
      label: undefined,
      payload: undefined,
      isTimeOfReceipt: false,
      aliases,
    },
    alert: () => anAlert({ id }),
  },
  ...{ score: 0.5, finalScore: 50, notable: true, incident: group },
});

describe('incidentFigures', () => {
  it("finds an alert by any of its names, as incidents name Sentinel's copy of another product's alert", () => {
    const known = new Map([
      ['copy-1', 'one'],
      ['own-2', 'one'],
    ]);
    const alerts = [played(0, 'own-1', ['copy-1']), played(1, 'own-2'), played(2, 'own-3')];
    expect(incidentFigures(alerts, known)).toMatchObject({
      ...{ known_alerts: 2, known_incidents: 1, unseen_incidents: 0, pair_f1: 1 },
    });
  });
});
