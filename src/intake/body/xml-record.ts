import { headerTime } from './header-time.ts';
import { type MarkupElement, markupTree, rootOf } from './markup-tree.ts';
import { putField } from './put-field.ts';

// Attributes that say how an element is written and not what is in it.
const OF_FORM = /^(type|lang|space|nil|format|encoding|schemalocation|xmlns)$/i;
const NAME = /^(name|key)$/i;
// What a page consists of: such a text is none that holds a record.
const OF_PAGES =
  /^(html|head|body|div|p|span|a|b|i|u|br|hr|img|table|ul|ol|li|h[1-6]|strong|em|font|pre|code|style|script|svg|center|blockquote)$/i;

// Elements that only hold a record's fields together. Their fields become its own, since XML nests them deeply.
const HOLDS_FIELDS =
  /(info|fields|data|details|attributes|properties)$|^(system|event|alert|body|header|common|envelope|timecreated)$/i;
// Roots that say nothing of what a document is.
const ANY_ROOT =
  /^(envelope|root|xml|data|alerts?|events?|records?|messages?|incidents?|response|result|items?)$/i;
// What an antivirus of Windows puts before a path.
const PATH_SCHEME = /^(?:container)?file:_/;

/** Whether a text begins as an XML document does, and ends with the end of its root. */
export function isXml(text: string): boolean {
  const root = rootOf(text);
  return root !== undefined && !OF_PAGES.test(root) && text.trimEnd().endsWith(`</${root}>`);
}

/**
 * The record in an XML document: attributes and elements become fields of their names, without a namespace; an element
 * that comes several times a list; `<Data Name="user">anna</Data>` the field `user`. The root is left out. Undefined for
 * a text that is no XML or holds nothing.
 *
 * @see https://www.w3.org/TR/xml/
 */
export function xmlRecord(text: string): Record<string, unknown> | undefined {
  const tree = isXml(text) ? markupTree(text, true) : undefined;
  const root = tree?.children.find((child) => typeof child !== 'string');
  const value = root === undefined ? undefined : fieldsOf(root);
  if (root === undefined || typeof value !== 'object' || Object.keys(value).length === 0) return undefined;
  const record = isWindowsEvent(value) ? windowsEvent(value) : value;
  return ANY_ROOT.test(root.name) ? record : { document_type: root.name, ...record };
}

function isWindowsEvent({ EventID, Channel, Computer }: Record<string, unknown>): boolean {
  return EventID !== undefined && typeof Channel === 'string' && typeof Computer === 'string';
}

/**
 * Windows counts its events in each log of each computer, and their ids name their kind.
 *
 * @see https://learn.microsoft.com/windows/win32/wes/eventschema-systempropertiestype-complextype
 */
function windowsEvent(event: Record<string, unknown>): Record<string, unknown> {
  const { EventRecordID, ...others } = event;
  const { Channel, Computer, EventID, Provider } = others;
  const provider = typeof Provider === 'object' ? (Provider as { readonly Name?: unknown })?.Name : undefined;
  return {
    ...others,
    ...(typeof others['Path'] === 'string' ? { Path: others['Path'].replace(PATH_SCHEME, '') } : {}),
    ...(EventRecordID === undefined ? {} : { record_id: `${Computer}/${Channel}/${EventRecordID}` }),
    event_name: `${provider ?? Channel} ${textOf(EventID)}`,
  };
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : String((value as { readonly value?: unknown })?.value ?? '');

function fieldsOf(element: MarkupElement): string | Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  let text = '';
  for (const [name, value] of attributesOf(element)) putField(fields, name, value);
  const several = namesOfSeveral(element);
  for (const child of element.children) {
    if (typeof child === 'string') text += child;
    else {
      const named = fieldOf(child);
      if (named !== undefined) putField(fields, ...named);
      else if (several.has(child.name)) putField(fields, child.name, fieldsOf(child));
      else putElement(fields, child.name, fieldsOf(child));
    }
  }
  text = text.trim();
  if (text === '') return fields;
  const isBare = Object.keys(fields).every((name) => OF_FORM.test(name));
  return isBare ? text : { ...fields, value: text };
}

/** Names of elements that come more than once: each of them is a record, or a value, of its own. */
function namesOfSeveral({ children }: MarkupElement): ReadonlySet<string> {
  const seen = new Set<string>();
  const several = new Set<string>();
  for (const child of children) {
    if (typeof child === 'string') continue;
    if (seen.has(child.name)) several.add(child.name);
    seen.add(child.name);
  }
  return several;
}

/** An element of text alone that says itself what it is: the name and the value of a field. */
function fieldOf(element: MarkupElement): [string, string] | undefined {
  const attributes = attributesOf(element);
  const name = attributes.find(([key]) => NAME.test(key))?.[1];
  if (name === undefined || !attributes.every(([key]) => NAME.test(key) || OF_FORM.test(key)))
    return undefined;
  const [text, ...others] = element.children;
  return typeof text === 'string' && others.length === 0 ? [name, text.trim()] : undefined;
}

function attributesOf({ attributes }: MarkupElement): [string, string][] {
  return Object.entries(attributes)
    .filter(([name]) => !/^xmlns(:|$)/i.test(name))
    .map(([name, value]) => [name.slice(name.indexOf(':') + 1), value]);
}

function putElement(
  fields: Record<string, unknown>,
  name: string,
  value: string | Record<string, unknown>,
): void {
  if (typeof value === 'string' || !HOLDS_FIELDS.test(name) || Object.hasOwn(fields, name))
    putField(fields, name, value);
  else for (const [field, part] of Object.entries(value)) putField(fields, field, part);
}

/** The record of a line whose end is an XML document, behind a syslog header; the header's time beside it. */
export function xmlBehindPrefix(line: string): Record<string, unknown> | undefined {
  const end = /<\/[\w:.-]{1,128}>\s*$/.exec(line.slice(-200));
  if (end === null) return undefined;
  const start = line.search(/<(\?xml|[A-Za-z_][\w:.-]{0,127}[\s>])/);
  if (start < 0) return undefined;
  const text = line.slice(start);
  if (!isXml(text)) return undefined;
  const record = xmlRecord(text);
  const time = headerTime(line.slice(0, start));
  return record === undefined || time === undefined ? record : { syslog_time: time, ...record };
}
