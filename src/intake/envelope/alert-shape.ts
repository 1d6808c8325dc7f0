import { localName } from '../dialects/local-names.ts';
import { isObject, type JsonObject } from '../values/json-value.ts';
import { momentMs } from '../values/moment.ts';

/** Keys of an unknown object that are looked at. */
const MAX_LOOKED_AT = 500;

// Names in lower case, letters and digits only. A name of its own says more than one that any record may have.
const TITLE =
  /^(alert|rule|incident|finding|detection|detect|threat|issue|notable|offense|offence|violation|insight|signal|alarm|attack|search|monitor|case|event(definition)?)?(title|headline)$|^(alert|rule|incident|finding|detection|detect|threat|issue|notable|offense|offence|violation|insight|signal|alarm|attack|search|monitor|case|signature|analytic|policy|malware|virus|protection|anomaly)(display)?name$|^(rule|signature|alert|attack|alertname|summary|headline|alerttype|findingtype)$/;
const WEAK_TITLE =
  /^(name|displayname|message|msg|description|shortdescription|subject|type|category|reason|text|shortmessage|displaymessage|operationname|eventname|activity)$/;
const SEVERITY =
  /^([a-z]{0,16})?(severity|severityid|severitylabel|severityname|severitylevel|severityrating|priority|urgency|criticality|risklevel|riskscore|threatlevel|threatlevelid)$|^(alert|event|log)?level$/;
const TIME =
  /(time|timestamp|date|datetime|seen|seenat|at|utc|ts)$|^(recorded|created|published|observed|detected|occurr?ed|reported|raised)$/;
const ID =
  /^([a-z]{0,8}(alert|event|incident|finding|detection|detect|threat|issue|notable|offense|offence|violation|insight|signal|alarm|case|notification|investigation)(message)?)?(id|uid|uuid|guid|key|number|arn|ref|reference)$|^sysid$/;
/** What raised an alert, as an object that names itself: the alert is called so. */
const RAISED_BY = /^(rule|policy|detector|signature|analytic|monitor|detectionrule|alertrule)$/;

/** What of an alert an object shows by the names of its own keys, whatever lists it holds. */
export interface AlertShape {
  /** A title (or rule) and a severity or time of its own: this object is the alert. */
  readonly isAlert: boolean;
  /** An id and anything like a title: an alert where nothing inside it is one. */
  readonly mayBeAlert: boolean;
  /** An id, or a time, of its own. */
  readonly hasOwn: boolean;
  readonly hasTime: boolean;
  /** An id and a time. */
  readonly hasIdAndTime: boolean;
  readonly hasSeverity: boolean;
  /** A title, or a name that may stand for one. */
  readonly hasAnyTitle: boolean;
  /** A title that is called so. */
  readonly hasTitle: boolean;
  /** A title, a severity, an id and a time: nothing that an alert has is missing. */
  readonly isWhole: boolean;
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
    else if (RAISED_BY.test(name)) hasTitle ||= isObject(part) && ('name' in part || 'title' in part);
    else if (WEAK_TITLE.test(name))
      // `message: {text}`, as tools that analyse code write it
      hasWeakTitle ||= isText || (name === 'message' && isObject(part) && 'text' in part);
    if (SEVERITY.test(name)) hasSeverity ||= isText || isObject(part);
    if (ID.test(name)) hasId ||= isText;
    if (!hasTime && TIME.test(name)) hasTime = isText && momentMs(part) !== undefined;
  }
  return {
    isAlert: (hasTitle && (hasSeverity || hasTime)) || (hasWeakTitle && hasSeverity && (hasId || hasTime)),
    mayBeAlert: (hasTitle || hasWeakTitle) && hasId,
    hasOwn: hasId || hasTime,
    hasTime,
    hasIdAndTime: hasId && hasTime,
    hasSeverity,
    hasAnyTitle: hasTitle || hasWeakTitle,
    hasTitle,
    isWhole: hasTitle && hasSeverity && hasId && hasTime,
  };
}

/** Lower-case letters without accents, and digits. */
function plainLetters(key: string): string {
  return key
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

const letters = new Map<string, string>();
const MAX_KEYS = 4000;

function lettersOf(key: string): string {
  let name = letters.get(key);
  if (name === undefined) {
    name = plainLetters(localName(key) ?? key);
    if (letters.size >= MAX_KEYS) letters.clear();
    letters.set(key, name);
  }
  return name;
}
