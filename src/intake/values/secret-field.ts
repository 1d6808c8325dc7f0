import { fieldWords, remembered } from './field-words.ts';

const SECRETS =
  /^(?:password|passwords|passwd|passphrase|passcode|pwd|pass|secret|secrets|token|tokens|apikey|credential|credentials|nthash|lmhash|ntlm\w*|ntds|otp|totp|cookie|cookies|authorization|jwt|saml|asrep|privatekey|secretkey|sharedkey)$/;
/** A word that, behind a secret's, still names the secret: `password_hash`, `token_value`, `password.plain`. */
const STILL_SECRET =
  /^(?:hash|hashes|value|values|plain|plaintext|text|clear|cleartext|md5|sha\d*|1|256|512|hex|base64|encrypted|raw|string|key|ntlm|lm|nt|old|new|data|response|header)$/;
const KEY_OWNERS = /^(?:api|private|secret|shared|access|ssh|encryption|session|master|account|storage)$/;

/**
 * Whether a field holds a password, a password's hash, a token or another credential, by its own name. Such a value is
 * never an entity, never a feature and never logged. `password_last_set`, `token_type` and `credential_access` hold none.
 */
export const isSecretField = remembered((name) => {
  const words = fieldWords(name);
  let last = words.length - 1;
  while (last > 0 && STILL_SECRET.test(words[last] as string) && !isKey(words, last)) last--;
  const word = words[last] ?? '';
  // `nt_hash`: the two words that are left when the ones that may follow are taken off
  return (
    SECRETS.test(word) || isKey(words, last) || (/^(?:nt|lm|ntlm)$/.test(word) && words[last + 1] === 'hash')
  );
});

function isKey(words: readonly string[], at: number): boolean {
  return words[at] === 'key' && KEY_OWNERS.test(words[at - 1] ?? '');
}
