import { isObject, type JsonObject, objectOf, textOf } from '../values/json-value.ts';
import { alertShape } from './alert-shape.ts';

// A symbol is no field of the sender: see carriage.ts.
const CARD = Symbol('card');

/** Objects of one card that are looked at, and pairs that are kept. */
const MAX_NODES = 400;
const MAX_PAIRS = 100;
const MAX_DEPTH = 12;
const MAX_TEXT = 16_384;
/** With fewer pairs it is a message that says something, and no form. */
const LEAST_PAIRS = 2;

/** What tells people how a card looks and what they may press: nothing of the alert. */
const NO_CONTENT =
  /^(actions?|potentialAction|selectAction|buttons?|accessory|image(_?url)?|images|thumbnail|icon(_?url|_?emoji)?|footer(_icon)?|author(_name|_icon|_link)?|author|avatar_?url|style|color|themeColor|username|channel|msteams|config|\$schema|fallback|mrkdwn_in)$/;
const HEADINGS = ['title', 'activityTitle', 'summary'];
const TEXTS = ['pretext', 'text', 'description', 'subtitle', 'activitySubtitle', 'content'];
/** How chats call the two halves of a field on a card. */
const LABELS = ['title', 'name', 'topLabel', 'label', 'key', 'keyname'];
const VALUES = ['value', 'content', 'text'];

/** What the walk over a card has found. */
interface Found {
  readonly pairs: Record<string, string>;
  readonly headings: string[];
  readonly texts: string[];
  time: unknown;
  nNodes: number;
}

/** Whether an object may be a message for a chat whose content is laid out for people. */
export function mayBeCard(message: JsonObject): boolean {
  return (
    isList(message['blocks']) ||
    isList(message['embeds']) ||
    isList(message['cardsV2']) ||
    isList(message['cards']) ||
    (isList(message['attachments']) && (message['attachments'] as unknown[]).some(isAttachedCard)) ||
    message['@type'] === 'MessageCard' ||
    (message['type'] === 'AdaptiveCard' && isList(message['body'])) ||
    ((message['msg_type'] ?? message['msgtype']) === 'interactive' && isObject(message['card']))
  );
}

const isList = (value: unknown): boolean => Array.isArray(value) && value.some(isObject);

function isAttachedCard(attachment: unknown): boolean {
  if (!isObject(attachment)) return false;
  const content = objectOf(attachment['content']);
  return isList(attachment['fields']) || isList(attachment['blocks']) || content?.['type'] === 'AdaptiveCard';
}

/**
 * A message for a chat as the record that its fields make: Slack's blocks and attachments, Teams' adaptive cards and message
 * cards, Discord's embeds, Google Chat's and Lark's cards. Labels are its keys, the heading is its title, what else is
 * written its description. Undefined for what is no card, and for one without fields.
 */
export function cardRecord(message: JsonObject): JsonObject | undefined {
  // A record with a title and a severity of its own may have attachments with fields too.
  if (!mayBeCard(message) || alertShape(message).isAlert) return undefined;
  const found: Found = { pairs: {}, headings: [], texts: [], time: undefined, nNodes: 0 };
  walk(message, found, 0);
  if (Object.keys(found.pairs).length < LEAST_PAIRS) return undefined;
  const [heading, ...others] = [...found.headings, ...found.texts];
  const record: Record<string, unknown> = { ...found.pairs };
  if (heading !== undefined) record['title'] ??= heading;
  if (others.length > 0) record['description'] ??= others.join('\n').slice(0, MAX_TEXT);
  if (found.time !== undefined) record['timestamp'] ??= found.time;
  return { ...record, [CARD]: message } as JsonObject;
}

/** The message that a record was made of by {@link cardRecord}, or the record itself. */
export function cardOf(record: JsonObject): JsonObject {
  return (record as { readonly [CARD]?: JsonObject })[CARD] ?? record;
}

