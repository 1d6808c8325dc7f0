import type { Command } from 'commander';
import { readLocalSettings, settingsOf } from '../../local/local-settings.ts';
import { checkSettings } from '../config/check-settings.ts';
import { addShowOptions, count, type ShowFlags, show, stateTable } from '../output/show.ts';
import { readWholeFile } from '../read-whole-file.ts';

export function addConfigCommand(program: Command): void {
  const config = program.command('config').description('the app settings of this folder and the environment');
  addShowOptions(
    config
      .command('check')
      .description(
        'check every setting at once: where it stands, its value, what was expected; status 1 where one is wrong',
      )
      .argument(
        '[file]',
        'a settings file in the form of local.settings.json (default: that of this folder)',
      ),
  ).action(async (file: string | undefined, flags: ShowFlags) => {
    const settings =
      file === undefined
        ? readLocalSettings(process.cwd(), ['local.settings.json'])
        : { values: settingsOf(String(await readWholeFile(file)), file), file };
    const problems = checkSettings({ ...settings, env: process.env });
    show({ file: settings.file ?? null, problems }, flags, () => ({
      text: stateTable(
        ['file', 'setting', 'value', 'expected'],
        problems.map((one) => [one.file, one.setting, one.value, one.expected]),
        // what was meant stands at the end of a sentence of our own
        { maxCell: 400 },
      ),
      summary:
        problems.length === 0
          ? `every setting can be used (${settings.file ?? 'the environment alone'})`
          : `${count(problems.length, 'setting')} cannot be used`,
    }));
    if (problems.length > 0) process.exitCode = 1;
  });
}
