import { describe, expect, it } from 'vitest';
import { type Alert, alertKey } from '../../src/alert/alert.ts';
import { ATTACK_STEPS } from '../../src/evaluation/story/attack-steps.ts';
import { makeStory, type StoryAlert } from '../../src/evaluation/story/story.ts';
import { rocAuc } from '../../src/trees/metrics/ranking-metrics.ts';
import { createRandom } from '../../src/trees/random.ts';
import { RecentKeys } from '../../src/triage/recent-keys.ts';
import { createTriage, replaying } from '../../src/triage/triage.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 5);
const ATTACK = START + 4 * DAY + 13 * 3_600_000;
const KEY = new Uint8Array(32).fill(3);
const story = makeStory({ seed: 1, startMs: START });

interface Received {
  readonly alert: Alert;
  readonly receivedAtMs: number;
  readonly told?: StoryAlert;
}
const onTime = (told: StoryAlert): Received => ({
  alert: told.alert,
  receivedAtMs: Date.parse(told.alert.occurred_at),
  told,
});

/** ROC-AUC of the context score over the story's own alerts after the first day, whatever else was received. */
function play(more: readonly Received[] = []) {
  const triage = createTriage({ key: KEY, ...replaying });
  const recent = new RecentKeys();
  const received = [...story.map(onTime), ...more].sort((a, b) => a.receivedAtMs - b.receivedAtMs);
  const labels: number[] = [];
  const scores: number[] = [];
  const incidents = new Map<string, string>();
  for (const { alert, receivedAtMs, told } of received) {
    const key = alertKey(alert);
    const observe = recent.add(key, receivedAtMs);
    const input = { alert, payload: undefined, alertKey: key, nowMs: receivedAtMs, observe };
    const { behavior, incident } = triage.pipeline.run(input).facts;
    if (told === undefined || receivedAtMs < START + DAY) continue;
    labels.push(told.step === undefined ? 0 : 1);
    scores.push(Number.isNaN(behavior!.score) ? 0 : behavior!.score);
    if (told.step !== undefined && incident?.incident) incidents.set(told.step, incident.incident.id);
  }
  const ids = new Set([...incidents.values()].map((id) => triage.incident('harbour', id)?.id));
  return { auc: rocAuc(labels, scores), incidents, nIncidents: ids.size, triage };
}

const plain = play();
const copy = (told: StoryAlert, id: string, changes: Partial<Alert> = {}): Alert => ({
  ...told.alert,
  id,
  ...changes,
});

describe('the story', () => {
  it('is the same for a seed, in the order of time, with every step of the attack', () => {
    expect(makeStory({ seed: 1, startMs: START })).toEqual(story);
    expect(makeStory({ seed: 2, startMs: START })).not.toEqual(story);
    const times = story.map(({ alert }) => alert.occurred_at);
    expect(times).toEqual([...times].sort());
    expect(new Set(story.flatMap(({ step }) => step ?? []))).toEqual(
      new Set(ATTACK_STEPS.map(({ name }) => name)),
    );
  });

  it('stands out, and its steps become one incident', () => {
    expect(plain.auc).toBeGreaterThan(0.95);
    expect(plain.incidents.size).toBe(ATTACK_STEPS.length);
    expect(plain.nIncidents).toBe(1);
  });
});

describe('a sensor that nobody announced', () => {
  it('raises a handful of incidents and not one for every rule and host', () => {
    const random = createRandom(9);
    const hosts = [...new Set(story.map(({ alert }) => alert.entities[0]!.value))];
    const begun = START + 2 * DAY;
    const more = Array.from({ length: 20 * 60 }, (_, i) => {
      const receivedAtMs = begun + random.next() * 0.5 * DAY;
      const alert: Alert = {
        ...story[0]!.alert,
        id: `sensor-${i}`,
        title: `sensor rule ${'abcdefghijklmnopqrst'[i % 20]}`,
        rule_name: `sensor rule ${'abcdefghijklmnopqrst'[i % 20]}`,
        occurred_at: new Date(receivedAtMs).toISOString(),
        entities: [{ kind: 'host', value: hosts[random.int(hosts.length)]! }],
      };
      return { alert, receivedAtMs };
    });
    const incidentsOf = ({ triage }: ReturnType<typeof play>): number => {
      let n = 0;
      for (const [, incidents] of triage.correlation.tenants()) n += incidents.incidents().size;
      return n;
    };
    const introduced = play(more);
    expect(incidentsOf(introduced)).toBeLessThan(incidentsOf(plain) + 10);
    expect(introduced.auc).toBeGreaterThan(plain.auc - 0.01);
    expect(introduced.nIncidents).toBe(1);
  });
});

describe('who wants to blind the context', () => {
  const floor = plain.auc - 0.01;

  it('gains nothing by one alert a pair that is dated years ahead', () => {
    const pairs = new Map(
      story.map((told) => [`${told.alert.title} ${told.alert.entities[0]!.value}`, told]),
    );
    const ahead = [...pairs.values()].map((told, i) => ({
      alert: copy(told, `ahead-${i}`, { occurred_at: new Date(START + 3_650 * DAY).toISOString() }),
      receivedAtMs: ATTACK - 3 * DAY,
    }));
    expect(play(ahead).auc).toBeGreaterThan(floor);
  });

  it('gains nothing by a week of back-dated alerts in one burst', () => {
    const attack = story.filter(({ step }) => step !== undefined);
    const back = Array.from({ length: 1_000 }, (_, i) => ({
      alert: copy(attack[i % attack.length]!, `back-${i}`, {
        occurred_at: new Date(ATTACK - 8 * DAY + i * 600_000).toISOString(),
      }),
      receivedAtMs: ATTACK - DAY,
    }));
    const attacked = play(back);
    expect(attacked.auc).toBeGreaterThan(floor);
    // late cells join, and make no key so common that it stops joining
    expect(attacked.nIncidents).toBe(1);
  });

  it('gains nothing by a flood of invented hosts or tenants', () => {
    const [told] = story;
    const flood = Array.from({ length: 10_000 }, (_, i) => ({
      alert: copy(told!, `flood-${i}`, {
        occurred_at: new Date(ATTACK - 6 * 3_600_000).toISOString(),
        entities: [{ kind: 'host' as const, value: `invented-${i}` }],
        ...(i % 2 === 0 ? {} : { tenant: `invented-${i}` }),
      }),
      receivedAtMs: ATTACK - 6 * 3_600_000,
    }));
    expect(play(flood).auc).toBeGreaterThan(floor);
  });

  it("gains nothing by sending yesterday's alerts again", () => {
    const yesterday = story.filter(({ alert }) => {
      const atMs = Date.parse(alert.occurred_at);
      return atMs > ATTACK - DAY && atMs < ATTACK;
    });
    const again = yesterday.map((told) => ({ alert: told.alert, receivedAtMs: ATTACK - 60_000 }));
    expect(play(again).auc).toBeGreaterThan(floor);
  });
});
