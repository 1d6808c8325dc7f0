// Names of verdicts and of the work on an alert. Nothing at or below them is read: they change after the alert was
// raised, and what it turned out to be must not reach a feature.
const WORKFLOW =
  /^(status|state|substatus|statusid|alertstatus|incidentstatus|workflow.*|.*verdict.*|disposition.*|classification.*|determination|resolution.*|resolved.*|closed.*|closing.*|close.*reason.*|assign.*|owner|ownerid|ownername|analyst.*|reviewe[dr].*|comments?|notes?|feedback.*|label|labels|truth|groundtruth|outcome|isfalsepositive|falsepositive.*|truepositive.*|acknowledged.*|acked.*|ack|modifiedby|updatedby|lastmodifiedby|investigat.*|triage.*|remediation.*|tasks|watchers|mitigationstatus|mitigated.*)$/;

const answers = new Map<string, boolean>();
const MAX_ANSWERS = 4000;

/** Whether a name is one of verdicts and workflow. */
export function isWorkflowName(name: string): boolean {
  if (name.length >= 64) return false;
  let answer = answers.get(name);
  if (answer === undefined) {
    answer = WORKFLOW.test(name);
    if (answers.size >= MAX_ANSWERS) answers.clear();
    answers.set(name, answer);
  }
  return answer;
}
