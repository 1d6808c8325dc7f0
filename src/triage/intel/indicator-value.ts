import { fileHash } from '../../intake/values/file-hash.ts';
import { domainName } from '../../intake/values/host-name.ts';
import { ipNetwork, textOfNetwork } from '../../intake/values/ip-address.ts';
import { mailAddress } from '../../intake/values/mail-address.ts';
import { urlValue } from '../../intake/values/url-value.ts';
import type { IndicatorKind, IndicatorValue } from './indicator.ts';

/** The value of an indicator of a kind in its normal form; undefined where the text is none of that kind. */
export function indicatorValue(type: IndicatorKind, text: string): IndicatorValue | undefined {
  switch (type) {
    case 'ip':
      return ipIndicator(text);
    case 'domain':
      return domainIndicator(text);
    case 'url': {
      const value = urlValue(text);
      return value === undefined || value.startsWith('/') ? undefined : { type, value };
    }
    case 'hash': {
      const value = fileHash(text);
      return value === undefined ? undefined : { type, value };
    }
    case 'email': {
      const value = mailAddress(text);
      return value === undefined ? undefined : { type, value };
    }
  }
}

/** An address or network; a port behind it is a qualifier that says nothing about the address. */
function ipIndicator(text: string): IndicatorValue | undefined {
  const trimmed = text.trim();
  const network =
    ipNetwork(trimmed) ??
    ipNetwork(trimmed.replace(/^\[(.+)\]:\d{1,5}$/, '$1')) ??
    ipNetwork(trimmed.replace(/[:|]\d{1,5}$/, ''));
  return network === undefined ? undefined : { type: 'ip', value: textOfNetwork(network) };
}

/** A domain; `*.example.com` means only what lies below, `.example.com` the domain itself too. */
function domainIndicator(text: string): IndicatorValue | undefined {
  const trimmed = text.trim();
  const isBelow = /^[*%]\./.test(trimmed);
  const name = domainName(isBelow ? trimmed.slice(2) : trimmed);
  if (name === undefined) return undefined;
  if (name.kind === 'ip') return isBelow ? undefined : { type: 'ip', value: name.value };
  if (!name.value.includes('.') || name.value.includes('*')) return undefined;
  return isBelow ? { type: 'domain', value: name.value, isBelow } : { type: 'domain', value: name.value };
}

const HEX_DIGITS = /^[0-9a-f]{32,128}$/i;

/** The value of an indicator whose kind only its form tells, as in a plain list. */
export function guessedValue(text: string): IndicatorValue | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > 4096) return undefined;
  if (HEX_DIGITS.test(trimmed)) return indicatorValue('hash', trimmed);
  const address = ipIndicator(trimmed);
  if (address !== undefined) return address;
  if (/:[/\\]|\[:\]|:\[\//.test(trimmed)) return indicatorValue('url', trimmed);
  if (/@|\[at\]|\(at\)/i.test(trimmed)) return indicatorValue('email', trimmed);
  if (/^(?:md5|sha-?\d+)[:=]/i.test(trimmed)) return indicatorValue('hash', trimmed);
  const slash = trimmed.indexOf('/');
  if (slash > 0) return /\./.test(trimmed.slice(0, slash)) ? indicatorValue('url', trimmed) : undefined;
  // the last label of a name in the public tree has letters
  const last = trimmed
    .replace(/\.$/, '')
    .split(/[.\u3002]/)
    .at(-1) as string;
  return /\p{L}/u.test(last) ? domainIndicator(trimmed) : undefined;
}
