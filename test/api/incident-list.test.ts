import { describe, expect, it } from 'vitest';
import { type IncidentFilter, IncidentService } from '../../src/api/incidents/incident-service.ts';
import { incidentListSchema } from '../../src/api/incidents/incidents.ts';
import { RollUps } from '../../src/triage/correlation/roll-ups.ts';

const DAY = 20_000;
const ALL: IncidentFilter = {
  ...{ kind: 'roll_up', tenant: undefined, since: undefined, minScore: 0, state: undefined },
  ...{ order: 'score', limit: 50, offset: 0 },
};

function serviceOf(rollUps: RollUps): IncidentService {
  const triage = { rollUps: () => rollUps.items(undefined), incidents: () => [], status: 'shared' };
  return new IncidentService({ triage, feeding: {}, now: Date.now } as unknown as ConstructorParameters<
    typeof IncidentService
  >[0]);
}

describe('IncidentService.list of roll-ups', () => {
  const rollUps = new RollUps();
  for (let rule = 1; rule <= 3; rule++) {
    for (let day = DAY; day < DAY + 2; day++) {
      const atS = day * 86_400 + rule;
      const alerts = { ruleName: `rule ${rule}`, placeName: 'host:web-1', nAlerts: rule };
      rollUps.count(1, { ...alerts, rule, day, place: 9, firstAtS: atS, lastAtS: atS });
    }
  }
  const service = serviceOf(rollUps);

  it('gives the most alerts first, paged, as documented', () => {
    const page = service.list({ ...ALL, limit: 4 });
    expect(incidentListSchema.parse(page)).toEqual(page);
    expect(page).toMatchObject({ incidents: [], total: 6, next_offset: 4 });
    expect(page.roll_ups[0]).toEqual({
      rule: 'rule 3',
      day: '2024-10-05',
      alerts: 3,
      entities: [{ entity: 'host:web-1', alerts: 3 }],
      elsewhere: 0,
      first_at: '2024-10-05T00:00:03.000Z',
      last_at: '2024-10-05T00:00:03.000Z',
    });
    const rest = service.list({ ...ALL, offset: 4 });
    expect([...page.roll_ups, ...rest.roll_ups].map(({ alerts }) => alerts)).toEqual([3, 3, 2, 2, 1, 1]);
    expect(rest.next_offset).toBeNull();
  });

  it('gives the newest first, or those since a moment, and none with the incidents', () => {
    const newest = service.list({ ...ALL, order: 'time' }).roll_ups.map(({ rule, day }) => `${day} ${rule}`);
    expect(newest.slice(0, 2)).toEqual(['2024-10-05 rule 3', '2024-10-05 rule 2']);
    expect(service.list({ ...ALL, since: '2024-10-05T00:00:02Z' }).total).toBe(2);
    expect(service.list({ ...ALL, kind: undefined })).toMatchObject({ roll_ups: [], total: 0 });
  });

  it('refuses filters that a roll-up does not have, by name', () => {
    expect(() => service.list({ ...ALL, minScore: 5 })).toThrow(/`min_score`/);
    expect(() => service.list({ ...ALL, state: 'judged' })).toThrow(/`state`/);
    expect(() => service.list({ ...ALL, since: 'yesterday' })).toThrow(/`since`/);
  });
});