function walk(node: unknown, found: Found, depth: number): void {
  if (depth > MAX_DEPTH || ++found.nNodes > MAX_NODES) return;
  if (Array.isArray(node)) {
    for (const item of node) walk(item, found, depth + 1);
    return;
  }
  if (!isObject(node) || /^(actions?|button|image|ActionSet|Image)$/.test(textOf(node['type']) ?? '')) return;
  if (takePair(node, found)) return;
  found.time ??= node['ts'] ?? node['timestamp'];
  const isHeading = node['type'] === 'header' || /bolder/i.test(textOf(node['weight']) ?? '');
  for (const name of HEADINGS) takeText(node[name], found, true);
  for (const name of TEXTS) takeText(node[name], found, isHeading);
  for (const key of Object.keys(node)) {
    const part = node[key];
    if (NO_CONTENT.test(key) || typeof part !== 'object' || part === null) continue;
    if (HEADINGS.includes(key) || (TEXTS.includes(key) && textOfNode(part) !== undefined)) continue;
    if (key === 'fields' && Array.isArray(part)) for (const field of part) takeField(field, found, depth);
    else walk(part, found, depth + 1);
  }
}

/** A field of Slack's section is one text: its label, and behind a colon or on the next line its value. */
function takeField(field: unknown, found: Found, depth: number): void {
  const text = textOfNode(field) ?? textOfNode(objectOf(field)?.['text']);
  const isPair = isObject(field) && LABELS.some((name) => typeof field[name] === 'string');
  if (text === undefined || isPair) {
    walk(field, found, depth + 1);
    return;
  }
  const newline = text.indexOf('\n');
  const label = plainText(newline < 0 ? '' : text.slice(0, newline)).replace(/:$/, '');
  if (isLabel(label)) put(found, label, plainText(text.slice(newline + 1)));
  else takeText(text, found, false);
}

function takePair(node: JsonObject, found: Found): boolean {
  const label = LABELS.map((name) => textOfNode(node[name])).find((text) => text !== undefined);
  const value = VALUES.filter((name) => name === 'value' || 'topLabel' in node)
    .map((name) => textOfNode(node[name]) ?? textOf(node[name]))
    .find((text) => text !== undefined);
  if (label === undefined || value === undefined) return false;
  const name = plainText(label).replace(/:$/, '');
  if (isLabel(name)) put(found, name, plainText(value));
  return true;
}

/** A text of a card: lines that are `Label: value` are fields, the others what it says. */
function takeText(part: unknown, found: Found, isHeading: boolean): void {
  const text = textOfNode(part);
  if (text === undefined) return;
  const said: string[] = [];
  for (const line of text.slice(0, MAX_TEXT).split('\n')) {
    const plain = plainText(line);
    const colon = plain.indexOf(':');
    const label = plain.slice(0, Math.max(0, colon)).trim();
    // a heading may have a colon too: "High: odd login"
    const isMarked = /[*_`]/.test(line.slice(0, line.indexOf(':') + 2));
    if (
      colon > 0 &&
      isLabel(label) &&
      (isMarked || !isHeading) &&
      /^\s|^$/.test(plain.slice(colon + 1, colon + 2))
    )
      put(found, label, plain.slice(colon + 1).trim());
    else if (plain !== '') said.push(plain);
  }
  if (said.length > 0) (isHeading ? found.headings : found.texts).push(said.join('\n'));
}

const isLabel = (label: string): boolean => /^[\p{L}@#][\p{L}\p{N} _./()#-]{0,47}$/u.test(label);

function put({ pairs }: Found, label: string, value: string): void {
  if (value === '' || label === '__proto__' || Object.hasOwn(pairs, label)) return;
  if (Object.keys(pairs).length < MAX_PAIRS) pairs[label] = value.slice(0, MAX_TEXT);
}

/** A text as it is, or as an object of marked-up text holds it: `{type: 'mrkdwn', text}`, Lark's `{tag, content}`. */
function textOfNode(part: unknown): string | undefined {
  if (typeof part === 'string') return part === '' ? undefined : part;
  if (!isObject(part) || Object.keys(part).length > 4) return undefined;
  const text = part['text'] ?? part['content'];
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** Text without the marks of chats: emphasis, emoji, and links, of which the words are kept. */
function plainText(text: string): string {
  return text
    .slice(0, MAX_TEXT)
    .replace(/<(?:[^<>|]{1,2048})\|([^<>|]{1,512})>/g, '$1')
    .replace(/<((?:https?|mailto):[^<>|]{1,2048})>/g, '$1')
    .replace(/\*\*|`|^\s{0,8}[>•*-]\s/g, '')
    .replace(/(^|[\s(])[*_~]([^*_~\n]{1,512})[*_~](?=$|[\s:;,.)])/g, '$1$2')
    .replace(/^(?::[a-z0-9_+-]{2,40}:\s{0,4})+/, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}
