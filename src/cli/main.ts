import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { AlertforestError } from '../errors.ts';
import { writeError } from '../logs/write-error.ts';
import { addEvaluateCommand } from './commands/evaluate.ts';
import { addExplainMappingCommand } from './commands/explain-mapping.ts';
import { addForgetCommand } from './commands/forget.ts';
import { addImportCommand } from './commands/import.ts';
import { addIntelCommands } from './commands/intel.ts';
import { addModelCommands } from './commands/models.ts';
import { addPipelineCommand } from './commands/pipeline.ts';
import { addPolicyCommand } from './commands/policy.ts';
import { addQualityCommand } from './commands/quality.ts';
import { addRulesCommands } from './commands/rules.ts';
import { addScoreCommand } from './commands/score.ts';
import { addSimulateCommand } from './commands/simulate.ts';

const program = new Command('alertforest')
  .description('Scores security alerts with three forests that learn from analysts.')
  .version(packageJson.version)
  .showHelpAfterError();

addScoreCommand(program);
addEvaluateCommand(program);
addSimulateCommand(program);
addPipelineCommand(program);
addExplainMappingCommand(program);
addForgetCommand(program);
addImportCommand(program);
addModelCommands(program);
addIntelCommands(program);
addPolicyCommand(program);
addQualityCommand(program);
addRulesCommands(program);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // who has read enough, as `head` has, is no error
  if (error.code === 'EPIPE') process.exit(0);
  console.error(writeError('the standard output', error).message);
  process.exit(1);
});

try {
  await program.parseAsync();
} catch (error) {
  const { code, path, syscall, message } = error as NodeJS.ErrnoException;
  if (error instanceof AlertforestError) {
    console.error(`${error.code}: ${error.message}`);
    for (const issue of error.issues) console.error(`  ${issue.path || '(input)'}: ${issue.message}`);
  } else if (path !== undefined && typeof code === 'string') {
    console.error(`${code}: cannot read or write ${path}`);
  } else if (syscall !== undefined) {
    // of the system, so a stack would say nothing that this line does not
    console.error(message);
  } else throw error;
  process.exitCode = 1;
}
