import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { AlertforestError } from '../errors.ts';
import { addEvaluateCommand } from './commands/evaluate.ts';
import { addImportCommand } from './commands/import.ts';
import { addModelCommands } from './commands/models.ts';
import { addPipelineCommand } from './commands/pipeline.ts';
import { addPolicyCommand } from './commands/policy.ts';
import { addQualityCommand } from './commands/quality.ts';
import { addScoreCommand } from './commands/score.ts';

const program = new Command('alertforest')
  .description('Scores security alerts with three forests that learn from analysts.')
  .version(packageJson.version)
  .showHelpAfterError();

addScoreCommand(program);
addEvaluateCommand(program);
addPipelineCommand(program);
addImportCommand(program);
addModelCommands(program);
addPolicyCommand(program);
addQualityCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof AlertforestError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  for (const { path, message } of error.issues) console.error(`  ${path || '(input)'}: ${message}`);
  process.exitCode = 1;
}
