const MAX_FIELDS = 200;

/**
 * The fields of a form body (application/x-www-form-urlencoded) as one record; a field that repeats is a list. Undefined
 * where the text is none: senders also post JSON under this type, since it is the default of their library.
 */
export function formRecord(body: string, contentType: string): Record<string, unknown> | undefined {
  const text = body.trim();
  const isDeclared = /x-www-form-urlencoded/i.test(contentType);
  if (!/^[\w.%+\-[\]]{1,128}=/.test(text) || /[\r\n\t ]/.test(text)) return undefined;
  // Undeclared, only an escaped text or several fields tell a form from other lines with an equals sign.
  if (!isDeclared && !/^[\w.\-[\]]+=(%7B|%5B|[^=\s]*&[\w.\-[\]]+=)/i.test(text)) return undefined;
  const record: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(firstFields(text))) {
    if (name === '__proto__') continue;
    const known = Object.hasOwn(record, name) ? record[name] : undefined;
    if (known === undefined) record[name] = value;
    else if (Array.isArray(known)) known.push(value);
    else record[name] = [known, value];
  }
  return record;
}

/** The text up to the end of its last field that is read: what follows is not even taken apart. */
function firstFields(text: string): string {
  let end = -1;
  for (let nFields = 0; nFields < MAX_FIELDS; nFields++) {
    end = text.indexOf('&', end + 1);
    if (end < 0) return text;
  }
  return text.slice(0, end);
}
