import type { EntityKind } from '../../alert/alert.ts';
import type { AlertDraft } from '../draft/alert-draft.ts';
import { ipAddress } from '../values/ip-address.ts';

/** Text that is searched, and entities of one kind that are taken from it. */
const MAX_LENGTH = 16 * 1024;
const MAX_PER_KIND = 20;

const IPV4 = /(?<![\d.\w-])(?:\d{1,3}\.){3}\d{1,3}(?![\d\w]|\.\d)/g;
const IPV6 = /(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4}(?![\w:])/gi;
const EMAIL = /(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+(?![\w@])/gi;
const URL = /\bh(?:tt|xx)ps?:\/\/[^\s"'<>()[\]{}|\\^`]{3,2048}/gi;
const HASH = /(?<![0-9a-z])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-z])/gi;
// Words that introduce a name: "user root", "host k8s-node-3", "for invalid user oracle from".
const USER =
  /(?<![\w-])(?:user(?:name)?|account|login)\s{0,4}[:=]?\s{1,4}["'`]?([a-z_][\w.$\\@-]{1,63})["'`]?(?![\w-])/gi;
const HOST =
  /(?<![\w-])(?:host(?:name)?|server|machine|workstation|computer|node)\s{0,4}[:=]?\s{1,4}["'`]?([a-z0-9][\w.-]{2,253})["'`]?(?![\w-])/gi;
const USER_PAIR = /(?<![\w-])(?:user(?:name)?|suser|duser|srcuser|dstuser|account)=["']?([\w.$\\@-]{2,64})/gi;
const HOST_PAIR =
  /(?<![\w-])(?:host(?:name)?|shost|dhost|computer|machine|dvchost)=["']?([a-z0-9][\w.-]{1,253})/gi;
const STOP_WORDS =
  /^(the|a|an|is|was|has|had|with|from|for|and|or|of|in|on|at|to|by|not|name|id|ids|agent|account|accounts|group|groups|logged|login|logon|failed|unknown|invalid|root\.|activity|behavior|behaviour|risk|added|created|deleted|removed|changed|enabled|disabled|locked|via|using|did|does|who|that|this|which|attempted|executed|performed|access|accessed|information|data|file|files|password|credentials|may|could|been|are|were|will|can|should|type|role|admin rights|address|ip|list|port|error|unreachable|down|up|failures?|attempts?|success|successful|isolation|discovery|where|when|as|after|before|against|between|into|over|under|without|within|than|then|its|their|all|any|some|new|running|contains|instance|device|client|authentication)$/i;

/**
 * Reads addresses, links, hashes, users and hosts out of prose, each kind only where no field of the record gave one.
 * Bounded in length and number. Links to one of `ownHosts` are the tool's own.
 */
export function readTextEntities(
  texts: readonly { readonly text: string; readonly path: string }[],
  draft: AlertDraft,
  ownHosts: ReadonlySet<string> = NONE,
): void {
  if (texts.length === 0) return;
  const known = new Set<EntityKind>(draft.entities.list.map(({ kind }) => kind));
  for (const { text: whole, path } of texts) {
    const text = whole.length > MAX_LENGTH ? whole.slice(0, MAX_LENGTH) : whole;
    const add = (
      kind: EntityKind,
      pattern: RegExp,
      entityOf: (match: RegExpMatchArray) => string | undefined,
    ): void => {
      if (known.has(kind)) return;
      let n = 0;
      for (const match of text.matchAll(pattern)) {
        const value = entityOf(match);
        if (value === undefined) continue;
        draft.entity(kind, value, path);
        if (++n >= MAX_PER_KIND) return;
      }
    };
    add('ip', IPV4, ([match]) => ipAddress(match));
    if (text.includes(':'))
      add('ip', IPV6, ([match]) =>
        match.length > 4 && match.includes('::')
          ? ipAddress(match)
          : match.split(':').length === 8
            ? ipAddress(match)
            : undefined,
      );
    if (text.includes('@')) add('email', EMAIL, ([match]) => match);
    if (text.includes('://'))
      add('url', URL, ([match]) => (isOf(ownHosts, match) ? undefined : withoutMarks(match)));
    add('hash', HASH, ([match]) => (/[a-f]/i.test(match) && /\d/.test(match) ? match : undefined));
    add('user', USER, named);
    add('user', USER_PAIR, named);
    // "Web Server RCE" names no host: a name after a mere word shows a digit or a mark.
    add('host', HOST, (match) =>
      /\d|[.-]|[:=]\s/.test(match[0]) && !/^\d+$/.test(match[1] ?? '') ? named(match) : undefined,
    );
    add('host', HOST_PAIR, named);
  }
}

/** Whether prose holds an IP address. */
export function namesAddress(text: string): boolean {
  return [...text.matchAll(IPV4), ...text.matchAll(IPV6)].some(([match]) => ipAddress(match) !== undefined);
}

const NONE: ReadonlySet<string> = new Set();

function isOf(hosts: ReadonlySet<string>, url: string): boolean {
  return hosts.size > 0 && hosts.has(/^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1]?.toLowerCase() ?? '');
}

function named(match: RegExpMatchArray): string | undefined {
  const name = match[1] === undefined ? undefined : withoutMarks(match[1]);
  return name === undefined || STOP_WORDS.test(name) ? undefined : name;
}

/** The text without the marks of the sentence at its end. */
function withoutMarks(text: string): string {
  let end = text.length;
  while (end > 0 && '.,;:!?'.includes(text[end - 1] as string)) end--;
  return text.slice(0, end);
}
