import { averagePrecision, rocAuc } from '../../trees/metrics/ranking-metrics.ts';
import type { Group } from '../../triage/correlation/group.ts';
import { attackEvidence } from './attack-evidence.ts';
import type { Played, PlayedAlert } from './play.ts';

const DAY_S = 86_400;
const LINE_S = 300;
const PURITY_LINE_S = 600;

export interface StepFigures {
  /** Place of the first incident that holds evidence of the step, highest score first; null where none does. */
  readonly incident_rank: number | null;
  /** Incidents to read until then, that one included. */
  readonly incidents_read: number | null;
  /** Lines (rule x host x 5 minutes) to read in them. */
  readonly lines_read: number | null;
}

/** Figures of a played file; those that need labels are absent without, those of ranking without an alert to rank. */
export interface SimulationFigures {
  readonly alerts: number;
  readonly notable: number;
  readonly incidents: number;
  /** Of those that go on after the first 24 hours. */
  readonly incidents_per_day: number;
  /** Items to read (incidents, and a roll-up for each rule x host x day of the rest) against alerts. */
  readonly reduction: number;
  /** The same with roll-ups as `GET /incidents?kind=roll_up` lists them: one for each rule x day, hosts within. */
  readonly reduction_as_listed: number;
  readonly reduction_incidents_only: number;
  /** Of the context score after the first 24 hours, against the alerts in any step's window. */
  readonly auc_time?: number;
  /** The same against the alerts traced back to the attack. */
  readonly auc_event?: number;
  /** The same two of final_score. */
  readonly final_auc_time?: number;
  readonly final_auc_event?: number;
  /** Average precision per line (rule x host x 5 minutes) against evidence. */
  readonly line_ap?: number;
  /** Every labelled step with evidence. */
  readonly steps?: Readonly<Record<string, StepFigures>>;
  /** Place of the incident that holds evidence of the most steps. */
  readonly main_incident_rank?: number | null;
  /** Share of lines (10 minutes) with evidence in the incidents that hold any. */
  readonly purity?: number;
  readonly us_per_alert: number;
}

interface RankedIncident {
  readonly id: string;
  readonly score: number;
  readonly alerts: PlayedAlert[];
  readonly steps: Set<string>;
  nEvidence: number;
}

/** Counts what a played file led to. */
export function simulationFigures({ alerts, usPerAlert }: Played): SimulationFigures {
  const firstS = alerts[0]?.stream.atS ?? 0;
  const lastS = alerts.at(-1)?.stream.atS ?? 0;
  const cutS = firstS + DAY_S;
  const days = (lastS - cutS) / DAY_S;
  const isLabelled = alerts.some(({ stream }) => stream.label !== undefined);
  const evidence = isLabelled ? attackEvidence(alerts.map(({ stream }) => stream)) : new Set<number>();
  const incidents = rankedIncidents(alerts, evidence);
  const routine = new Set<string>();
  const rollUps = new Set<string>();
  for (const alert of alerts) {
    if (alert.incident !== undefined) continue;
    routine.add(lineOf(alert, DAY_S));
    rollUps.add(`${alert.stream.rule}\u0000${Math.floor(alert.stream.atS / DAY_S)}`);
  }
  const lasting = incidents.filter((incident) => incident.alerts.at(-1)!.stream.atS >= cutS).length;
  return {
    alerts: alerts.length,
    notable: alerts.filter(({ notable }) => notable).length,
    incidents: incidents.length,
    incidents_per_day: days > 0 ? lasting / days : incidents.length,
    reduction: 1 - (incidents.length + routine.size) / alerts.length,
    reduction_as_listed: 1 - (incidents.length + rollUps.size) / alerts.length,
    reduction_incidents_only: 1 - incidents.length / alerts.length,
    ...(isLabelled ? attackFigures(alerts, evidence, incidents, cutS) : {}),
    us_per_alert: usPerAlert,
  };
}

