import { textOf } from '../../../intake/values/json-value.ts';
import { type EventFields, type ProjectedEvent, UNKNOWN } from './alert-event.ts';
import { type ProcessParts, processFields, productOf } from './process-fields.ts';

/** Records of an alert that become events; real alerts have fewer than 50. */
const MAX_RECORDS = 64;
const MAX_TEXTS = 64;
/** Longest text handed to the rules, in UTF-16 units. */
const MAX_LENGTH = 16 * 1024;

/** What one payload tells about the machines, as a mapping collects it. Every method takes values of any type. */
export class Observations {
  readonly records: ProjectedEvent[] = [];
  /** Log lines and script texts: what the sensor wrote down. */
  readonly lines: string[] = [];
  /** Descriptions: what the vendor thinks of it. */
  readonly words: string[] = [];
  /** Operations of a control plane or directory: API calls, event types. */
  readonly operations: string[] = [];

  /** A record under the names of the Sigma taxonomy. */
  record(category: string, product: string, service: string, fields: EventFields): void {
    if (this.records.length < MAX_RECORDS)
      this.records.push({ logsource: { category, product, service }, event: fields });
  }

  /** A started process; `product` where the vendor tells it, else by the path. */
  process(parts: ProcessParts, product?: string): void {
    if (this.records.length >= MAX_RECORDS) return;
    const fields = processFields(parts);
    if (fields !== undefined) this.record('process_creation', product ?? productOf(fields), UNKNOWN, fields);
  }

  /** A file that was written. */
  file(path: unknown, image?: unknown, user?: unknown): void {
    const target = textOf(path);
    if (target === undefined) return;
    this.record('file_event', target.startsWith('/') ? 'linux' : 'windows', UNKNOWN, {
      TargetFilename: target,
      Image: textOf(image),
      User: textOf(user),
    });
  }

  /** A registry value that was set. */
  registry(key: unknown, details?: unknown, image?: unknown): void {
    const target = textOf(key);
    if (target === undefined) return;
    this.record('registry_set', 'windows', UNKNOWN, {
      TargetObject: target,
      Details: textOf(details),
      Image: textOf(image),
      EventType: 'SetValue',
    });
  }

  /** A name that was looked up, in the names of both taxonomies. */
  dns(name: unknown, image?: unknown): void {
    const query = textOf(name);
    if (query === undefined) return;
    this.record('dns_query', UNKNOWN, UNKNOWN, { QueryName: query, query, Image: textOf(image) });
  }

  /** A request seen by a proxy or a sensor on the wire. */
  web(fields: EventFields): void {
    this.record('proxy', UNKNOWN, UNKNOWN, fields);
  }

  line(value: unknown): void {
    push(this.lines, value);
  }

  word(value: unknown): void {
    push(this.words, value);
  }

  operation(value: unknown): void {
    push(this.operations, value);
  }
}

function push(list: string[], value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) push(list, item);
    return;
  }
  const text = textOf(value);
  if (text === undefined || list.length >= MAX_TEXTS) return;
  list.push(text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH) : text);
}
