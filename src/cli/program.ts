import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { addConfigCommand } from './commands/config.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEvaluateCommand } from './commands/evaluate.ts';
import { addExplainMappingCommand } from './commands/explain-mapping.ts';
import { addExportCommand } from './commands/export.ts';
import { addForgetCommand } from './commands/forget.ts';
import { addImportCommand } from './commands/import.ts';
import { addInsightCommands } from './commands/insight.ts';
import { addIntelCommands } from './commands/intel.ts';
import { addModelCommands } from './commands/models.ts';
import { addPipelineCommand } from './commands/pipeline.ts';
import { addPolicyCommand } from './commands/policy.ts';
import { addQualityCommand } from './commands/quality.ts';
import { addRulesCommands } from './commands/rules.ts';
import { addScoreCommand } from './commands/score.ts';
import { addServeCommand } from './commands/serve.ts';
import { addServiceCommands } from './commands/service.ts';
import { addSimulateCommand } from './commands/simulate.ts';
import { addCompletions } from './completions.ts';
import { addExamples } from './examples.ts';
import { HELP_HINT } from './wrong-call.ts';

/** Status of a command that was called wrongly; of one that failed it is 1. */
export const WRONG_CALL = 2;

/** The `alertforest` command with everything below it. What it does not know is refused by name, with the nearest it knows. */
export function createProgram(): Command {
  const program = new Command('alertforest')
    .description('Scores security alerts with three forests that learn from analysts.')
    .version(packageJson.version)
    .showHelpAfterError(HELP_HINT)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : WRONG_CALL));
  addScoreCommand(program);
  addServeCommand(program);
  addEvaluateCommand(program);
  addSimulateCommand(program);
  addPipelineCommand(program);
  addExplainMappingCommand(program);
  addDoctorCommand(program);
  addForgetCommand(program);
  addImportCommand(program);
  addExportCommand(program);
  addConfigCommand(program);
  addModelCommands(program);
  addInsightCommands(program);
  addIntelCommands(program);
  addPolicyCommand(program);
  addQualityCommand(program);
  addRulesCommands(program);
  addServiceCommands(program);
  addCompletions(program);
  addExamples(program);
  return program;
}
