import { Argument, type Command, Option } from 'commander';
import type { WireRuleChange, WireRules } from '../../api/rules/rules.ts';
import { operatorName } from '../operator-name.ts';
import { addShowOptions, count, type ShowFlags, show, stateTable } from '../output/show.ts';
import { number } from '../parse-number.ts';
import { addServiceOptions, requireService, type ServiceFlags } from '../service/service-options.ts';

type Flags = ServiceFlags & ShowFlags;

interface SwitchFlags extends Flags {
  readonly weight?: number;
  readonly why: string;
  readonly by?: string;
}

const MAX_WEIGHT = 2;

/** Commands on the rules that a running service asks. */
export function addActiveRulesCommands(rules: Command): void {
  addServiceOptions(
    addShowOptions(
      rules
        .command('active')
        .description('the rules of a running service, with what they bring and how often they were right')
        .addOption(
          new Option('--status <status>', 'which rules')
            .choices(['all', 'enabled', 'disabled', 'refused'])
            .default('enabled'),
        ),
    ),
  ).action(async (flags: Flags & { readonly status: string }) => {
    const answer = await requireService(flags).get<WireRules>('/rules', {
      query: { status: flags.status },
    });
    show(answer, flags, () => shownRules(answer));
  });

  addServiceOptions(
    addShowOptions(
      rules
        .command('switch')
        .description('switch a rule of a running service off or on, or change its weight')
        .argument('<id>', 'as `active` lists it')
        .addArgument(new Argument('<state>', 'on or off').choices(['on', 'off']))
        .option('--weight <number>', "factor on the rule's evidence, 0 to 2", number(0, MAX_WEIGHT))
        .requiredOption('--why <text>', 'kept with the change, for the record')
        .option('--by <name>', 'who decides, for the record'),
    ),
  ).action(async (id: string, state: string, flags: SwitchFlags) => {
    const { weight, why, by = operatorName() } = flags;
    const answer = await requireService(flags).put<WireRuleChange>(`/rules/${encodeURIComponent(id)}`, {
      body: { enabled: state === 'on', weight, why, by },
    });
    show(answer, flags, () => ({
      text: '',
      summary: `${id}: ${told(answer.before)} -> ${told(answer.after)}`,
    }));
  });
}

const told = ({ enabled, weight }: WireRuleChange['after']): string =>
  `${enabled ? 'on' : 'off'}${weight === 1 ? '' : `, weight ${weight}`}`;

function shownRules({ rules, refused, total, weights_of }: WireRules): { text: string; summary: string } {
  const rows = rules.map(({ id, level, enabled, evidence, hits, judged, precision, advice, title }) => [
    id,
    level,
    enabled ? 'on' : 'off',
    evidence.toFixed(2),
    String(hits),
    String(judged),
    precision === null ? '' : `${Math.round(100 * precision)} %`,
    advice ?? '',
    title,
  ]);
  const problems = refused.map(({ file, line, column, reason }) => `${file}:${line}:${column}: ${reason}`);
  const header = ['rule', 'level', 'state', 'evidence', 'hits', 'judged', 'right', 'advice', 'title'];
  return {
    text: [stateTable(header, rows), ...problems].filter((part) => part !== '').join('\n'),
    summary: `${rules.length} of ${count(total, 'rule')}, ${refused.length} refused; weights of ${weights_of}`,
  };
}
