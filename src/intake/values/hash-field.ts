import { fieldWords, remembered } from './field-words.ts';

// 32, 40 or 64 digits alone prove nothing: JA3 is an MD5, a Defender device id has the form of a SHA-1, a container id
// that of a SHA-256. What a digest is of stands in the names around it.

/** Words that make a digest one of something else wherever they stand in the path. */
const OTHER_DIGESTS =
  /^(?:ja3s?|ja4\w*|jarm|hassh\w*|imphash|pehash|impfuzzy|vhash|telfhash|symhash|authentihash|authenti|mmh3|murmur\d*|dhash|phash|ahash|ssdeep|tlsh|sdhash|fuzzy|rich|icon|favicon|cert|certs|certificates?|x509|tls|ssl|thumbprint|fingerprints?|issuer|spki|pkcs\d*|ocsp|banner|dom|html|body|screenshot|signature|signatures|signer|sig|password|passwd|passphrase|pwd|ntlm\w*|nthash|lmhash|ntds|lm|krb\w*|kerberos|asrep|tgs|secret|token|credentials?|salt|hmac|nonce|cookie|apikey|license)$/;

/** Words that do so where they stand right before the digest: the same words may hold a file further out. */
const OTHER_OWNERS =
  /^(?:rule|user|username|account|device|machine|host|hostname|computer|agent|sensor|session|tenant|customer|org|email|mail|sender|recipient|subject|message|alert|event|incident|finding|dedup\w*|correlation|request|response|trace|span|flow|community|query|uri|url|domain|dns|ip|address|commit|git|revision|branch|tree|block|transaction|tx|wallet|container|pod|cluster|policy|config|template|pattern|key|id|record|row|group|cache|partition|shard|bucket|content|ua|useragent|header|headers|page|http|payload|packet|cmdline|commandline|command|section|resource|resources|class|name|path|serial|crypt|phone|cluster)$/;

const HASH_WORD =
  /^(?:md5s?|sha\d*|sha\d+s?|hash|hashes|hashsum|checksums?|digests?|sum|md5sum|sha\d+sum|md5hash|sha\d+hash|filehash\w*|value|hex|1|2|256|384|512)$/;
const FILE_WORD =
  /^(?:file|files|image|process|parent|exe|executable|binary|module|dll|driver|malware|sample|attachment|artifact|threat|target|initiating|original|quarantined|loaded|library|script|document|object|child|source|actor|detected|filehash\w*|grandparent|package|program|f)$/;

const NAMES_HASH = /md5|sha(?:1|2|256|384|512)$|^sha$|hash|checksum|digest/;

/**
 * Whether a field may hold the digest of a file, by its name and the names above it, outermost first, as the payload
 * spells them: `sha256`, `file_hash` and `process.hash.md5` may, `imphash`, `ja3_hash`, `cert_sha1`, `password_hash`,
 * `user.hash`, `DeviceId` may not.
 */
export function isFileHashField(names: readonly string[]): boolean {
  return isFileHashPath(names.join('.'));
}

const isFileHashPath = remembered((path) => {
  const words = path.split('.').flatMap((name) => [...fieldWords(name)]);
  let isNamed = false;
  for (const word of words) {
    if (OTHER_DIGESTS.test(word)) return false;
    if (NAMES_HASH.test(word)) isNamed = true;
  }
  if (!isNamed) return false;
  // what stands right before the words for the digest itself owns it
  let at = words.length - 1;
  while (at >= 0 && HASH_WORD.test(words[at] as string)) at--;
  const owner = words[at];
  return owner === undefined || FILE_WORD.test(owner) || !OTHER_OWNERS.test(owner);
});
