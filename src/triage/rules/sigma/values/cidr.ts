/** A network: the bits of its address as 16-bit groups (2 for version 4, 8 for version 6) and the length of its prefix. */
export interface Cidr {
  readonly groups: readonly number[];
  readonly prefix: number;
}

/**
 * Groups of an address, 2 for version 4 and 8 for version 6; undefined for anything else.
 *
 * Leading zeros, ports, zones and surrounding blanks make it no address. An IPv4 address written inside an IPv6 one
 * stays version 6.
 */
export function addressGroups(text: string): number[] | undefined {
  return text.includes(':') ? version6(text) : version4(text);
}

function version4(text: string): number[] | undefined {
  if (text.length < 7 || text.length > 15) return undefined;
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = parts.map((part) => (/^(?:0|[1-9][0-9]{0,2})$/.test(part) ? Number(part) : 256));
  if (bytes.some((byte) => byte > 255)) return undefined;
  return [bytes[0]! * 256 + bytes[1]!, bytes[2]! * 256 + bytes[3]!];
}

function version6(text: string): number[] | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const sides = halves.map((half, i) => groupsOf(half, i === halves.length - 1));
  const [head, tail] = sides;
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  const missing = 8 - head.length - tail!.length;
  // the double colon stands for one group at least
  return missing < 1 ? undefined : [...head, ...new Array<number>(missing).fill(0), ...tail!];
}

function groupsOf(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      const inner = isLast && i === parts.length - 1 ? version4(part) : undefined;
      if (inner === undefined) return undefined;
      groups.push(...inner);
    }
  }
  return groups;
}

/** Network of `address/prefix`, or of one address; undefined for other texts. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', prefixText, ...rest] = text.split('/');
  const groups = addressGroups(address);
  if (groups === undefined || rest.length > 0) return undefined;
  const bits = groups.length * 16;
  if (prefixText === undefined) return { groups, prefix: bits };
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(prefixText) || Number(prefixText) > bits) return undefined;
  return { groups, prefix: Number(prefixText) };
}

/** Whether bits behind the prefix are set, so that the text names a host where a network is meant. */
export function hasHostBits({ groups, prefix }: Cidr): boolean {
  return groups.some((group, i) => (group & ~maskOf(prefix, i) & 0xffff) !== 0);
}

export function isInCidr({ groups, prefix }: Cidr, address: readonly number[]): boolean {
  if (address.length !== groups.length) return false;
  for (let i = 0; i * 16 < prefix; i++) {
    if (((address[i]! ^ groups[i]!) & maskOf(prefix, i)) !== 0) return false;
  }
  return true;
}

/** Mask of the group at `index` under a prefix. */
function maskOf(prefix: number, index: number): number {
  const bits = Math.min(16, Math.max(0, prefix - index * 16));
  return (0xffff << (16 - bits)) & 0xffff;
}
