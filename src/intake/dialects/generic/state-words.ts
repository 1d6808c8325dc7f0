const CLOSED =
  /^(closed?|resolved|archived?|completed?|dismissed|suppressed|ignored|notactionable|done|falsepositive|truepositive|indeterminate|duplicated?|geschlossen|ferme|cloture|resolu|cerrado|resuelto|fechado|resolvido|encerrado|chius[oa]|risolt[oa]|completat[oa]|gesloten|afgesloten|afgehandeld|opgelost|zamkniete|rozwiazane|erledigt|abgeschlossen|beendet|gelost|clos|clotur(e|ee)|fermee|terminee?|resolue|cerrada|resuelta|solucionad[oa]|finalizad[oa]|fechada|resolvida|encerrada|concluid[oa]|auto(matically)?(closed|resolved|dismissed|archived)|other|closedincomplete|closedcomplete|closedskipped|cancelled)$/;
// Japanese and Chinese
const CLOSED_WORDS = new Set(
  'クローズ クローズ済み クローズ済 完了 対応完了 対応済み 対応済 解決 解決済み 解決済 終了 已关闭 已解决 已处理 已处置 已完成 关闭 完成'.split(
    ' ',
  ),
);
const OPEN =
  /^(new|open|opened|active|inprogress|investigating|waiting|pending|onhold|reopened|underreview|reviewed|acknowledged|assigned|unassigned|unspecified|imported|triage)$/;

const letters = (word: string): string =>
  word
    .slice(0, 80)
    .normalize('NFD')
    .toLowerCase()
    .replaceAll('ł', 'l')
    .replace(/[^a-z]/g, '');

/** Whether the status of a record says that it is over, in any language that is known; undefined for any other word. */
export function stateOfWord(status: string): 'open' | 'closed' | undefined {
  const word = letters(status).replace(
    /^(state|status|alertstate|alertstatus|casestatus|feedbackstatus)(?=.)/,
    '',
  );
  if (OPEN.test(word)) return 'open';
  if (CLOSED.test(word) || CLOSED_WORDS.has(status.trim())) return 'closed';
  // "Closed: False Alarm"
  const [head = ''] = status.split(/[:(]|\s[-–—]\s/);
  return head.length < status.length && CLOSED.test(letters(head)) ? 'closed' : undefined;
}
