// Names of what an alert is about, and of what raised it: a record below one of them is that thing's, whatever title and
// id it has, and never the alert.
const THINGS =
  /^((primary|affected|impacted|related|source|src|destination|dest|dst|target)?(users?|hosts?|devices?|machines?|computers?|endpoints?|assets?|accounts?|actors?|resources?|files?|process(es)?|entit(y|ies)))$|^((flagged|matched|alert|triggering)?rules?|polic(y|ies)|plugins?|monitors?|signatures?|detectors?|repositor(y|ies)|org|organi[sz]ations?|customers?|tenants?|sites?|groups?|senders?|recipients?|sources?|targets?|destinations?|apps?|applications?|principals?|filters?|[a-z]{2,16}edby|clients?|servers?|agents?|sensors?|containers?|deployments?|pods?|nodes?|clusters?|networks?|locations?|geo|owners?|participants|indicators?|observables?|labels|tags|projects?|packages?|dependency|(security)?advisor(y|ies)|products?|vendors?|scans?|comments)$/;

const answers = new Map<string, boolean>();
const MAX_ANSWERS = 4000;

/** Whether a key, in any spelling, names a thing that an alert is about. */
export function isThingName(key: string): boolean {
  if (key.length > 48 || key.startsWith('_')) return false;
  let answer = answers.get(key);
  if (answer === undefined) {
    answer = THINGS.test(key.toLowerCase().replace(/[^a-z]/g, ''));
    if (answers.size >= MAX_ANSWERS) answers.clear();
    answers.set(key, answer);
  }
  return answer;
}
