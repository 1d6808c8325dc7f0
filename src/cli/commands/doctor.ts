import type { Command } from 'commander';
import { type WireFindings, type WireMended, wireFindings, wireMended } from '../../api/doctor/findings.ts';
import { operatorName } from '../operator-name.ts';
import { addShowOptions, count, type ShowFlags, show, stateWord } from '../output/show.ts';
import { addServiceOptions, ask, type ServiceFlags } from '../service/service-options.ts';

/** `alertforest doctor`: what of the storage is wrong, a line each. */
export function addDoctorCommand(program: Command): void {
  addServiceOptions(
    addShowOptions(
      program
        .command('doctor')
        .description('look at everything that is stored, and say what is wrong and what would mend it')
        .option('--fix', 'mend what can be mended; nothing is changed without it'),
    ),
  ).action(async (flags: ServiceFlags & ShowFlags & { readonly fix?: boolean }) => {
    const fix = flags.fix ?? false;
    const answer = await ask<WireFindings | WireMended>(flags, {
      service: (client) =>
        fix ? client.post('/doctor', { body: { by: operatorName() } }) : client.get('/doctor'),
      storage: async ({ doctor }) => {
        const findings = await doctor({ fix });
        return fix ? wireMended(findings) : wireFindings(findings);
      },
    });
    const { findings } = answer;
    const nOf = (wanted: string): number => findings.filter(({ state }) => state === wanted).length;
    const [nWrong, nUnknown] = [nOf('wrong'), nOf('unknown')];
    show(answer, flags, () => ({
      text: findings
        .flatMap(({ what, state, says, fix: mend }) => [
          [`${stateWord(state.padEnd(5))}  ${what}`, says].filter(Boolean).join(': '),
          ...(mend === null ? [] : [`       ${state === 'fixed' ? 'done' : '--fix'}: ${mend}`]),
        ])
        .join('\n'),
      summary: `${count(findings.length - nUnknown, 'thing')} looked at, ${nWrong} wrong${nUnknown === 0 ? '' : `, ${nUnknown} unknown: storage did not answer`}`,
    }));
    if (nWrong + nUnknown > 0) process.exitCode = 1;
  });
}
