import type { Command } from 'commander';
import { unwrapEnvelope } from '../../intake/envelope/unwrap-envelope.ts';
import { qualityReport } from '../../intake/quality.ts';
import { type PayloadFileOptions, payloadsOf } from '../../logs/payload-file.ts';
import { encodingOption } from '../encoding-option.ts';

/** Unreadable lines that are named; all are counted. */
const MAX_SHOWN = 20;

export function addQualityCommand(program: Command): void {
  program
    .command('quality')
    .description('data-quality report over a file of alerts, any formats mixed')
    .argument('<file>', 'alerts in any known format: JSON, lines, a table; packed or not; - is stdin')
    .addOption(encodingOption())
    .action(async (file: string, options: PayloadFileOptions) => {
      const payloads: unknown[] = [];
      let nUnreadable = 0;
      for await (const item of payloadsOf(file, options)) {
        if ('problem' in item) {
          nUnreadable++;
          if (nUnreadable <= MAX_SHOWN) console.error(`line ${item.line}: ${item.problem}`);
        } else {
          payloads.push(...unwrapEnvelope(item.payload));
        }
      }
      const report = qualityReport(payloads, { receivedAtMs: Date.now() });
      console.log(JSON.stringify({ unreadable_lines: nUnreadable, ...report }, undefined, 2));
      if (report.read + report.skipped === 0 && report.rejected + nUnreadable > 0) process.exitCode = 1;
    });
}
