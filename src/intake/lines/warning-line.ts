import { namesAddress } from '../evidence/text-entities.ts';
import { headerFields, type LogLine } from './syslog-header.ts';

// What a line must speak of to be more than a log's everyday.
const WARNS =
  /\b(fail(ed|ure|s)?|invalid user|illegal user|den(y|ied|ies)|block(ed|s)?|drop(ped|s)?|reject(ed|s)?|refused|illegal|unauthori[sz]ed|forbidden|attacks?|intrusion|malware|virus|trojan|exploits?|scan(ning)?|\w{0,4}flood(ing)?|brute.?force|spoof(ed|ing)?|violations?|not in sudoers|banned|breach|suspicious|threats?|break-in|unreachable user)\b|_(DENY|DENIED|FAILED|BLOCK|ATTACK|SCREEN_\w{1,16})\b|_SCREEN_/i;
/** Programs that let people in: their lines are about the host that they run on. */
const LETS_IN = new Set(
  'sshd sshd-session sudo su login doas dovecot exim exim4 vsftpd proftpd pure-ftpd polkitd gdm-password xrdp-sesman openvpn charon smbd httpd nginx apache2'.split(
    ' ',
  ),
);
const letsIn = (program: string): boolean => LETS_IN.has(program) || program.startsWith('postfix/');

/** The user that a line names: `for invalid user anna from`, `user=<anna>`, `anna : user NOT in sudoers`, `[anna] FAIL LOGIN`. */
function userIn(text: string): string | undefined {
  const pair =
    /\buser=<?([\w.$\\@-]{1,128})/.exec(text)?.[1] ?? /\[([\w.-]{1,64})\] FAIL LOGIN/.exec(text)?.[1];
  if (pair !== undefined) return pair;
  const words = text.split(' ', 64);
  if (words[1] === ':' && /COMMAND=|NOT in sudoers/.test(text)) return words[0];
  const user = words.findIndex(
    (word, place) => word === 'user' && /^(invalid|illegal|unknown)$/i.test(words[place - 1] ?? ''),
  );
  if (user > 0 && words[user + 1] !== 'from') return words[user + 1];
  const from = words.indexOf('from');
  return words[from - 2] === 'for' ? words[from - 1] : undefined;
}

/** Whether a line was written by a program that lets people in, and tells that it did not. */
export function isLoginWarning({ program, message }: LogLine): boolean {
  return program !== undefined && letsIn(program) && WARNS.test(message.slice(0, 2_048));
}

/**
 * A log line in words that warns of somebody: of a login that failed, a packet that was dropped, an attack. Its message is
 * its title. Undefined for lines of a log's everyday, and for ones that name nobody.
 */
export function parseWarningLine(line: LogLine): Record<string, unknown> | undefined {
  const text = line.message.slice(0, 2_048).trim();
  const isLogin = isLoginWarning(line);
  // Cells between commas are no sentence.
  if (!isLogin && text.split(',').length > text.split(' ').length) return undefined;
  if (!isLogin && !(WARNS.test(text) && namesAddress(text))) return undefined;
  const { host, program, severity } = line;
  const { syslog_host, ...header } = headerFields(line);
  const user = userIn(text);
  return {
    ...header,
    ...(isLogin && host !== undefined
      ? { host_name: host }
      : syslog_host === undefined
        ? {}
        : { syslog_host }),
    ...(program === undefined ? {} : { program }),
    // Most programs write all that they say as information.
    ...(severity === undefined || severity > 4 ? {} : { syslog_severity: severity }),
    ...(user === undefined ? {} : { user_name: user }),
    message: text,
  };
}
