import type { EntityKind } from '../../alert/alert.ts';
import { EntityCollector, type EntityRole, MAX_ENTITIES } from '../evidence/entity-collector.ts';
import { ipAddress } from '../values/ip-address.ts';
import { clip, isEmptyWord } from '../values/json-value.ts';

const NO_ADDRESS = new Set(['0.0.0.0', '::', '255.255.255.255', '::1', '127.0.0.1']);
const HASH = /^[0-9a-f]{32}$|^[0-9a-f]{40}$|^[0-9a-f]{64}$|^[0-9a-f]{96}$|^[0-9a-f]{128}$/;
const DOMAIN = /^[\p{L}\p{N}_*-]+(\.[\p{L}\p{N}_-]+)*$/u;

/**
 * Collects entities as the build before did, since a fingerprint of an alert without an id is made of them: values were
 * cleaned by kind, not brought into one normal form.
 */
export class FormerCollector extends EntityCollector {
  readonly #known = new Set<string>();

  override add(kind: EntityKind, value: unknown, _role?: EntityRole, path = ''): void {
    const texts = Array.isArray(value) ? value : [value];
    for (const text of texts) {
      if (typeof text === 'string') this.#addText(kind, text, path);
      else if (typeof text === 'number' && !Array.isArray(value)) this.#addText(kind, String(text), path);
    }
  }

  override addUser(name: unknown, domain: unknown, principal: unknown, _role?: EntityRole, path = ''): void {
    const full = plain(principal);
    const short = plain(name);
    const realm = plain(domain);
    if (full !== undefined) this.#addText('user', full, path);
    else if (short === undefined) return;
    else if (realm === undefined || short.includes('\\') || short.includes('@'))
      this.#addText('user', short, path);
    else this.#addText('user', `${realm}\\${short}`, path);
  }

  #addText(kind: EntityKind, text: string, path: string): void {
    const trimmed = text.trim();
    if (isEmptyWord(trimmed)) return;
    const address = kind === 'host' || kind === 'domain' ? formerAddress(trimmed) : undefined;
    if (kind === 'ip' || address !== undefined) this.#addAddresses(address ?? trimmed, path);
    else if (kind === 'hash') {
      const hash = trimmed.toLowerCase().replace(/^(md5|sha-?1|sha-?256|sha-?512)[:=]/, '');
      if (HASH.test(hash) && !/^(.)\1*$/.test(hash)) this.#keep('hash', hash, path);
    } else if (kind === 'domain') {
      const domain = trimmed.toLowerCase().replace(/\.$/, '');
      if (domain.length <= 253 && DOMAIN.test(domain)) this.#keep('domain', domain, path);
    } else if (kind === 'email') {
      const email = trimmed.replace(/^[^<]{0,256}<([^<>]+)>$/, '$1').toLowerCase();
      if (email.includes('@')) this.#keep('email', email, path);
    } else if (kind !== 'url' || /[./:]/.test(trimmed)) this.#keep(kind, trimmed, path);
  }

  #addAddresses(text: string, path: string): void {
    const whole = formerAddress(text);
    const parts = whole === undefined && text.length <= 4096 ? text.split(/[,; |]+/) : [text];
    for (const part of parts) {
      const address = formerAddress(part);
      if (address !== undefined && !NO_ADDRESS.has(address)) this.#keep('ip', address, path);
    }
  }

  #keep(kind: EntityKind, text: string, path: string): void {
    const value = clip(text, 4096);
    const key = `${kind} ${value.toLowerCase()}`;
    if (this.#known.has(key) || this.list.length >= MAX_ENTITIES) return;
    this.#known.add(key);
    this.paths.push(path);
    this.list.push({ kind, value });
  }
}

/** The address in a text without port, prefix length and zone. */
export function formerAddress(text: string): string | undefined {
  if (text.length < 2 || text.length > 80) return undefined;
  let address = text;
  if (address.startsWith('[')) address = address.slice(1, Math.max(1, address.indexOf(']')));
  else if (address.includes('.') && address.indexOf(':') === address.lastIndexOf(':'))
    address = address.replace(/:\d+$/, '');
  address = address.replace(/\/\d{1,3}$/, '').toLowerCase();
  const zone = address.indexOf('%');
  if (zone >= 0) address = address.slice(0, zone);
  const normal = ipAddress(address);
  if (normal === undefined) return undefined;
  // IPv6 was kept as it was written, IPv4 within it was not.
  return address.includes('.') || address.startsWith('::ffff:') ? normal : address;
}

function plain(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return isEmptyWord(text) ? undefined : text;
}
