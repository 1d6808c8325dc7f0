// Names of the accounts that Windows has on every machine, as its language versions write them.
// @see https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers
const AUTHORITIES = new Set(
  [
    'nt authority',
    'nt-autorität',
    'nt-autoritaet',
    'autorite nt',
    'autorité nt',
    'zarządzanie nt',
    'autoridade nt',
    'autoridad nt',
    'nt-hallinta',
    'nt-myndighet',
    'nt-myndighed',
    'nt instans',
    'nt-instans',
    'nt autoriteit',
    'autorità nt',
    'nt-autoriteit',
  ].map(folded),
);

const SYSTEM = ['system', 'système', 'sistema', 'localsystem', 'local system', 'lokales system', 'система'];
const SYSTEM_BY_AUTHORITY = ['järjestelmä', 'systeem', 'systém', 'rendszer', 'sistem'];

const LOCAL_SERVICE = [
  'local service',
  'localservice',
  'lokaler dienst',
  'service local',
  'servizio locale',
  'servicio local',
  'servicio loc',
  'serviço local',
  'lokale service',
  'usługa lokalna',
  'helyi szolgáltatás',
  'paikallinen palvelu',
  'paikallispalvelu',
  'lokal tjänst',
  'lokal tjeneste',
  'místní služba',
  'yerel hizmet',
  'локальная служба',
];

const NETWORK_SERVICE = [
  'network service',
  'networkservice',
  'netzwerkdienst',
  'service réseau',
  'servizio di rete',
  'servicio de red',
  'serviço de rede',
  'serviço de red',
  'netwerkservice',
  'usługa sieciowa',
  'hálózati szolgáltatás',
  'verkkopalvelu',
  'nätverkstjänst',
  'nettverkstjeneste',
  'netværkstjeneste',
  'síťová služba',
  'ağ hizmeti',
  'сетевая служба',
];

const ANONYMOUS_LOGON = [
  'anonymous logon',
  'anonymous-anmeldung',
  'anonyme anmeldung',
  'inicio de sesión anónimo',
  'accesso anonimo',
  'logon anônimo',
  'logon anónimo',
  'logowanie anonimowe',
  'anonyymi kirjautuminen',
  'anonym inloggning',
  'ouverture de session anonyme',
  'névtelen bejelentkezés',
  'anonym pålogging',
  'анонимный вход',
];

const SID_BY_NAME = new Map<string, string>();
const SID_UNDER_AUTHORITY = new Map<string, string>();
for (const [sid, names] of [
  ['s-1-5-18', SYSTEM],
  ['s-1-5-19', LOCAL_SERVICE],
  ['s-1-5-20', NETWORK_SERVICE],
  ['s-1-5-7', ANONYMOUS_LOGON],
] as const)
  for (const name of names) SID_BY_NAME.set(folded(name), sid);
for (const name of SYSTEM_BY_AUTHORITY) SID_UNDER_AUTHORITY.set(folded(name), 's-1-5-18');
for (const [name, sid] of [
  ['iusr', 's-1-5-17'],
  ['dialup', 's-1-5-1'],
  ['network', 's-1-5-2'],
  ['batch', 's-1-5-3'],
  ['interactive', 's-1-5-4'],
  ['service', 's-1-5-6'],
  ['self', 's-1-5-10'],
  ['authenticated users', 's-1-5-11'],
  ['restricted', 's-1-5-12'],
] as const)
  SID_UNDER_AUTHORITY.set(name, sid);

const LONGEST_NAME = 64;

/**
 * SID, lower case, of an account that every Windows machine has, from its name in any language: with the authority
 * (`NT-AUTORITÄT\SYSTEM`) or, for the four that speak for themselves, alone. Undefined for every other name.
 */
export function wellKnownSid(account: string): string | undefined {
  if (account.length > LONGEST_NAME || account.includes('@')) return undefined;
  const slash = account.lastIndexOf('\\');
  if (slash < 0) return SID_BY_NAME.get(folded(account));
  if (!isAuthority(account.slice(0, slash))) return undefined;
  const name = folded(account.slice(slash + 1));
  return SID_BY_NAME.get(name) ?? SID_UNDER_AUTHORITY.get(name);
}

// The same domain for thousands of accounts.
let lastAsked = '';
let lastAnswer = false;

function isAuthority(realm: string): boolean {
  if (realm === lastAsked) return lastAnswer;
  lastAsked = realm;
  lastAnswer = AUTHORITIES.has(folded(realm));
  return lastAnswer;
}

/** Lower case without accents: exports and consoles lose them. */
function folded(text: string): string {
  const lower = text.trim().toLowerCase();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of plain ASCII
  return /^[\x00-\x7f]*$/.test(lower) ? lower : lower.normalize('NFD').replace(/\p{M}/gu, '');
}
