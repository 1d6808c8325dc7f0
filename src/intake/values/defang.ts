/** Longest text that is looked at as one entity value; longer ones are cut before anything is matched. */
export const MAX_VALUE_LENGTH = 4096;

const BRACKETED_DOT = /\[\.\]|\(\.\)|\{\.\}|<\.>|\[dot\]|\(dot\)|\{dot\}|<dot>|\[\.|\.\]|\\\./gi;
const BRACKETED_AT = /\[at\]|\(at\)|\{at\}|<at>|\[@\]|\(@\)/gi;
const BRACKETED_COLON = /\[:\]|\(:\)|\{:\}/g;
// The dots that IDNA takes for a full stop: ideographic, full-width, half-width.
const OTHER_DOTS = /[\u3002\uff0e\uff61]/g;

/** A host name or address with its dots and colons restored: `evil[.]example[dot]com`, `evil(.)example.com`. */
export function refangHost(text: string): string {
  return /[[({<\\]/.test(text) ? text.replace(BRACKETED_DOT, '.').replace(BRACKETED_COLON, ':') : text;
}

/** A mail address with `[at]` and `[dot]` restored. */
export function refangMail(text: string): string {
  return /[[({<\\]/.test(text) ? refangHost(text.replace(BRACKETED_AT, '@')) : text;
}

/** Ideographic and full-width full stops as plain ones. */
export function plainDots(text: string): string {
  return OTHER_DOTS.test(text) ? text.replace(OTHER_DOTS, '.') : text;
}

const SCHEME =
  /^(h(?:xx|tt|\*\*|\[tt\]|\(tt\))p(?:s|\[s\]|\(s\))?|fxp|ftp|s?ftps?|[a-z][a-z0-9+.-]{0,30})(?:\[:\/\/\]|\[:\]\/\/|\(:\)\/\/|:\[\/\]\[\/\]|:\[\/\/\]|\[:\/\/|:\/\/\]|:\/\/|:\\\\)/i;

const SCHEMES: Readonly<Record<string, string>> = { hxxp: 'http', hxxps: 'https', fxp: 'ftp' };

/** Splits a defanged or plain URL into its scheme, lower case and restored, and what follows `://`; undefined without one. */
export function splitScheme(text: string): { readonly scheme: string; readonly rest: string } | undefined {
  const match = SCHEME.exec(text);
  if (match === null) return undefined;
  const word = (match[1] as string)
    .toLowerCase()
    .replace(/[[\]()]/g, '')
    .replace('**', 'xx');
  return { scheme: SCHEMES[word] ?? word, rest: text.slice(match[0].length) };
}

/** Where the host part of what follows `://` ends: at the first slash, question mark or number sign outside brackets. */
export function endOfAuthority(rest: string): number {
  for (let i = 0; i < rest.length; i++) {
    const code = rest.charCodeAt(i);
    if (code !== 0x2f && code !== 0x3f && code !== 0x23 && code !== 0x5c) continue;
    // `[/]` is a defanged slash and `\.` a defanged dot: the first ends the host, the second does not
    if (code === 0x5c && rest[i + 1] === '.') continue;
    return code === 0x2f && rest[i - 1] === '[' && rest[i + 1] === ']' ? i - 1 : i;
  }
  return rest.length;
}
