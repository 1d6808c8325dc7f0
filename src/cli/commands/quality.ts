import type { Command } from 'commander';
import { unwrapEnvelope } from '../../intake/envelope/unwrap-envelope.ts';
import { qualityReport } from '../../intake/quality.ts';
import { payloadsOf } from '../payload-file.ts';

/** Unreadable lines that are named; all are counted. */
const MAX_SHOWN = 20;

export function addQualityCommand(program: Command): void {
  program
    .command('quality')
    .description('data-quality report over a file of alerts, any formats mixed')
    .argument('<file>', 'JSON lines or CSV; - is stdin')
    .action(async (file: string) => {
      const payloads: unknown[] = [];
      let nUnreadable = 0;
      for await (const item of payloadsOf(file)) {
        if ('problem' in item) {
          nUnreadable++;
          if (nUnreadable <= MAX_SHOWN) console.error(`line ${item.line}: ${item.problem}`);
        } else {
          payloads.push(...unwrapEnvelope(item.payload));
        }
      }
      const report = qualityReport(payloads, { receivedAtMs: Date.now() });
      console.log(JSON.stringify({ unreadable_lines: nUnreadable, ...report }, undefined, 2));
    });
}
