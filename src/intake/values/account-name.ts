import { MAX_VALUE_LENGTH } from './defang.ts';
import { mailAddress } from './mail-address.ts';
import { wellKnownSid } from './well-known-account.ts';

const SID = /^s-1-(?:0x[0-9a-f]{1,12}|\d{1,15})(?:-\d{1,10}){1,15}$/i;
const ENTRA_SID = /^s-1-12-1-(\d{1,10})-(\d{1,10})-(\d{1,10})-(\d{1,10})$/i;
// `live.com#name@suffix` of a personal account, `i:0#.f|membership|name@suffix` of SharePoint
const CLAIM = /^(?:[a-z.]{1,40}#|i:0[#e].{0,3}\|[a-z]{1,30}\|)([^|#\s]+@[^|#@\s]+)$/i;
const GUEST = /^(.+)_([^_@#]+)#ext#@[^@]+$/i;
// most accounts by far; a SID and an object id hold more hyphens than digits may follow
const PLAIN_ACCOUNT = /^[a-z][a-z0-9._]{0,63}(?:[@\\][a-z0-9._]{1,64})?$/i;
const GUID = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;

/**
 * The name of an account in its normal form, lower case: `domain\name`, `name@suffix`, a SID, an Entra object id, or a
 * bare name. Accounts every Windows machine has are their SID whatever the language; an Entra SID is the object id; a
 * guest's name is the address it stands for. Two spellings of one person (UPN and SAM) stay two: text alone cannot join
 * them. Undefined where nothing is named.
 *
 * @see https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers
 */
export function accountName(text: string): string | undefined {
  if (PLAIN_ACCOUNT.test(text)) return wellKnownSid(text) ?? text.toLowerCase();
  const trimmed = text
    .slice(0, MAX_VALUE_LENGTH)
    .trim()
    .replace(/^"(.*)"$/s, '$1')
    .replace(/\\{2,}/g, '\\')
    .replace(/^\.\\/, '')
    .trim();
  if (trimmed === '' || trimmed === '\\') return undefined;
  const entra = ENTRA_SID.exec(trimmed);
  if (entra !== null) return guidOfWords(entra.slice(1).map(Number));
  if (SID.test(trimmed)) return trimmed.toLowerCase();
  const known = wellKnownSid(trimmed);
  if (known !== undefined) return known;
  const claimed = CLAIM.exec(trimmed);
  if (claimed !== null) return (claimed[1] as string).toLowerCase();
  const guest = trimmed.length <= 512 ? GUEST.exec(trimmed) : null;
  if (guest !== null) return `${guest[1]}@${guest[2]}`.toLowerCase();
  const guid = GUID.exec(trimmed);
  if (guid !== null) return (guid[1] as string).toLowerCase();
  if (/[<>]|^mailto:|\[at\]/i.test(trimmed)) {
    const address = mailAddress(trimmed);
    if (address !== undefined) return address;
  }
  return trimmed.toLowerCase();
}

/** The object id behind an Entra SID: its four numbers are the GUID's bytes, each little-endian. */
function guidOfWords(words: readonly number[]): string | undefined {
  if (words.some((word) => word > 0xffffffff)) return undefined;
  const bytes = Buffer.alloc(16);
  for (const [at, word] of words.entries()) bytes.writeUInt32LE(word, at * 4);
  const hex = (start: number, end: number): string => bytes.subarray(start, end).toString('hex');
  const swapped = (start: number, end: number): string =>
    Buffer.from(bytes.subarray(start, end)).reverse().toString('hex');
  return `${swapped(0, 4)}-${swapped(4, 6)}-${swapped(6, 8)}-${hex(8, 10)}-${hex(10, 16)}`;
}
