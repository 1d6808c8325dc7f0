import type { Disposition } from '../../alert/alert.ts';
import { isEmptyWord, lookup } from '../values/json-value.ts';

export type Outcome = Disposition | 'no_label';

// Classifications as letters only, over all vendors where they mean the same. Microsoft's informational, expected
// activity was real and harmless, hence benign. A closing as a test says nothing about the alert.
const OUTCOMES: Readonly<Record<string, Outcome>> = table({
  true_positive:
    'truepositive tp veropositivo verdadeiropositivo verdaderopositivo vraipositif threatmitigated malicious confirmed confirmedthreat confirmedcompromised realthreat threathandled ' +
    'truepositivemalicious maliciousthreat reasonmalicious attack confirmedattack securityincident incident compromised ' +
    'confirmedincident maliciousactivity actualthreat truethreat truepositivewithimpact truepositivewithoutimpact ' +
    'confirmedmalicious genuine genuineattack realattack verdictmalicious resolvedtruepositive',
  false_positive:
    'falsepositive fp falsopositivo falsoallarme falsoalarme falsaalarma fauxpositif faussealerte falszywyalarm noviolation fehlalarm falsealarm falsealert notanincident noincident notmaliciousfalsepositive nothreat ' +
    'invalid incorrectdetection misconfiguredrule verdictfalsepositive notathreat notanattack notattack notarealthreat falsedetection confirmedfalsepositive reasonnotmalicious',
  suspicious: 'suspicious suspiciousactivity verdictsuspicious',
  benign:
    'benign benignpositive benigntruepositive truepositivebenign benignbutsuspicious benignexpected ' +
    'informationalexpectedactivity informational expectedactivity expected expectedbehavior expectedbehaviour ' +
    'confirmedactivity confirmeduseractivity lineofbusinessapplication lineofbusinessapplicationactivity authorized ' +
    'authorizedactivity legitimate confirmedsafe safe knowngood benignknowngood resolvedbenignknowngood resolvedbenign ' +
    'notmaliciousthreat plannedactionthreat notmalicious normalactivity acceptable allowed',
  no_label:
    'none null unset notset notavailable unspecified unassigned unknown undetermined undefined undecided ' +
    'unknownfuturevalue verdictunspecified reasonunspecified closereasonunspecified classificationunspecified ' +
    'new open active inprogress pending reviewed acknowledged later todo ' +
    'securitytesting securitypersonnel securitytest securitytestthreat test testing testingormaintenance reasonmaintenance ' +
    'maintenance penetrationtest pentest simulation exercise redteam drill ' +
    'knownissue duplicate duplicated duplicateincident duplicatecleanup merged redirected ' +
    'disregard ignored ignore insufficientdata notenoughdatatovalidate noenoughdatatovalidate notenoughdata notenoughinformation insufficientinformation ' +
    'inconclusive inconclusivethreat indeterminate managedexternally securityrisk noncompliant riskaccepted acceptedrisk exception ' +
    'other dismissed dismiss resolved closed noreason fixed issuefixed mitigated remediated resolvedmitigated contained ' +
    'nolongerobserved norisk contestedasset wontfix notactionable noaction noactiontaken actiontaken wontdo toleratedrisk tolerablerisk usedintests revoked nobandwidth inaccurate notused objectdeleted controlchanged controldisabled controldeleted ' +
    'detectionexpired expired severitychanged noteworthy nofindings nofinding findings investigatedcaseopened caseopened ' +
    'autoresolve autoresolved auto remediatedautomatically automatedclosure automaticallyresolved autoclosed ' +
    'notapplicable done completed cancelled canceled deleted archived suppressed spam resolvedbycaller solved solvedpermanently ' +
    'solvedworkaround notsolved notsolvednotreproducible notsolvedtoocostly',
});

function table(words: Readonly<Record<Outcome, string>>): Record<string, Outcome> {
  const outcomes: Record<string, Outcome> = {};
  for (const [outcome, list] of Object.entries(words)) {
    for (const word of list.split(' ')) outcomes[word] = outcome as Outcome;
  }
  return outcomes;
}

