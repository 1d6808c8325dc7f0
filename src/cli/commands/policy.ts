import type { Command } from 'commander';
import type { z } from 'zod';
import { readOwnWords } from '../../api/own-words.ts';
import { type policyAnswerSchema, policyRequestSchema } from '../../api/policy/policy.ts';
import { AlertforestError } from '../../errors.ts';
import { operatorName } from '../operator-name.ts';
import { addShowOptions, factTable, type ShowFlags, type Shown, show } from '../output/show.ts';
import { readWholeFile } from '../read-whole-file.ts';
import { addServiceOptions, ask, type ServiceFlags } from '../service/service-options.ts';

type WirePolicyAnswer = z.infer<typeof policyAnswerSchema>;

interface Flags extends ServiceFlags, ShowFlags {
  readonly set?: string;
  readonly dryRun?: boolean;
  readonly by?: string;
}

/** Shows, previews or replaces the policy in force. */
export function addPolicyCommand(program: Command): void {
  const command = program
    .command('policy')
    .description('show the policy, or with --set preview and replace it')
    .option('--set <file>', 'JSON with the new policy')
    .option('--dry-run', 'show what the new policy would close and miss, change nothing')
    .option('--by <name>', 'who asks, for the record');
  addServiceOptions(addShowOptions(command)).action(async (flags: Flags) => {
    const { set, dryRun = false, by = operatorName() } = flags;
    const answer = set === undefined ? await readPolicy(flags) : await putPolicy(set, flags, { dryRun, by });
    show(answer, flags, () => shownPolicy(answer));
  });
}

const readPolicy = (flags: Flags): Promise<WirePolicyAnswer> =>
  ask(flags, {
    service: (client) => client.get('/policy'),
    storage: (app) => app.policy.document(),
  });

async function putPolicy(
  file: string,
  flags: Flags,
  { dryRun, by }: { readonly dryRun: boolean; readonly by: string },
): Promise<WirePolicyAnswer> {
  const bytes = await readWholeFile(file);
  // checked here as the service does, so that a mistake costs no call
  const request = await readOwnWords({ bytes, contentType: undefined }, policyRequestSchema).catch(
    (error: unknown) => {
      throw noPolicy(file, error);
    },
  );
  return ask(flags, {
    service: (client) => client.put('/policy', { query: { dry_run: dryRun }, body: { by, ...request } }),
    storage: (app) => app.policy.put(request, { dryRun, by }),
  });
}

/** What is said of a body of a request, said of a file. */
function noPolicy(file: string, error: unknown): unknown {
  if (!(error instanceof AlertforestError)) return error;
  const { code, issues, message } = error;
  const why =
    issues.length > 0 ? ' that can be set.' : `: ${message.replace(/^The body/, 'it').replace(/\.?$/, '.')}`;
  return new AlertforestError(code, `${file} holds no policy${why}`, { issues, cause: error });
}

function shownPolicy({ document, critical_cases, close_below, uncovered, preview }: WirePolicyAnswer): Shown {
  const { costs, alpha, audit_share, risk_levels } = document.policy;
  const facts: [string, string][] = [
    ['cost of a missed attack', String(costs.missed_attack)],
    ['cost of a false alarm', String(costs.false_alarm)],
    ['cost of a correct close', String(costs.correct_close)],
    ['closed below an attack probability of', close_below.toPrecision(3)],
    ['share of attacks that may be missed', String(alpha)],
    ['share of closed alerts that people see', String(audit_share)],
    [
      'risk levels',
      Object.entries(risk_levels)
        .map(([name, from]) => `${name} from ${from}`)
        .join(', '),
    ],
    ['critical cases', String(critical_cases?.cases.length ?? 0)],
  ];
  if (uncovered.length > 0) facts.push(['no promise yet for', uncovered.join(', ')]);
  if (preview !== undefined) {
    facts.push(['tried on alerts held out', String(preview.held_out)]);
    for (const [name, outcome] of [
      ['now', preview.now],
      ['then', preview.proposed],
    ] as const) {
      if (outcome === null) continue;
      const { close, review, escalate } = outcome.shares;
      facts.push([
        name,
        `${percent(close)} closed, ${percent(review)} reviewed, ${percent(escalate)} escalated, ${outcome.missed} missed`,
      ]);
    }
  }
  const { seq, by, updated_at } = document;
  const stored = seq === 0 ? 'the built-in policy: none is stored' : `policy ${seq}, by ${by}, ${updated_at}`;
  return { text: factTable(facts), summary: stored };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
