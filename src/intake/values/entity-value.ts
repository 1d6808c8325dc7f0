import type { EntityKind } from '../../alert/alert.ts';
import { accountName } from './account-name.ts';
import { cloudResourceId } from './cloud-resource-id.ts';
import { MAX_VALUE_LENGTH } from './defang.ts';
import { fileHash, fileHashes } from './file-hash.ts';
import { domainName, hostName } from './host-name.ts';
import { ipAddress, ipAddresses } from './ip-address.ts';
import { isEmptyWord } from './json-value.ts';
import { separatedMac } from './mac-address.ts';
import { mailAddresses } from './mail-address.ts';
import { urlValue } from './url-value.ts';

/** One entity value in its normal form, with the kind it turned out to be. */
export interface EntityValue {
  readonly kind: EntityKind;
  readonly value: string;
}

const NONE: readonly EntityValue[] = [];

/**
 * The entities in a value that a record names as one of `kind`, each in the normal form of its kind. Usually one; none
 * where the text holds nothing of that kind (a network is no host, `010.1.1.1` no address); several for a list. What
 * turns out to be an address in a field for hosts or domains is one. Applied to its own answer it gives the same.
 *
 * Pure and bounded: at most 4,096 characters of the text are looked at.
 */
export function entityValues(kind: EntityKind, text: string): readonly EntityValue[] {
  if (saysNothing(text.trim())) return NONE;
  switch (kind) {
    case 'ip': {
      const one = ipAddress(text);
      if (one !== undefined) return isUnspecified(one) ? NONE : [{ kind, value: one }];
      return addressesIn(text);
    }
    case 'host':
      return namesIn(kind, text, hostName);
    case 'domain':
      return namesIn(kind, text, domainName);
    case 'url':
      return single(kind, urlValue(text));
    case 'hash':
      return fileHashes(text).map((value) => ({ kind, value }));
    case 'user':
      return single(kind, accountName(text));
    case 'email':
      return mailAddresses(text).map((value) => ({ kind, value }));
    case 'cloud_resource':
      return single(kind, cloudResourceId(text));
    case 'file':
      return fileIn(text);
    default: {
      const trimmed = (kind === 'other' ? separatedMac(text) : undefined) ?? clipped(text);
      return trimmed === '' ? NONE : [{ kind, value: trimmed }];
    }
  }
}

function single(kind: EntityKind, value: string | undefined): readonly EntityValue[] {
  return value === undefined || saysNothing(value) ? NONE : [{ kind, value: clipped(value) }];
}

function saysNothing(value: string): boolean {
  return value.length < 80 && isEmptyWord(value);
}

function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function addressesIn(text: string): readonly EntityValue[] {
  return ipAddresses(text)
    .filter((value) => !isUnspecified(value))
    .map((value) => ({ kind: 'ip', value }));
}

/** A name, or several behind commas, bars and semicolons. */
function namesIn(
  kind: 'host' | 'domain',
  text: string,
  read: (part: string) => { readonly kind: 'name' | 'ip'; readonly value: string } | undefined,
): readonly EntityValue[] {
  const head = text.slice(0, MAX_VALUE_LENGTH);
  const parts = /[,;|\n]/.test(head) && !/^[^,;|\n]+\|\d{1,5}$/.test(head) ? head.split(/[,;|\n]+/) : [head];
  const values: EntityValue[] = [];
  for (const part of parts) {
    const name = part.trim() === '' ? undefined : read(part);
    if (name === undefined || saysNothing(name.value) || (name.kind === 'ip' && isUnspecified(name.value)))
      continue;
    if (!values.some(({ value }) => value === name.value))
      values.push({ kind: name.kind === 'ip' ? 'ip' : kind, value: clipped(name.value) });
  }
  return values;
}

/** A file's name or path; of a composite `name|digest` both parts. */
function fileIn(text: string): readonly EntityValue[] {
  const trimmed = clipped(text);
  const bar = trimmed.lastIndexOf('|');
  const hash = bar < 0 ? undefined : fileHash(trimmed.slice(bar + 1));
  const name = hash === undefined ? trimmed : trimmed.slice(0, bar).trim();
  const values: EntityValue[] = name === '' ? [] : [{ kind: 'file', value: name }];
  if (hash !== undefined) values.push({ kind: 'hash', value: hash });
  return values;
}

/** Trimmed and cut to the longest value an entity may have, without half a surrogate pair at the end. */
function clipped(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length <= MAX_VALUE_LENGTH) return trimmed;
  const last = trimmed.charCodeAt(MAX_VALUE_LENGTH - 1);
  return trimmed.slice(0, last >= 0xd800 && last <= 0xdbff ? MAX_VALUE_LENGTH - 1 : MAX_VALUE_LENGTH).trim();
}
