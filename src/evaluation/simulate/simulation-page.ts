import type { Group } from '../../triage/correlation/group.ts';
import { shownScore } from '../../triage/correlation/group.ts';
import { digits, type Html, html, htmlPage, percent, table, tiles, whole } from '../html-page.ts';
import type { IncidentFigures } from './known-incidents.ts';
import type { Played } from './play.ts';
import type { SimulationFigures } from './simulation-figures.ts';

const HOUR_S = 3_600;
const MAX_LISTED = 25;

/** A report that needs nothing else: what was left to read, when it happened, and the incidents in order. */
export async function simulationPage(
  file: string,
  { alerts }: Played,
  figures: SimulationFigures & Partial<IncidentFigures>,
): Promise<string> {
  const firstS = alerts[0]?.stream.atS ?? 0;
  const perHour = new Map<number, { alerts: number; notable: number; attack: number }>();
  for (const { stream, notable } of alerts) {
    const hour = Math.floor((stream.atS - firstS) / HOUR_S);
    const bin = perHour.get(hour) ?? { alerts: 0, notable: 0, attack: 0 };
    bin.alerts++;
    if (notable) bin.notable++;
    if (stream.label?.step !== undefined) bin.attack++;
    perHour.set(hour, bin);
  }
  const nHours = Math.max(0, ...perHour.keys()) + 1;
  const hours = Array.from({ length: nHours }, (_, hour) => hour);
  // one more, so that an empty hour has a logarithm
  const logOf = (value: number | undefined): number => Math.log10(1 + (value ?? 0));
  const isLabelled = figures.auc_time !== undefined;
  return htmlPage({
    title: `${figures.alerts.toLocaleString('en-US')} alerts become ${figures.incidents} incidents`,
    lead: `${file}, played in time order through a service that had seen nothing before.`,
    sections: [
      {
        heading: 'Figures',
        body: [tileRow(figures), ...(figures.steps === undefined ? [] : [stepTable(figures.steps)])],
      },
      {
        heading: 'Over time',
        body: [html`<p>Hours since the first alert; powers of ten.</p>`],
        charts: [
          {
            title: 'Alerts, and those that stand out, by hour',
            words: 'Alerts by hour as powers of ten, and how many of them were notable.',
            xLabel: 'hour',
            yLabel: 'log10(1 + alerts)',
            x: hours,
            series: [
              { label: 'all', y: hours.map((hour) => logOf(perHour.get(hour)?.alerts)) },
              { label: 'notable', y: hours.map((hour) => logOf(perHour.get(hour)?.notable)) },
              ...(isLabelled
                ? [{ label: 'in a step', y: hours.map((hour) => logOf(perHour.get(hour)?.attack)) }]
                : []),
            ],
          },
        ],
      },
      {
        heading: 'Incidents, highest score first',
        body: [
          incidentTable(
            alerts.flatMap(({ incident }) => incident ?? []),
            firstS,
          ),
        ],
      },
    ],
  });
}

function tileRow(figures: SimulationFigures & Partial<IncidentFigures>): Html {
  return tiles([
    { label: 'incidents a day', value: digits(figures.incidents_per_day, 1) },
    {
      label: 'reduction',
      value: percent(figures.reduction, 2),
      note: html`roll-ups by rule, host and day counted`,
    },
    {
      label: 'reduction as listed',
      value: percent(figures.reduction_as_listed, 2),
      note: html`roll-ups by rule and day`,
    },
    ...(figures.auc_time === undefined
      ? []
      : [
          { label: 'ROC-AUC by time', value: digits(figures.auc_time) },
          { label: 'average precision by line', value: digits(figures.line_ap ?? null) },
          { label: 'purity', value: digits(figures.purity ?? null, 2) },
        ]),
    ...(figures.pair_f1 === undefined ? [] : [{ label: 'pair F1', value: digits(figures.pair_f1) }]),
    { label: 'microseconds an alert', value: digits(figures.us_per_alert, 1) },
  ]);
}

function stepTable(steps: NonNullable<SimulationFigures['steps']>): Html {
  return table(
    ['step', 'incidents to read', 'lines to read'],
    Object.entries(steps).map(([step, { incidents_read, lines_read }]) => [
      step,
      incidents_read === null ? 'not seen' : whole(incidents_read),
      lines_read === null ? '' : whole(lines_read),
    ]),
  );
}

function incidentTable(groups: readonly Group[], firstS: number): Html {
  const incidents = [...new Set(groups)].sort((a, b) => b.rawScore() - a.rawScore()).slice(0, MAX_LISTED);
  return table(
    ['incident', 'score', 'alerts', 'rules', 'from hour', 'lasting minutes', 'strongest rules'],
    incidents.map((group) => [
      group.id,
      digits(shownScore(group.rawScore()), 1),
      whole(group.nAlerts),
      whole(group.rules.size),
      digits((group.firstAtS - firstS) / HOUR_S, 1),
      digits((group.lastAtS - group.firstAtS) / 60, 0),
      [...group.rules.values()]
        .sort((a, b) => b.strength - a.strength)
        .slice(0, 3)
        .map(({ name }) => name)
        .join(', '),
    ]),
  );
}
