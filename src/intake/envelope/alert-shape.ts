import { isObject, type JsonObject } from '../values/json-value.ts';
import { momentMs } from '../values/moment.ts';

/** Keys of an unknown object that are looked at. */
const MAX_LOOKED_AT = 500;

// Names in lower case, letters and digits only. A name of its own says more than one that any record may have.
const TITLE =
  /^(alert|rule|incident|finding|detection|detect|threat|issue|notable|offense|offence|violation|insight|signal|alarm|attack|search|monitor|case|event(definition)?)?(title|headline)$|^(alert|rule|incident|finding|detection|detect|threat|issue|notable|offense|offence|violation|insight|signal|alarm|attack|search|monitor|signature|analytic|policy|malware|virus|protection|anomaly)(display)?name$|^(rule|signature|alert|attack|alertname|summary|headline|alerttype|findingtype)$/;
const WEAK_TITLE =
  /^(name|displayname|message|msg|description|shortdescription|subject|type|category|reason|text|shortmessage)$/;
const SEVERITY =
  /^([a-z]{0,16})?(severity|severityid|severitylabel|severityname|severitylevel|priority|urgency|criticality|risklevel|riskscore|threatlevel|threatlevelid)$/;
const TIME =
  /(time|timestamp|date|datetime|seen|seenat|at|utc|ts)$|^(recorded|created|published|observed|detected|occurr?ed|reported|raised)$/;
const ID =
  /^(alert|event|incident|finding|detection|detect|threat|issue|notable|offense|offence|violation|insight|signal|alarm|case|notification|investigation)?(id|uid|uuid|guid|key|number|arn|ref|reference)$|^sysid$/;

/** What of an alert an object shows by the names of its own keys, whatever lists it holds. */
export interface AlertShape {
  /** A title (or rule) and a severity or time of its own: this object is the alert. */
  readonly isAlert: boolean;
  /** An id and anything like a title: an alert where nothing inside it is one. */
  readonly mayBeAlert: boolean;
  /** An id, or a time, of its own. */
  readonly hasOwn: boolean;
  /** Both. */
  readonly hasIdAndTime: boolean;
}

/**
 * Judges an object by its own keys, of which {@link MAX_LOOKED_AT} are looked at.
 *
 * @param keys of the object, where they are at hand: listing those of a wide one costs more than looking at them
 */
export function alertShape(value: JsonObject, keys: readonly string[] = Object.keys(value)): AlertShape {
  let hasId = false;
  let hasTitle = false;
  let hasWeakTitle = false;
  let hasSeverity = false;
  let hasTime = false;
  let nKeys = 0;
  for (const key of keys) {
    if (++nKeys > MAX_LOOKED_AT) break;
    if (key.length > 48) continue;
    const part = value[key];
    if (part === null || part === undefined || part === '') continue;
    const name = lettersOf(key);
    const isText = typeof part === 'string' || typeof part === 'number';
    if (TITLE.test(name)) hasTitle ||= isText || (name === 'rule' && isObject(part));
    else if (WEAK_TITLE.test(name)) hasWeakTitle ||= isText;
    if (SEVERITY.test(name)) hasSeverity ||= isText || isObject(part);
    if (ID.test(name)) hasId ||= isText;
    if (!hasTime && TIME.test(name)) hasTime = isText && momentMs(part) !== undefined;
  }
  return {
    isAlert: (hasTitle && (hasSeverity || hasTime)) || (hasWeakTitle && hasSeverity && (hasId || hasTime)),
    mayBeAlert: (hasTitle || hasWeakTitle) && hasId,
    hasOwn: hasId || hasTime,
    hasIdAndTime: hasId && hasTime,
  };
}

const letters = new Map<string, string>();
const MAX_KEYS = 4000;

function lettersOf(key: string): string {
  let name = letters.get(key);
  if (name === undefined) {
    name = key.toLowerCase().replace(/[^a-z0-9]/g, '');
    if (letters.size >= MAX_KEYS) letters.clear();
    letters.set(key, name);
  }
  return name;
}
