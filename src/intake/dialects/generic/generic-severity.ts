import type { Severity } from '../../../alert/alert.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import type { FlatPayload, Leaf } from '../../draft/flat-payload.ts';
import { type JsonObject, lookup, numberOf, textOf } from '../../values/json-value.ts';
import {
  PERCENT_SCALE,
  severityOfOcsf,
  severityOfPriority,
  severityOfSyslog,
  TEN_SCALE,
} from '../../values/severity-scale.ts';
import { NEAR_ROOT, prefixed } from './generic-guesses.ts';
import { GENERIC_FIELDS } from './generic-names.ts';
import { severityByMark } from './severity-marks.ts';

/** A word anywhere among the names for severity beats a number, since a number's scale is a guess. */
export function readSeverity(flat: FlatPayload, draft: AlertDraft, payload: JsonObject): void {
  const leaves = [...flat.find(GENERIC_FIELDS.severity, NEAR_ROOT), ...prefixed(flat, SEVERITY_END)];
  for (const leaf of leaves) {
    const text = textOf(leaf.value);
    if (text === undefined || numberOf(text) !== undefined || isProse(text)) continue;
    draft.severity(text, leaf.path);
  }
  if (draft.hasSeverity) return;
  // Where messages have types, that of an alert may be how bad it is.
  for (const { value, path } of flat.find(MESSAGE_TYPE, 1))
    if (typeof value === 'string' && /^(critical|error|warning|info)$/i.test(value))
      draft.severity(value, path);
  readCheckState(payload, draft);
  if (draft.hasSeverity) return;
  // Monitoring rates by its status. A word that rates is none of the work on an alert.
  for (const name of ['status', 'state', 'Status', 'State', 'category']) {
    const word = textOf(payload[name]);
    if (word !== undefined && RATES.test(word)) draft.severity(word, name);
  }
  if (draft.hasSeverity) return;
  const leaf = leaves.find(({ value }) => {
    const number = numberOf(value);
    return number !== undefined && number >= 0 && number <= 100;
  });
  if (leaf === undefined) return;
  const number = numberOf(leaf.value) as number;
  const isWindowsLevel = leaf.names.at(-1) === 'level' && !flat.find(OF_WINDOWS).next().done;
  if (isWindowsLevel) draft.setSeverity(WINDOWS_LEVELS[number] ?? 'informational', leaf.path);
  else {
    const marked = severityByMark(payload, number);
    if (marked !== undefined) draft.setSeverity(marked, leaf.path);
    else readSeverityNumber(leaf, number, draft);
  }
}

const SEVERITY_END =
  /(severity|severityrating|risklevel|threatlevel|alertlevel|criticality|priority|(?<=[a-z])sev)(cat|category|level|name|label|text|string|desc|description|word)?$/;
const MESSAGE_TYPE = ['messagetype', 'notificationtype'];
const OF_WINDOWS = ['channel', 'eventid'];
const RATES = /^(critical|high|medium|low|major|minor|warning|fatal|emergency)$/i;

const CHECK_STATES: Readonly<Record<string, Severity>> = {
  CRITICAL: 'critical',
  DOWN: 'critical',
  UNREACHABLE: 'high',
  WARNING: 'medium',
};

/** The state of a host or service that a check found; of anything else a state is how far the work on it is. */
function readCheckState(payload: JsonObject, draft: AlertDraft): void {
  if (draft.hasSeverity || !('output' in payload)) return;
  const severity = lookup(CHECK_STATES, textOf(payload['state']) ?? '');
  if (severity !== undefined) draft.setSeverity(severity, 'state');
}

// Free text in a field called impact or risk is no severity word.
function isProse(text: string): boolean {
  return text.length > 40 || text.split(' ').length > 4;
}

// Levels of Windows events: 1 critical, 2 error, 3 warning, 4 information, 5 verbose; 0 is written always.
const WINDOWS_LEVELS: readonly Severity[] = ['informational', 'critical', 'high', 'medium'];

function readSeverityNumber(leaf: Leaf, number: number, draft: AlertDraft): void {
  const name = leaf.names.at(-1) ?? '';
  if (name === 'severityid') draft.setSeverity(severityOfOcsf(number), leaf.path);
  else if (name === 'syslogseverity' || (name === 'pri' && number <= 7))
    draft.setSeverity(severityOfSyslog(number), leaf.path);
  else if (name === 'threatlevelid') draft.setSeverity(severityOfPriority(number), leaf.path);
  else if (/priority|urgency/.test(name) && number <= 5) {
    draft.setSeverity(severityOfPriority(number), leaf.path);
    draft.warn(`\`${leaf.path}\` is a number on an unknown scale; 1 is taken as the highest.`);
  } else {
    const top = number <= 10 ? 10 : 100;
    draft.severity(number, leaf.path, top === 10 ? TEN_SCALE : PERCENT_SCALE);
    draft.warn(`\`${leaf.path}\` is a number on an unknown scale; read as 0-${top}.`);
  }
}
