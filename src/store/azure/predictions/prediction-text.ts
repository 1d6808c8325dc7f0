import { isoMs, isoText } from '../../../alert/iso-time.ts';
import type { PredictionEntry } from '../../prediction-log.ts';
import { verdictIdOf } from '../../verdict-row.ts';
import { withoutLineEnds } from '../escape-line-ends.ts';
import type { RowText } from '../row-batch.ts';
import { checkAlertKey, encodeColumns } from '../snapshot-row.ts';
import { checkRow, MAX_PROPERTY_CHARS, type TableRow } from '../table-access.ts';
import { groupPrefix, hashPrefix, idHash, shardOf } from './prediction-row.ts';

/** Characters that JSON takes as they are; most ids and names have no others. */
const PLAIN = /^[\w .:,/@+=|-]*$/;

/** A text in JSON, quotes included. */
const jsonText = (text: string): string =>
  PLAIN.test(text) ? `"${text}"` : withoutLineEnds(JSON.stringify(text));

/** A number in JSON, which knows no NaN and no infinity. */
const jsonNumber = (value: number): string => (Number.isFinite(value) ? `${value}` : 'null');

/** Further ids of an alert that lead to it. */
const MAX_ALIASES = 8;

/**
 * The rows of one entry: itself, one that leads to it from the vendor's id, and one from its group where that is not
 * the alert itself. All lie in one partition.
 *
 * They are written as text at once, each property where it stands: a third of what an object made for
 * `JSON.stringify` costs.
 *
 * @throws AlertforestError ALERT_INVALID where a row would be larger than Table Storage holds
 * @throws RangeError where `scoredAt` is no time
 */
export function predictionTexts(entry: PredictionEntry): [verdict: RowText, ...leads: RowText[]] {
  const { snapshot } = entry;
  const { alertKey, alertId, group } = snapshot;
  const hash = idHash(alertId);
  const partitionKey = shardOf(hash);
  const named = namesOf(snapshot);
  const rows: [RowText, ...RowText[]] = [
    verdictText(entry, partitionKey, named),
    leadText(partitionKey, hashPrefix(hash) + alertKey, named),
  ];
  if (group !== alertKey) rows.push(leadText(partitionKey, groupPrefix(group) + alertKey, named));
  for (const row of rows) checkLimits(row);
  return rows;
}

/** One row for each further id of an alert, in the partition of that id: it leads to the alert's own. */
export function aliasTexts({ snapshot, aliases }: PredictionEntry): RowText[] {
  if (aliases === undefined || aliases.length === 0) return [];
  const { alertKey, alertId } = snapshot;
  const others = aliases.filter((alias) => alias !== alertId).slice(0, MAX_ALIASES);
  return others.map((alias) => {
    const hash = idHash(alias);
    return leadText(shardOf(hash), hashPrefix(hash) + alertKey, namesOf(snapshot, alias));
  });
}

/** Properties that every row of an alert has. */
function namesOf({ alertKey, alertId, tenant, source }: PredictionEntry['snapshot'], alias?: string): string {
  const ids = `"alertKey":"${checkAlertKey(alertKey)}","alertId":${jsonText(alertId)}${textWhere('alias', alias)}`;
  return `${ids}${textWhere('tenant', tenant)},"source":${jsonText(source)}`;
}

function leadText(partitionKey: string, rowKey: string, named: string): RowText {
  const json = `{"PartitionKey":"${partitionKey}","RowKey":"${rowKey}",${named}}`;
  return { partitionKey, rowKey, json };
}

/** Words, hashes and keys of our own need no escapes; everything that somebody else has named goes through `jsonText`. */
function verdictText(entry: PredictionEntry, partitionKey: string, named: string): RowText {
  const { snapshot, verdictId, ruleHits } = entry;
  const rowKey = `k|${snapshot.alertKey}|${verdictIdOf(entry)}`;
  const json =
    `{"PartitionKey":"${partitionKey}","RowKey":${jsonText(rowKey)},${named},"group":${jsonText(snapshot.group)}` +
    `,"occurredAt":${jsonText(snapshot.occurredAt)},"severity":"${snapshot.severity}"` +
    `,"ruleKey":"${snapshot.ruleKey}","catalogId":"${snapshot.catalogId}"` +
    `${numberWhere('readerVersion', snapshot.readerVersion)}${textWhere('formerKey', snapshot.formerKey)}` +
    `${numberWhere('auditShare', snapshot.auditShare)},"columns":"${encodeColumns(snapshot.columns)}"` +
    `,"recordKeys":"${snapshot.recordKeys.join(',')}","scoredAt":"${momentText(entry.scoredAt)}"` +
    `,"versions":${versionsText(entry.versions)},"disposition":"${entry.disposition}"` +
    // what a whole number would be, Int32, comes back the same: JavaScript has one kind of number
    `,"probabilities":"${JSON.stringify(entry.probabilities)}","riskScore":${jsonNumber(entry.riskScore)}` +
    `,"anomalyScore":${jsonNumber(entry.anomalyScore)},"isAnomaly":${entry.isAnomaly}` +
    `,"finalScore":${jsonNumber(entry.finalScore)},"decision":${jsonText(entry.decision)}` +
    `,"auditSample":${entry.auditSample}${textWhere('verdictId', verdictId)}` +
    `${textWhere('payloadAt', entry.payloadAt)}${textWhere('incidentId', entry.incidentId)}` +
    `${textWhere('ruleHits', ruleHits === undefined ? undefined : JSON.stringify(ruleHits))}}`;
  return { partitionKey, rowKey, json };
}

const textWhere = (name: string, text: string | undefined): string =>
  text === undefined ? '' : `,"${name}":${jsonText(text)}`;
const numberWhere = (name: string, value: number | undefined): string =>
  value === undefined ? '' : `,"${name}":${jsonNumber(value)}`;

let lastMoment: { readonly given: string; readonly text: string } | undefined;

/** Alerts of a batch often have one moment. @throws RangeError where it is no time */
function momentText(given: string): string {
  if (lastMoment?.given !== given) lastMoment = { given, text: isoText(isoMs(given)) };
  return lastMoment.text;
}

let lastVersions: { readonly versions: PredictionEntry['versions']; readonly text: string } | undefined;

/** Of the release that serves, from alert to alert. */
function versionsText(versions: PredictionEntry['versions']): string {
  if (lastVersions?.versions !== versions)
    lastVersions = { versions, text: jsonText(JSON.stringify(versions)) };
  return lastVersions.text;
}

/** No property of a shorter text is too long, and a row of these few properties no larger than a row may be. */
function checkLimits({ partitionKey, rowKey, json }: RowText): void {
  if (json.length <= MAX_PROPERTY_CHARS) return;
  const { PartitionKey: _p, RowKey: _r, ...properties }: TableRow = JSON.parse(json);
  checkRow({ ...properties, partitionKey, rowKey }, 'ALERT_INVALID');
}
