import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { addExamples } from './examples.ts';
import { HELP_HINT } from './wrong-call.ts';

/** Status of a command that was called wrongly; of one that failed it is 1. */
export const WRONG_CALL = 2;

/** Adds commands to the program. */
type AddCommands = (program: Command) => void;

/** Names of commands, in the order in which help lists them, and the file that knows them. */
const COMMANDS: readonly (readonly [names: readonly string[], load: () => Promise<AddCommands>])[] = [
  [['score'], async () => (await import('./commands/score.ts')).addScoreCommand],
  [['serve'], async () => (await import('./commands/serve.ts')).addServeCommand],
  [['evaluate'], async () => (await import('./commands/evaluate.ts')).addEvaluateCommand],
  [['simulate'], async () => (await import('./commands/simulate.ts')).addSimulateCommand],
  [['pipeline'], async () => (await import('./commands/pipeline.ts')).addPipelineCommand],
  [['explain-mapping'], async () => (await import('./commands/explain-mapping.ts')).addExplainMappingCommand],
  [['doctor'], async () => (await import('./commands/doctor.ts')).addDoctorCommand],
  [['forget'], async () => (await import('./commands/forget.ts')).addForgetCommand],
  [['import'], async () => (await import('./commands/import.ts')).addImportCommand],
  [['export'], async () => (await import('./commands/export.ts')).addExportCommand],
  [['config'], async () => (await import('./commands/config.ts')).addConfigCommand],
  [
    ['versions', 'card', 'activate', 'unpin', 'train', 'retrain', 'replay', 'audit'],
    async () => (await import('./commands/models.ts')).addModelCommands,
  ],
  [
    ['drift', 'workload', 'quarantine', 'similar', 'importances'],
    async () => (await import('./commands/insight.ts')).addInsightCommands,
  ],
  [['intel'], async () => (await import('./commands/intel.ts')).addIntelCommands],
  [['policy'], async () => (await import('./commands/policy.ts')).addPolicyCommand],
  [['quality'], async () => (await import('./commands/quality.ts')).addQualityCommand],
  [['rules'], async () => (await import('./commands/rules.ts')).addRulesCommands],
  [['health', 'incidents'], async () => (await import('./commands/service.ts')).addServiceCommands],
  [['complete'], async () => (await import('./completion/completions.ts')).addCompletions],
];

/**
 * The `alertforest` command with everything below it. What it does not know is refused by name, with the nearest it knows.
 *
 * @param asked the first word of the call: where it names a command, that command alone is read, since reading all of
 *   them takes most of the time of a short one. Completions ask about all.
 */
export async function createProgram(asked?: string): Promise<Command> {
  const program = new Command('alertforest')
    .description('Scores security alerts with three forests that learn from analysts.')
    .version(packageJson.version)
    .showHelpAfterError(HELP_HINT)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : WRONG_CALL));
  const isKnown = asked !== undefined && asked !== 'complete';
  const named = isKnown ? COMMANDS.filter(([names]) => names.includes(asked)) : [];
  const adding = await Promise.all((named.length > 0 ? named : COMMANDS).map(([, load]) => load()));
  for (const add of adding) add(program);
  addExamples(program);
  return program;
}
