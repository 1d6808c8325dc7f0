import type { WireHealthDetails } from '../../api/health/health.ts';
import type { WireIncident, WireIncidentList } from '../../api/incidents/incidents.ts';
import { count, factTable, type Shown, shortTime, stateTable } from './show.ts';

export function shownHealth(health: WireHealthDetails, url: string): Shown {
  const {
    status,
    reasons,
    release,
    models,
    latency,
    pending_feedback,
    scheduler,
    storage,
    drift,
    instances,
  } = health;
  const facts: [string, string][] = [
    ['status', status],
    ...reasons.map((reason): [string, string] => ['reason', reason]),
    ['release', release ?? 'none'],
    [
      'models',
      Object.entries(models)
        .map(([name, { version }]) => `${name} ${version}`)
        .join(', '),
    ],
    [
      'storage',
      storage.status === 'ok'
        ? `${storage.backend} ok`
        : `${storage.backend} ${storage.detail ?? storage.status}`,
    ],
    ['judgements not learned yet', pending_feedback === null ? 'not known' : String(pending_feedback)],
    ['next check for a retrain', shortTime(scheduler.next_tick)],
    ['drift', drift.status],
    ['instances', `${instances.seen}${instances.agree ? '' : ', which serve different versions'}`],
    ...Object.entries(latency).map(([kind, { count: n, p50_ms, p99_ms }]): [string, string] => [
      kind,
      `${n} times, median ${p50_ms} ms, 99th percentile ${p99_ms} ms`,
    ]),
  ];
  return { text: factTable(facts), summary: `${url} is ${status}` };
}

export function shownIncidents({ incidents, total }: WireIncidentList): Shown {
  const rows = incidents.map(({ id, score, alerts, state, judged, last_at, entities, rules }) => [
    id,
    score.toFixed(1),
    String(alerts),
    judged?.disposition ?? state,
    shortTime(last_at),
    rules[0]?.name ?? '',
    entities.slice(0, 3).join(' '),
  ]);
  return {
    text: stateTable(['id', 'score', 'alerts', 'state', 'last', 'rule', 'entities'], rows),
    summary: `${incidents.length} of ${count(total, 'incident')}`,
  };
}

export function shownIncident({ id, score, alerts, members, judged }: WireIncident): Shown {
  const rows = members.map(({ alert_key, at, strength, disposition, decision, title }) => [
    shortTime(at),
    strength.toFixed(2),
    disposition ?? '',
    decision ?? '',
    title,
    alert_key,
  ]);
  return {
    text: stateTable(['when', 'strength', 'disposition', 'decision', 'title', 'alert key'], rows),
    summary: `incident ${id}: score ${score}, ${count(alerts, 'alert')}, ${judged === null ? 'open' : `judged ${judged.disposition} by ${judged.analyst}`}`,
  };
}
