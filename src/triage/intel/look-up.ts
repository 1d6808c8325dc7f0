import type { EntityKind } from '../../alert/alert.ts';
import { ipAddress } from '../../intake/values/ip-address.ts';
import type { IndicatorTable, TableHit } from './table/indicator-table.ts';
import { hostOfNormalUrl } from './table/lookup-texts.ts';

/**
 * Looks up an entity in one source: what it is and what it contains. A URL is tried as a whole and by its host, a mail
 * address as a whole and by its domain, a host by its name, a user where the name is a mail address.
 *
 * @param value in the normal form of its kind
 */
export function lookUp(
  table: IndicatorTable,
  kind: EntityKind,
  value: string,
  onHit: (hit: TableHit) => void,
): void {
  switch (kind) {
    case 'ip':
      table.onAddress(value, onHit);
      return;
    case 'host':
    case 'domain':
      table.onName(value, onHit);
      return;
    case 'hash':
      table.onHash(value, onHit);
      return;
    case 'url': {
      table.onUrl(value, onHit);
      const host = hostOfNormalUrl(value);
      if (host === undefined) return;
      const address = mayBeAddress(host) ? ipAddress(host) : undefined;
      if (address !== undefined) table.onAddress(address, onHit);
      else table.onName(host, onHit);
      return;
    }
    case 'email':
    case 'user': {
      const at = value.lastIndexOf('@');
      if (at < 0) return;
      table.onMail(value, onHit);
      // the suffix of an account is its organisation's own
      if (kind === 'email') table.onName(value.slice(at + 1), onHit);
      return;
    }
    default:
  }
}

/** Whether a host begins as an address does; most names do not, and are told so at once. */
function mayBeAddress(host: string): boolean {
  const first = host.charCodeAt(0);
  return (first >= 0x30 && first <= 0x39) || host.includes(':');
}
