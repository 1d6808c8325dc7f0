import { parseFail2banLine } from './fail2ban-line.ts';
import { parseFilterlogLine } from './filterlog-line.ts';
import { parseFixedColumns } from './fixed-columns.ts';
import { parseNetscalerLine } from './netscaler-line.ts';
import { parseOssecLine } from './ossec-line.ts';
import { parseSnareLine } from './snare-line.ts';
import { logLine } from './syslog-header.ts';
import { isLoginWarning, parseWarningLine } from './warning-line.ts';

/** The record in a log line whose form one product has fixed. Undefined for other lines. */
export function parseProductLine(line: string): Record<string, unknown> | undefined {
  const own =
    parseFixedColumns(line.trim()) ??
    parseNetscalerLine(line) ??
    parseFail2banLine(line) ??
    parseSnareLine(line);
  if (own !== undefined) return own;
  const parts = logLine(line);
  if (parts === undefined) return undefined;
  return (
    parseFilterlogLine(parts) ??
    parseOssecLine(line, parts.time) ??
    (isLoginWarning(parts) ? parseWarningLine(parts) : undefined)
  );
}

/** The record in a log line in plain words, where it warns of somebody. Undefined for other lines. */
export function parseLineInWords(line: string): Record<string, unknown> | undefined {
  const parts = logLine(line);
  return parts === undefined ? undefined : parseWarningLine(parts);
}
