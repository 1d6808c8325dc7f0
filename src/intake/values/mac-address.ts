const SEPARATED = /^(?:[0-9a-f]{1,2}[:-]){5}[0-9a-f]{1,2}$/i;
const DOTTED = /^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$/i;
const PLAIN = /^(?:0x)?[0-9a-f]{12}$/i;

/**
 * A hardware address in the form of RFC 7042: capital digits, hyphens. From colons, hyphens, Cisco's dots or plain
 * digits; undefined for anything else, for all zeros and for broadcast, which name no device.
 */
export function macAddress(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed.length > 17) return undefined;
  let digits: string;
  if (SEPARATED.test(trimmed))
    digits = trimmed
      .split(/[:-]/)
      .map((group) => group.padStart(2, '0'))
      .join('');
  else if (DOTTED.test(trimmed)) digits = trimmed.replaceAll('.', '');
  else if (PLAIN.test(trimmed)) digits = trimmed.slice(-12);
  else return undefined;
  const upper = digits.toUpperCase();
  if (/^0{12}$|^F{12}$/.test(upper)) return undefined;
  return (upper.match(/../g) as string[]).join('-');
}

/** The same for a text that shows by its marks what it is: twelve digits alone are as well an account's number. */
export function separatedMac(text: string): string | undefined {
  const trimmed = text.trim();
  return SEPARATED.test(trimmed) || DOTTED.test(trimmed) ? macAddress(trimmed) : undefined;
}
