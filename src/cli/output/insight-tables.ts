import type { z } from 'zod';
import type { WireQuarantine } from '../../api/feedback/quarantine.ts';
import type { driftSchema } from '../../api/health/drift.ts';
import type { WireSimilar } from '../../api/similar/similar.ts';
import type { importancesSchema } from '../../api/versions/audit.ts';
import type { WireWorkload } from '../../api/workload/workload.ts';
import { count, type Shown, shortTime, stateTable } from './show.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

type Share = { readonly value: number; readonly low: number; readonly high: number } | null;
const shown = (share: Share, show: (value: number) => string): string =>
  share === null ? '' : `${show(share.value)} (${show(share.low)} to ${show(share.high)})`;

export function shownDrift(drift: z.infer<typeof driftSchema>): Shown {
  const { status, detail, measures, window_alerts, baseline_alerts } = drift;
  const told = measures.filter(({ kind, shifted }) => kind === 'output' || shifted);
  return {
    text: stateTable(
      ['measure', 'index', 'distance', 'state'],
      told.map(({ name, psi, js_distance, shifted }) => [
        name,
        psi.toFixed(3),
        js_distance.toFixed(3),
        shifted ? 'shifted' : 'ok',
      ]),
    ),
    summary: `${status}: ${detail} (${count(window_alerts, 'alert')} against ${baseline_alerts})`,
  };
}

export function shownWorkload({ curve, today, proposed, judged, note }: WireWorkload): Shown {
  const row = (what: string, figures: WireWorkload['curve'][number]): string[] => [
    what,
    figures.close_below.toFixed(4),
    shown(figures.closed, percent),
    shown(figures.missed, percent),
    String(figures.missed_attacks),
    shown(figures.cost_per_alert, (cost) => cost.toFixed(1)),
  ];
  const rows = [
    ...(today === null ? [] : [row('today', today)]),
    ...(proposed === null ? [] : [row('at these costs', proposed)]),
    ...curve.map((point) => row('', point)),
  ];
  return {
    text: stateTable(['cut', 'close below', 'closed', 'missed', 'attacks', 'cost an alert'], rows),
    summary: `${count(judged, 'judged alert')}. ${note}`,
  };
}

export function shownQuarantine({ held, total }: WireQuarantine): Shown {
  return {
    text: stateTable(
      ['alert', 'guard', 'judged as', 'by', 'at', 'ruling', 'why'],
      held.map(({ alert_key, guard, disposition, votes, judged_at, ruling, reason }) => [
        alert_key,
        guard,
        disposition ?? '',
        votes.map(({ analyst }) => analyst).join(', '),
        shortTime(judged_at),
        ruling?.action ?? '',
        reason,
      ]),
    ),
    summary: `${held.length} of ${count(total, 'judgement')} held back`,
  };
}

export function shownSimilar({ alerts, judged, model, note }: WireSimilar): Shown {
  return {
    text: stateTable(
      ['alert', 'was', 'shared', 'at'],
      alerts.map(({ alert_key, disposition, shared, occurred_at }) => [
        alert_key,
        disposition,
        percent(shared),
        shortTime(occurred_at),
      ]),
    ),
    summary: [
      `${alerts.length} of ${count(judged, 'judged alert')}, by classifier ${model.version}`,
      ...(note === undefined ? [] : [note]),
    ].join('; '),
  };
}

export function shownImportances({ models }: z.infer<typeof importancesSchema>, top: number): Shown {
  const rows = Object.entries(models).flatMap(([model, { version, importances }]) =>
    importances
      .slice(0, top)
      .map(({ feature, importance }) => [`${model} ${version}`, feature, importance.toFixed(4)]),
  );
  return {
    text: stateTable(['model', 'column', 'importance'], rows),
    summary: `the first ${top} columns of ${count(Object.keys(models).length, 'model')}`,
  };
}
