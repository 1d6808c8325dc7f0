import { textOf } from '../../values/json-value.ts';

// Fields by which monitoring tells that a problem is over. A plain status is none: a closed record has one too.
type Over = readonly [field: RegExp, word: RegExp, ofState?: 'state'];
const OVER: readonly Over[] = [
  [
    /^((event|alert)?action|(nagios)?notificationtype|(alert)?transition|eventtype|alerttype|messagetype)$/,
    // Names of events may have the product's before them, `com.oraclecloud.cloudguard.problemremediated`.
    // Plain "cleared" is what an antivirus did with a file, or what became of a log.
    /^((alert|incident|issue|problem|monitor|check|alarm)[._ :-]cleared|((alert|incident|issue|problem|monitor|check|alarm)[._ :-])?(resolved?|recovery|recovered|unban|alert_?recovered|acknowledged|acknowledge?ment|policy_(close|cancel)[a-z]{0,3}(_[a-z]{1,16})?))\b|^[a-z][a-z0-9._-]{0,80}[._-](problem|alert|incident|issue|alarm|finding|detection)[._-]?(resolved|remediated|recovered|cleared)$/i,
  ],
  // Kibana's rules call the end of an alert a group of actions.
  [/^actiongroup(name)?$/, /^recovered$/i],
  // ITU-T X.733, as network management rates an alarm that is over.
  [/^(perceived)?severity$/, /^clear(ed)?$/i],
  [/^newstate(value)?$/, /^(ok|up|normal|inactive|recovered)$/i],
  [/^eventvalue$/, /^0$/],
  [/^type$/, /^(RECOVERY|ACKNOWLEDGEMENT)$/],
  [
    /^(trigger|event|eventname|type|topic|kind|hook)$/,
    /^(incident|issue|problem|alert|alarm|monitor|check|service|host|uptime)[._:-](closed|resolved|recovered|recovery|cleared|up|ok|acknowledged)$/i,
  ],
  // The state of what is watched, the host of an alert among it: a good one says nothing beside a severity.
  [/^status$/, /^(up|operational|clear)$/i, 'state'],
  [/^(alert|problem|alarm|check|monitor)(status|state)$/, /^(ok|up|normal|clear(ed)?|reset|recovered)$/i],
  // Cloudflare's and Sumo Logic's words for an alert that ends
  [/^alertevent$/, /_(end|ended|resolved|recovered)$/i],
  [/^triggertype$/, /^resolved/i],
  [/^alerttypefriendlyname$/, /^up$/i],
  [/^(current|condition)state$/, /^(ok|up|closed|resolved|recovered)$/i],
  // What a check found, as Kapacitor and InfluxDB write it: nothing that is wrong is rated so.
  [/^(alert|check)?level$/, /^ok$/i, 'state'],
];

// Keys come back alert after alert; cleared when full so that payloads cannot grow it.
const rows = new Map<string, Over | undefined>();

/**
 * The word by which a field says that the problem is over or taken note of; undefined where it says nothing so.
 *
 * @param isRated whether the record has a severity; asked only about a field that tells a state
 */
export function overWord(key: string, value: unknown, isRated: () => boolean): string | undefined {
  const row = rowOf(key);
  if (row === undefined) return undefined;
  const [, word, ofState] = row;
  const text = textOf(value);
  if (text === undefined || !word.test(text)) return undefined;
  // What was done with a thing is called action too.
  const mayBeDone = /^action$/i.test(key) && /^(resolved?|recover(y|ed)|acknowledged?)$/i.test(text);
  return (ofState !== undefined || mayBeDone) && isRated() ? undefined : text;
}

function rowOf(key: string): Over | undefined {
  if (!rows.has(key)) {
    if (rows.size >= 4000) rows.clear();
    const name = key
      .slice(0, 64)
      .toLowerCase()
      .replace(/[^a-z]/g, '');
    rows.set(
      key,
      OVER.find(([field]) => field.test(name)),
    );
  }
  return rows.get(key);
}