function attackFigures(
  alerts: readonly PlayedAlert[],
  evidence: ReadonlySet<number>,
  incidents: readonly RankedIncident[],
  cutS: number,
): Partial<SimulationFigures> {
  const from = alerts.findIndex(({ stream }) => stream.atS >= cutS);
  const later = from < 0 ? [] : alerts.slice(from);
  const score = later.map((alert) => (Number.isNaN(alert.score) ? 0 : alert.score));
  const final = later.map((alert) => alert.finalScore);
  const inWindow = later.map(({ stream }) => (stream.label?.step === undefined ? 0 : 1));
  const traced = later.map(({ stream }) => (stream.label?.event === undefined ? 0 : 1));
  const hasFinal = final.every((value) => !Number.isNaN(value));
  const lines = new Map<string, { score: number; isAttack: number }>();
  for (const [at, alert] of later.entries()) {
    const key = lineOf(alert, LINE_S);
    const isAttack = evidence.has(from + at) ? 1 : 0;
    const line = lines.get(key);
    if (line === undefined) lines.set(key, { score: score[at]!, isAttack });
    else {
      line.score = Math.max(line.score, score[at]!);
      line.isAttack = Math.max(line.isAttack, isAttack);
    }
  }
  const steps = new Set<string>();
  for (const position of evidence) {
    const { step } = alerts[position]!.stream.label!;
    if (step !== undefined) steps.add(step);
  }
  const main = [...incidents].sort((a, b) => b.steps.size - a.steps.size || b.nEvidence - a.nEvidence)[0];
  const attackLines = new Map<string, boolean>();
  const positions = new Map(alerts.map((alert, position) => [alert, position]));
  for (const incident of incidents) {
    if (incident.nEvidence === 0) continue;
    for (const alert of incident.alerts) {
      const key = `${incident.id}\u0000${lineOf(alert, PURITY_LINE_S)}`;
      attackLines.set(key, (attackLines.get(key) ?? false) || evidence.has(positions.get(alert)!));
    }
  }
  const pure = [...attackLines.values()].filter(Boolean).length;
  const ranking = (): Partial<SimulationFigures> => ({
    auc_time: rocAuc(inWindow, score),
    auc_event: rocAuc(traced, score),
    ...(hasFinal ? { final_auc_time: rocAuc(inWindow, final), final_auc_event: rocAuc(traced, final) } : {}),
    line_ap: averagePrecision(
      [...lines.values()].map(({ isAttack }) => isAttack),
      [...lines.values()].map((line) => line.score),
    ),
  });
  return {
    // a file of a day or less has nothing to rank
    ...(later.length === 0 ? {} : ranking()),
    steps: Object.fromEntries([...steps].map((step) => [step, stepFigures(step, incidents)])),
    main_incident_rank: main === undefined ? null : incidents.indexOf(main) + 1,
    purity: pure / Math.max(1, attackLines.size),
  };
}

function stepFigures(step: string, incidents: readonly RankedIncident[]): StepFigures {
  const at = incidents.findIndex(({ steps }) => steps.has(step));
  if (at < 0) return { incident_rank: null, incidents_read: null, lines_read: null };
  let lines = 0;
  for (const incident of incidents.slice(0, at + 1)) {
    lines += new Set(incident.alerts.map((alert) => lineOf(alert, LINE_S))).size;
  }
  return { incident_rank: at + 1, incidents_read: at + 1, lines_read: lines };
}

/** Highest score first, of equal ones the earlier. */
function rankedIncidents(alerts: readonly PlayedAlert[], evidence: ReadonlySet<number>): RankedIncident[] {
  const byGroup = new Map<Group, RankedIncident>();
  for (const [position, alert] of alerts.entries()) {
    const { incident, stream } = alert;
    if (incident === undefined) continue;
    let ranked = byGroup.get(incident);
    if (ranked === undefined) {
      ranked = { id: incident.id, score: incident.rawScore(), alerts: [], steps: new Set(), nEvidence: 0 };
      byGroup.set(incident, ranked);
    }
    ranked.alerts.push(alert);
    if (!evidence.has(position)) continue;
    ranked.nEvidence++;
    if (stream.label?.step !== undefined) ranked.steps.add(stream.label.step);
  }
  return [...byGroup.values()].sort(
    (a, b) =>
      b.score - a.score || a.alerts[0]!.stream.atS - b.alerts[0]!.stream.atS || (a.id < b.id ? -1 : 1),
  );
}

const lineOf = ({ stream: { rule, host, atS } }: PlayedAlert, seconds: number): string =>
  `${rule}\u0000${host}\u0000${Math.floor(atS / seconds)}`;
