import type { LogLevel } from './functions-core.ts';

const RANK: Readonly<Record<string, number>> = {
  trace: 0,
  debug: 1,
  information: 2,
  warning: 3,
  error: 4,
  critical: 5,
  none: 6,
};

/**
 * Says which log lines to show, from `logging.logLevel` of host.json: the longest category that begins the line's own
 * decides, else `default`, else Information. A function logs under `Function.<name>.User`, the host under `Host`.
 */
export function createLogFilter(
  logLevel: Readonly<Record<string, string>>,
): (level: LogLevel, functionName: string | undefined) => boolean {
  const leastRanks = new Map<string, number>();
  const leastRankOf = (category: string): number => {
    let rank = leastRanks.get(category);
    if (rank === undefined) {
      const configured = Object.keys(logLevel)
        .filter((name) => category === name || category.startsWith(`${name}.`))
        .sort((a, b) => b.length - a.length)[0];
      const level = logLevel[configured ?? 'default'] ?? 'Information';
      rank = RANK[level.toLowerCase()] ?? 2;
      leastRanks.set(category, rank);
    }
    return rank;
  };
  return (level, functionName) =>
    (RANK[level] ?? 2) >= leastRankOf(functionName === undefined ? 'Host' : `Function.${functionName}.User`);
}
