import type { Command } from 'commander';
import { withApp } from '../open-app.ts';
import { addShowOptions, count, type ShowFlags, show, stateWord } from '../output/show.ts';

/** `alertforest doctor`: what of the storage is wrong, a line each. */
export function addDoctorCommand(program: Command): void {
  addShowOptions(
    program
      .command('doctor')
      .description('look at everything that is stored, and say what is wrong and what would mend it')
      .option('--fix', 'mend what can be mended; nothing is changed without it'),
  ).action((flags: ShowFlags & { readonly fix?: boolean }) =>
    withApp(async (app) => {
      const findings = await app.doctor({ fix: flags.fix ?? false });
      const nOf = (wanted: string): number => findings.filter(({ state }) => state === wanted).length;
      const [nWrong, nUnknown] = [nOf('wrong'), nOf('unknown')];
      show({ findings }, flags, () => ({
        text: findings
          .flatMap(({ what, state, says, fix: mend }) => [
            [`${stateWord(state.padEnd(5))}  ${what}`, says].filter(Boolean).join(': '),
            ...(mend === undefined ? [] : [`       ${state === 'fixed' ? 'done' : '--fix'}: ${mend}`]),
          ])
          .join('\n'),
        summary: `${count(findings.length - nUnknown, 'thing')} looked at, ${nWrong} wrong${nUnknown === 0 ? '' : `, ${nUnknown} unknown: storage did not answer`}`,
      }));
      if (nWrong + nUnknown > 0) process.exitCode = 1;
    }),
  );
}
