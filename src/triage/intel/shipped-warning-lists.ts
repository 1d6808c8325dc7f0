import type { IndicatorKind } from './indicator.ts';
import { isInnerAddress, WarningList, type WarningListDocument } from './warning-list.ts';
import topDomains from './warning-lists/cloudflare-top1k.json' with { type: 'json' };
import commonHashes from './warning-lists/common-ioc-false-positive.json' with { type: 'json' };
import revocation from './warning-lists/crl-hostname.json' with { type: 'json' };
import eicar from './warning-lists/eicar.json' with { type: 'json' };
import office365 from './warning-lists/microsoft-office365.json' with { type: 'json' };
import resolversV4 from './warning-lists/public-dns-v4.json' with { type: 'json' };
import resolversV6 from './warning-lists/public-dns-v6.json' with { type: 'json' };
import scanners from './warning-lists/tenable-cloud-ipv4.json' with { type: 'json' };
import shorteners from './warning-lists/url-shortener.json' with { type: 'json' };
import ownAddress from './warning-lists/whats-my-ip.json' with { type: 'json' };

// Which lists may suppress is ours to say. Lists of places where attackers live as well (dynamic DNS, free hosting, cloud
// storage) are not among them, nor sinkholes: who talks to one is infected. A single short link may be malicious, the
// shortener itself is not: there URLs stay.
const SHIPPED: readonly (readonly [WarningListDocument, readonly IndicatorKind[]])[] = [
  [topDomains, ['domain']],
  [revocation, ['domain']],
  [office365, ['domain']],
  [shorteners, ['domain']],
  [ownAddress, ['domain', 'url']],
  [resolversV4, ['ip']],
  [resolversV6, ['ip']],
  [scanners, ['ip']],
  [commonHashes, ['hash']],
  [eicar, ['hash']],
];

let lists: readonly { readonly list: WarningList; readonly kinds: readonly IndicatorKind[] }[] | undefined;

/** Name of the shipped list that suppresses a value of this kind, or undefined. Lists are built on the first call. */
export function suppressedBy(kind: IndicatorKind, value: string): string | undefined {
  if (kind === 'ip' && isInnerAddress(value)) return 'addresses of inner networks';
  lists ??= SHIPPED.map(([document, kinds]) => ({ list: new WarningList(document), kinds }));
  return lists.find(({ list, kinds }) => kinds.includes(kind) && list.matches(value))?.list.name;
}
