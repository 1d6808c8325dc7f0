import type { IndicatorKind } from '../indicator.ts';

const KINDS: Readonly<Record<IndicatorKind, string>> = {
  ip: 'ip ips ipv4 ipv6 ipaddr ipaddress ipv4address ipv6address ipv4addr ipv6addr ipport ipv4port address addr cidr network netblock subnet range ipsrc ipdst ipsrcport ipdstport srcip dstip sourceip destip destinationip networkipv4 networkipv6 ipblock host_ip',
  domain: 'domain domains domainname hostname hostnames host fqdn dns dnsname hostnameport',
  url: 'url urls link_url websiteurl uriurl',
  hash: 'md5 sha1 sha256 sha384 sha512 md5hash sha1hash sha256hash sha384hash sha512hash hash hashes filehash filemd5 filesha1 filesha256 filesha512 filehashmd5 filehashsha1 filehashsha256 filehashsha512',
  email: 'email emailaddress emailaddr emailsrc emailsender mail sender',
};

const KIND_BY_WORD = new Map<string, IndicatorKind>();
for (const [kind, words] of Object.entries(KINDS))
  for (const word of words.split(' ')) KIND_BY_WORD.set(word, kind as IndicatorKind);

/** Lower case letters and digits of a name or type word: `IP:port`, `ip_port` and `ip-port` are one. */
export function plainWord(text: string): string {
  return text
    .slice(0, 80)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/** The kind behind a type word of a feed (`sha256_hash`, `FileHash-SHA256`, `ip:port`, `hostname`), or undefined. */
export function kindOfTypeWord(text: string): IndicatorKind | undefined {
  return KIND_BY_WORD.get(plainWord(text));
}
