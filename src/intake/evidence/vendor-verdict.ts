import type { Disposition } from '../../alert/alert.ts';
import type { Closing } from '../../alert/closing.ts';
import { clip, lookup } from '../values/json-value.ts';

/** The label or tag by which an incident shows that this service has worked on it. */
export const OWN_TAG = 'alertforest';

// Words of classifications as letters only, over all vendors where they mean the same. Microsoft's informational,
// expected activity was real and harmless, hence benign. A closing as a test says nothing about the alert.
const OUTCOMES: Readonly<Record<string, Disposition | 'no_label'>> = {
  truepositive: 'true_positive',
  tp: 'true_positive',
  malicious: 'true_positive',
  confirmed: 'true_positive',
  confirmedthreat: 'true_positive',
  confirmedcompromised: 'true_positive',
  realthreat: 'true_positive',
  truepositivesuspiciousactivity: 'true_positive',
  resolvedtruepositive: 'true_positive',
  noncompliant: 'no_label',
  falsepositive: 'false_positive',
  fp: 'false_positive',
  falsealarm: 'false_positive',
  falsepositiveincorrectanalyticlogic: 'false_positive',
  falsepositiveinaccuratedata: 'false_positive',
  resolvedfalsepositive: 'false_positive',
  falsealert: 'false_positive',
  confirmedsafe: 'benign',
  safe: 'benign',
  suspicious: 'suspicious',
  benign: 'benign',
  benignpositive: 'benign',
  benigntruepositive: 'benign',
  benignpositivesuspiciousbutexpected: 'benign',
  benignpositivesuspiciousactivity: 'benign',
  informationalexpectedactivity: 'benign',
  informational: 'benign',
  expectedactivity: 'benign',
  expected: 'benign',
  confirmedactivity: 'benign',
  lineofbusinessapplication: 'benign',
  authorized: 'benign',
  securitytesting: 'no_label',
  resolvedsecuritytesting: 'no_label',
  test: 'no_label',
  knownissue: 'no_label',
  resolvedknownissue: 'no_label',
  undetermined: 'no_label',
  undefined: 'no_label',
  unknown: 'no_label',
  duplicate: 'no_label',
  resolvedduplicate: 'no_label',
  duplicateincident: 'no_label',
  resolvedduplicateincident: 'no_label',
  disregard: 'no_label',
  ignored: 'no_label',
  insufficientdata: 'no_label',
  managedexternally: 'no_label',
  notenoughinformation: 'no_label',
  other: 'no_label',
  resolvedother: 'no_label',
  dismissed: 'no_label',
};

/** Outcome of a vendor's word by the common vocabulary, in any spelling; undefined for a word it does not hold. */
export function outcomeOfWord(word: string | undefined): Disposition | 'no_label' | undefined {
  if (word === undefined || word.length > 80) return undefined;
  return lookup(OUTCOMES, word.toLowerCase().replace(/[^a-z]/g, ''));
}

// Names under which playbooks, managed identities and integrations close incidents.
const AUTOMATION =
  /playbook|logic ?app|automation|automated|managed identity|service principal|\bsoar\b|\bbot\b|\bapi\b|alertforest|^system$|^microsoft defender|^azure security insights/i;

/** Whether the name of whoever closed a record is that of a machine. */
export function isAutomationName(name: string | undefined): boolean {
  return name !== undefined && AUTOMATION.test(name);
}

/** Whether a list of labels (texts, or objects with a name) holds our own tag. */
export function carriesOwnTag(labels: readonly unknown[]): boolean {
  return labels.some((label) => {
    const name =
      typeof label === 'object' && label !== null
        ? ((label as Record<string, unknown>)['labelName'] ??
          (label as Record<string, unknown>)['label_name'] ??
          (label as Record<string, unknown>)['name'] ??
          (label as Record<string, unknown>)['value'])
        : label;
    return typeof name === 'string' && name.toLowerCase().includes(OWN_TAG);
  });
}

/** Builds a verdict, with the optional parts left out where they are empty. */
export function verdict(
  outcome: Disposition | 'no_label',
  parts: {
    raw: readonly (string | undefined)[];
    reason?: string | undefined;
    byAutomation?: boolean;
    analyst?: string | undefined;
    closedAt?: string | undefined;
    memberAlertIds?: readonly string[];
  },
): Closing {
  return {
    outcome,
    ...(parts.reason === undefined ? {} : { reason: clip(parts.reason, 256) }),
    byAutomation: parts.byAutomation ?? isAutomationName(parts.analyst),
    ...(parts.analyst === undefined ? {} : { analyst: clip(parts.analyst, 256) }),
    ...(parts.closedAt === undefined ? {} : { closedAt: parts.closedAt }),
    raw: clip(parts.raw.filter((word) => word !== undefined).join(' / '), 512),
    memberAlertIds: parts.memberAlertIds ?? [],
  };
}