// Classifications that products join with a detail into one word: TRUE_POSITIVE_MALWARE, "False positive: user error".
const HEADS: readonly (readonly [string, Outcome])[] = [
  ['benigntruepositive', 'benign'],
  ['benignpositive', 'benign'],
  ['truepositive', 'true_positive'],
  ['falsepositive', 'false_positive'],
  ['informationalexpectedactivity', 'benign'],
  ['benign', 'benign'],
  ['malicious', 'true_positive'],
];

// Details that say that nothing can be said, whatever the classification beside them.
const TOO_LITTLE = /^(not?enough(data|information)|insufficient(data|information)|inconclusive)/;
// A test by one's own people is no attack, but it says nothing about the alert either.
const OWN_PEOPLE =
  /^(reason)?(securitytest|securitypersonnel|pentest|penetrationtest|redteam|simulation|securityexercise|maintenance)/;
// Filed under "true positive" for something that really happened and was harmless.
const HARMLESS =
  /^(confirmed(user)?activity|lineofbusiness|benign|expected|authori[sz]ed|legitimate|suspiciousbutexpected)/;

const PREFIX =
  /^(status\d*|resolution\d*|disposition|verdict|classification|closereason|resolved|closed)(?=[a-z])/;
const OVER = /^(resolved|closed|done|completed?|dismissed|archived|fixed|mitigated|remediated)$/;
const MAX_WORD = 120;

const lettersOf = (word: string): string =>
  word
    .normalize('NFD')
    .toLowerCase()
    .replaceAll('ł', 'l')
    .replace(/[^a-z]/g, '');

/**
 * Outcome of a vendor's word by the common vocabulary, in any spelling: camelCase, UPPER_SNAKE, with spaces, behind
 * `STATUS_090_RESOLVED_`, or joined with a detail (`True positive/Malware`). Undefined for a word it does not hold,
 * and for none.
 */
export function outcomeOfWord(word: string | undefined): Outcome | undefined {
  if (word === undefined || word.length > MAX_WORD) return undefined;
  const [first = '', ...rest] = word.split(/[/:|]|\s[-–—]\s/);
  const letters = lettersOf(word);
  const whole = lookup(OUTCOMES, letters);
  if (whole !== undefined) return whole;
  if (rest.length > 0) {
    const head = outcomeOfWord(first);
    // `Resolved - False Positive`: that it is over, and then what it was
    if (head === 'no_label' && OVER.test(lettersOf(first))) return outcomeOfWord(rest.join(' ')) ?? head;
    if (head !== undefined) return withDetail(head, lettersOf(rest.join(' ')));
  }
  for (const [head, outcome] of HEADS) {
    if (letters.startsWith(head)) return withDetail(outcome, letters.slice(head.length));
  }
  const bare = letters.replace(PREFIX, '');
  return bare === letters ? undefined : outcomeOfWord(bare);
}

/**
 * Outcome of a classification and its determination. Too little data is no label, whatever was chosen above it; a
 * test by one's own people filed under "true positive" says nothing; expected activity filed there was harmless.
 * Undefined where the classification is a word of no vocabulary.
 */
export function outcomeOfPair(
  classification: string | undefined,
  determination: string | undefined,
): Outcome | undefined {
  const detail = lettersOf((determination ?? '').slice(0, MAX_WORD));
  if (TOO_LITTLE.test(detail)) return 'no_label';
  const outcome = outcomeOfWord(classification);
  return outcome === undefined ? undefined : withDetail(outcome, detail);
}

function withDetail(outcome: Outcome, detail: string): Outcome {
  if (TOO_LITTLE.test(detail)) return 'no_label';
  if (outcome !== 'true_positive') return outcome;
  if (OWN_PEOPLE.test(detail)) return 'no_label';
  return HARMLESS.test(detail) ? 'benign' : outcome;
}

/** Whether a text stands in the place of a verdict without being one: empty, none, unknown. */
export function saysNothing(word: string | undefined): boolean {
  return word === undefined || isEmptyWord(word.trim());
}

/** Whether a text that files a false alarm tells wrong data from wrong logic: `incorrect_data` or `incorrect_logic`. */
export function falseAlarmReason(word: string | undefined): 'incorrect_data' | 'incorrect_logic' | undefined {
  const letters = lettersOf((word ?? '').slice(0, MAX_WORD));
  if (/inaccuratedata|incorrectdata/.test(letters)) return 'incorrect_data';
  return /incorrect(alert|analytic)?logic/.test(letters) ? 'incorrect_logic' : undefined;
}
