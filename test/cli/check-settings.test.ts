import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSettings } from '../../src/cli/config/check-settings.ts';
import { settingsOf } from '../../src/local/local-settings.ts';
import { runCli } from './run-cli.ts';

const check = (values: Record<string, string>, env: Record<string, string> = {}) =>
  checkSettings({ values, file: 'local.settings.json', env });

describe('the check of the settings', () => {
  it('finds nothing wrong with the sample', () => {
    const sample = new URL('../../local.settings.sample.json', import.meta.url);
    expect(check(settingsOf(readFileSync(sample, 'utf8'), 'sample'))).toEqual([]);
  });

  it('names all that is wrong at once, and where it stands', () => {
    const problems = check(
      {
        RETRAIN_AFTER: 'many',
        RETRAIN_SCHEDULE: '@hourly',
        AzureWebJobsStorage: 'my account',
        RETRAIN_AFER: '5',
        BLEND_RISK: '0.9',
        PORT: '7072',
        LOCAL_KEYS: 'yes',
      },
      { MAX_BATCH_ALERTS: '0', PATH: '/bin' },
    );
    expect(problems.map(({ file, setting, value }) => [file, setting, value])).toEqual([
      ['local.settings.json', 'RETRAIN_AFTER', 'many'],
      ['environment', 'MAX_BATCH_ALERTS', '0'],
      ['local.settings.json', 'AzureWebJobsStorage', '(hidden)'],
      ['local.settings.json', 'RETRAIN_SCHEDULE', '@hourly'],
      ['local.settings.json', 'LOCAL_KEYS', 'yes'],
      ['local.settings.json', 'RETRAIN_AFER', '5'],
    ]);
    expect(problems.at(-1)?.expected).toContain('did you mean RETRAIN_AFTER?');
  });

  it('shows the whole of what was expected, what was meant at its end', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'alertforest-settings-'));
    writeFileSync(join(folder, 'local.settings.json'), '{"Values": {"RETRAIN_AFTER_HOURL": "5"}}');
    const { code, stdout } = await runCli(['config', 'check'], { cwd: folder });
    rmSync(folder, { recursive: true });
    expect(code).toBe(1);
    expect(stdout).toMatch(/RETRAIN_AFTER_HOURL .*this is none; did you mean RETRAIN_AFTER_HOURLY\?$/m);
  });

  it('asks a settings file for the schedule, which the Functions host has no default for', () => {
    const [problem, ...others] = check({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' });
    expect([problem, others]).toEqual([
      {
        file: 'local.settings.json',
        setting: 'RETRAIN_SCHEDULE',
        value: '(not set)',
        expected: 'Expected a schedule of six NCRONTAB fields such as `0 7 * * * *`, got none.',
      },
      [],
    ]);
    expect(checkSettings({ values: {}, file: undefined, env: {} })).toEqual([]);
  });

  it('says which settings have to add up to one', () => {
    expect(check({ RETRAIN_SCHEDULE: '0 7 * * * *', BLEND_RISK: '0.9' })).toEqual([
      {
        file: 'local.settings.json',
        setting: 'BLEND_RISK',
        value: '0.9',
        expected: 'Expected BLEND_RISK + BLEND_CLASSIFIER + BLEND_ANOMALY to be 1.',
      },
    ]);
  });
});
