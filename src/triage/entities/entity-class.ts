import type { Entity } from '../../alert/alert.ts';
import { ipScope } from '../../alert/ip-scope.ts';

/** Accounts that every machine has: they say nothing about who did it. */
const SERVICE_ACCOUNTS = new Set([
  'system',
  'local system',
  'localsystem',
  'local service',
  'localservice',
  'network service',
  'networkservice',
  'anonymous logon',
  'anonymous',
  'iusr',
  'dwm-1',
  'umfd-0',
  'root',
  'nobody',
  'daemon',
  'www-data',
  'n/a',
  'unknown',
  '-',
]);
/** Well-known security identifiers of the same. @see [MS-DTYP] 2.4.2.4 */
const SERVICE_SIDS = /^s-1-(?:5-(?:6|7|18|19|20|80-\d.*|90-\d.*|96-\d.*)|0-0|1-0)$/;
const MACHINE_ITSELF = new Set(['localhost', 'localhost.localdomain', '-', 'unknown', 'n/a']);

export type EntityClass =
  | 'public'
  | 'private'
  | 'reserved'
  | 'service_account'
  | 'machine_itself'
  | 'ordinary';

/**
 * What an entity is, where that decides whether it can join alerts: addresses by reach, accounts that every machine
 * has, names by which a machine calls itself.
 */
export function entityClass({ kind, value }: Entity): EntityClass {
  if (kind === 'ip') {
    const scope = ipScope(value);
    if (scope === 'invalid') return 'ordinary';
    return value.startsWith('127.') || value === '::1' ? 'machine_itself' : scope;
  }
  const lower = value.toLowerCase();
  if (kind === 'user') {
    // `NT AUTHORITY\SYSTEM`, `system@nt authority`
    const name = lower.slice(lower.lastIndexOf('\\') + 1);
    const isService =
      SERVICE_ACCOUNTS.has(name) ||
      SERVICE_ACCOUNTS.has(name.replace(/@nt[ _]authority$/, '')) ||
      SERVICE_SIDS.test(lower);
    return isService ? 'service_account' : 'ordinary';
  }
  if (kind === 'host' && MACHINE_ITSELF.has(lower)) return 'machine_itself';
  return 'ordinary';
}

/** Whether alerts that share this entity have something to do with each other. */
export function canJoin(entity: Entity): boolean {
  const found = entityClass(entity);
  return found !== 'service_account' && found !== 'machine_itself' && found !== 'reserved';
}
