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
    'confirmedmalicious genuine genuineattack realattack verdictmalicious resolvedtruepositive ' +
    // German, French, Spanish, Portuguese, Italian, Dutch
    'echterangriff bestatigterangriff bestatigt bestatigtervorfall sicherheitsvorfall richtigpositiv echtpositiv attaqueconfirmee attaqueaveree menaceconfirmee menaceaveree incidentconfirme incidentavere ' +
    'ataqueconfirmado ataquereal amenazaconfirmada amenazareal incidenteconfirmado incidentereal positivoverdadero positivoverdadeiro ameacaconfirmada ameacareal incidenteverdadeiro ' +
    'attaccoconfermato attaccoreale minacciaconfermata incidenteconfermato terechtpositief echtpositief bevestigdincident bevestigdeaanval echteaanval terechtemelding',
  false_positive:
    'falsepositive fp falsopositivo falsoallarme falsoalarme falsaalarma fauxpositif faussealerte faussealarme positivofalso valspositief valspositieve valsalarm falschalarm falschpositiv falschmeldung keinvorfall keinangriff keinebedrohung pasdemenace pasdincident sinamenaza noesunaamenaza semameaca naoeumaameaca nessunaminaccia geendreiging geenincident falszywyalarm noviolation fehlalarm falsealarm falsealert notanincident noincident notmaliciousfalsepositive nothreat ' +
    'invalid incorrectdetection misconfiguredrule verdictfalsepositive notathreat notanattack notattack notarealthreat falsedetection confirmedfalsepositive reasonnotmalicious',
  suspicious: 'suspicious suspiciousactivity verdictsuspicious',
  benign:
    'benign benignpositive benigntruepositive truepositivebenign benignbutsuspicious benignexpected ' +
    'informationalexpectedactivity informational expectedactivity expected expectedbehavior expectedbehaviour ' +
    'confirmedactivity confirmeduseractivity lineofbusinessapplication lineofbusinessapplicationactivity authorized ' +
    'authorizedactivity legitimate confirmedsafe safe knowngood benignknowngood resolvedbenignknowngood resolvedbenign ' +
    'notmaliciousthreat plannedactionthreat notmalicious normalactivity acceptable allowed ' +
    'legitim legitimeaktivitat erwartetesverhalten erwarteteaktivitat harmlos gutartig autorisiert legitime activitelegitime activiteattendue activiteautorisee activitenormale benin ' +
    'legitimo actividadlegitima actividadesperada actividadautorizada benigno atividadelegitima atividadeesperada atividadeautorizada attivitalegittima attivitaprevista legittimo legitiem legitiemeactiviteit verwachteactiviteit goedaardig',
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
    'solvedworkaround notsolved notsolvednotreproducible notsolvedtoocostly ' +
    'duplikat doppelt doublon duplique duplicado duplicada duplicato dubbel duplicaat unbekannt inconnu desconocido desconhecido sconosciuto onbekend erledigt gelost resolu resuelto resolvido risolto opgelost',
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

// The same in Japanese and Chinese, as they stand.
const EASTERN: Readonly<Record<string, Outcome>> = table({
  true_positive:
    '正検知 真陽性 攻撃 脅威 マルウェア感染 インシデント 実害あり 真实攻击 真阳性 确认攻击 确认威胁 攻击成功 真实威胁',
  false_positive: '誤検知 過検知 誤検出 偽陽性 误报 誤報 误判 假阳性',
  suspicious: '不審 要注意 可疑',
  benign: '正常 問題なし 想定内 正規 業務利用 許可済み 无害 正常业务 正常行为 业务行为',
  no_label: '重複 対応不要 不明 調査中 その他 テスト 重复 忽略 已忽略 未知 测试 其他',
});

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
  const whole = lookup(OUTCOMES, letters) ?? lookup(EASTERN, word.trim());
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
