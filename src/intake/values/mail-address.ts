import { MAX_VALUE_LENGTH, refangMail } from './defang.ts';
import { domainName } from './host-name.ts';

const LOCAL_PART = /^[^\s@<>()[\],;:"\\]{1,64}$/u;
// most addresses by far
const PLAIN_ADDRESS = /^[a-z0-9._%+-]{1,64}@(?:[a-z][a-z0-9-]{0,62}\.){1,4}[a-z]{2,24}$/i;
const QUOTED_LOCAL_PART = /^"[^"\r\n]{1,62}"$/u;

/**
 * A mail address in its normal form: lower case, the domain as A-label, without display name, angle brackets, `mailto:`
 * and `smtp:`, `[at]` and `[dot]` restored. A tag (`name+tag`) stays: most servers take it for another mailbox.
 */
export function mailAddress(text: string): string | undefined {
  const refanged = refangMail(text.slice(0, MAX_VALUE_LENGTH).trim());
  const open = refanged.lastIndexOf('<');
  const close = refanged.indexOf('>', open);
  const inner = open >= 0 && close > open ? refanged.slice(open + 1, close) : refanged;
  const address = inner
    .trim()
    .replace(/^(?:mailto|smtp|sip|email):/i, '')
    .replace(/\?.*$/s, '')
    .replace(/^'(.*)'$/s, '$1');
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at).toLowerCase();
  if (at < 1 || !(LOCAL_PART.test(local) || QUOTED_LOCAL_PART.test(local))) return undefined;
  const domain = domainName(
    address
      .slice(at + 1)
      .replace(/\.$/, '')
      .replace(/^\[ipv6:/i, '['),
  );
  if (domain === undefined) return undefined;
  if (domain.kind === 'name') return `${local}@${domain.value}`;
  return `${local}@[${domain.value.includes(':') ? 'ipv6:' : ''}${domain.value}]`;
}

/** Every mail address in a list (`Jane <j@x.com>; k@x.com`), each once. A comma within a display name splits nothing. */
export function mailAddresses(text: string): string[] {
  if (PLAIN_ADDRESS.test(text)) return [text.toLowerCase()];
  const clipped = text.slice(0, MAX_VALUE_LENGTH).trim();
  const found = new Set<string>();
  for (const part of splitList(clipped)) {
    const one = mailAddress(part) ?? mailAddress(wordWithAt(part));
    if (one !== undefined) found.add(one);
  }
  return [...found];
}

/** Parts between commas and semicolons that stand outside quotation marks. */
function splitList(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') isQuoted = !isQuoted;
    else if ((character === ',' || character === ';') && !isQuoted) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function wordWithAt(text: string): string {
  for (const word of text.split(/[\s()]+/)) if (word.includes('@')) return word;
  return '';
}
