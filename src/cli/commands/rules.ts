import { type Command, Option } from 'commander';
import type { SigmaEvent } from '../../triage/rules/sigma/match/event-field.ts';
import type { Logsource } from '../../triage/rules/sigma/read/document.ts';
import { recordTable } from '../output/show.ts';
import { coverageLayer } from '../rules/coverage-layer.ts';
import { loadRules, parseLogsource, shortPath } from '../rules/load-rules.ts';
import { matchFile, type SourcedEvent } from '../rules/match-events.ts';
import { failureOf, readCases, untestedRules } from '../rules/rule-cases.ts';
import { WrongCall } from '../wrong-call.ts';
import { addActiveRulesCommands } from './active-rules.ts';

interface RuleOptions {
  readonly placeholders?: string;
  readonly json?: boolean;
}

interface MatchOptions extends RuleOptions {
  readonly rules: string;
  readonly events: string;
  readonly logsource?: Logsource;
  readonly alerts?: boolean;
  readonly time?: string;
  readonly correlations: 'crossing' | 'holds';
}

// Options that several of these commands take.
const PLACEHOLDERS = [
  '--placeholders <file>',
  'JSON or YAML: values of the placeholders of `expand`',
] as const;
const AS_JSON = ['--json', 'print everything as JSON'] as const;

export function addRulesCommands(program: Command): void {
  const rules = program
    .command('rules')
    .description('Sigma rules: match, check, test, list, coverage; active and switch ask a running service');
  addMatchCommand(rules);
  addCheckCommand(rules);
  addTestCommand(rules);
  addListCommand(rules);
  addCoverageCommand(rules);
  addActiveRulesCommands(rules);
}

/** Exit code where a rule was refused, a line could not be read or a case failed. */
const FAILED = 1;

function addMatchCommand(rules: Command): void {
  rules
    .command('match')
    .description('match events, one JSON object a line, against Sigma rules, filters and correlations')
    .requiredOption('--rules <path>', 'a file of rules or a folder with .yml files')
    .requiredOption('--events <file>', 'events as JSON lines; .gz is understood; - is stdin')
    .option(
      '--logsource <parts>',
      'where the events come from, like product=windows,category=process_creation',
      parseLogsource,
    )
    .option(...PLACEHOLDERS)
    .option('--alerts', 'the lines are alerts of any known format; each is read as Sigma events')
    .option('--time <field>', 'field of the event time where @timestamp is absent')
    .addOption(
      new Option('--correlations <when>', 'report a correlation when it becomes true, or at every event')
        .choices(['crossing', 'holds'])
        .default('crossing'),
    )
    .option('--json', 'one JSON line an event, those without a match included')
    .action(async (options: MatchOptions) => {
      const set = loadRules(options.rules, options.placeholders);
      const { logsource } = options;
      if (options.alerts && logsource !== undefined) {
        throw new WrongCall('Expected --alerts or --logsource, got both.');
      }
      const eventsOf = options.alerts
        ? await alertEvents()
        : (event: SigmaEvent): SourcedEvent[] => [{ event, logsource }];
      if (set.refused.length > 0) process.exitCode = FAILED;
      const lines = matchFile(set, options.events, {
        eventsOf,
        timeField: options.time,
        correlations: options.correlations,
      });
      for await (const { line, matches, problem } of lines) {
        if (problem !== undefined) {
          console.error(`line ${line}: ${problem}`);
          process.exitCode = FAILED;
        }
        if (options.json) {
          console.log(JSON.stringify({ line, matches, ...(problem === undefined ? {} : { problem }) }));
        } else {
          for (const { id, title, half } of matches) {
            console.log(
              `${line}\t${title}${id === '' ? '' : ` (${id})`}${half ? ' [a field is absent]' : ''}`,
            );
          }
        }
      }
    });
}

/** Reads alerts as events; loaded when asked for, as it brings every vendor's format. */
async function alertEvents(): Promise<(payload: SigmaEvent, facts?: SigmaEvent) => readonly SourcedEvent[]> {
  const { alertsAsEvents } = await import('../rules/alerts-as-events.ts');
  return alertsAsEvents;
}

function addCheckCommand(rules: Command): void {
  rules
    .command('check')
    .description('compile rules; refused ones and what is odd about others are named')
    .argument('<path>', 'a file of rules or a folder with .yml files')
    .option(...PLACEHOLDERS)
    .option(...AS_JSON)
    .action((path: string, options: RuleOptions) => {
      const set = loadRules(path, options.placeholders);
      if (set.refused.length > 0) process.exitCode = FAILED;
      if (options.json) {
        const { refused, lints } = set;
        const counts = { rules: set.rules.length, correlations: set.correlations.length };
        console.log(JSON.stringify({ ...counts, refused, lints }, undefined, 2));
        return;
      }
      for (const { file, line, message } of set.lints) console.log(`${shortPath(file)}:${line}: ${message}`);
      console.log(
        `${set.rules.length} rules and ${set.correlations.length} correlations compiled, ${set.refused.length} refused, ${set.lints.length} remarks`,
      );
    });
}

function addTestCommand(rules: Command): void {
  rules
    .command('test')
    .description('run the cases beside rules: lists of {rule, match, event or payload} in *.cases.yml')
    .argument('<folder>', 'a folder with rules and cases')
    .option(...PLACEHOLDERS)
    .option(...AS_JSON)
    .action(async (folder: string, options: RuleOptions) => {
      const set = loadRules(folder, options.placeholders);
      const files = readCases(folder);
      const events = files.some(({ cases }) => cases.some(({ payload }) => payload !== undefined));
      const eventsOf = events ? await alertEvents() : () => [];
      const failures = files.flatMap(({ file, cases }) =>
        cases.flatMap((each, i) => {
          const reason = failureOf(set, each, eventsOf);
          return reason === undefined
            ? []
            : [{ file: shortPath(file), case: i + 1, rule: each.rule, reason }];
        }),
      );
      const untested = untestedRules(set, files);
      const nCases = files.reduce((sum, { cases }) => sum + cases.length, 0);
      if (set.refused.length + failures.length > 0) process.exitCode = FAILED;
      if (options.json) {
        console.log(
          JSON.stringify({ cases: nCases, failures, untested, refused: set.refused }, undefined, 2),
        );
        return;
      }
      for (const { file, case: number, rule, reason } of failures) {
        console.log(`${file}, case ${number}, ${rule}: ${reason}`);
      }
      for (const { rule, lacks } of untested) console.log(`${rule}: lacks ${lacks}`);
      console.log(
        `${nCases - failures.length} of ${nCases} cases hold; ${untested.length} of ${set.rules.length} rules lack one`,
      );
    });
}

function addListCommand(rules: Command): void {
  rules
    .command('list')
    .description('list rules and correlations with level, log source and tags')
    .argument('<path>', 'a file of rules or a folder with .yml files')
    .option(...PLACEHOLDERS)
    .option(...AS_JSON)
    .action((path: string, options: RuleOptions) => {
      const set = loadRules(path, options.placeholders);
      if (set.refused.length > 0) process.exitCode = FAILED;
      const rows = [
        ...set.rules.map(({ id, title, level, logsource, tags, file }) => {
          return { id, title, level, type: 'rule', logsource, tags, file: shortPath(file) };
        }),
        ...set.correlations.map(({ document: { id, title, level, type, tags, file } }) => {
          return { id, title, level, type, logsource: {}, tags, file: shortPath(file) };
        }),
      ];
      if (options.json) {
        console.log(JSON.stringify(rows, undefined, 2));
        return;
      }
      console.log(
        recordTable(
          rows.map(({ id, title, level, type, logsource, tags }) => ({
            level: level ?? '',
            type,
            'log source': Object.values(logsource).join('/'),
            title,
            id,
            tags: tags.join(' '),
          })),
        ),
      );
    });
}

function addCoverageCommand(rules: Command): void {
  rules
    .command('coverage')
    .description('techniques that rules name, as a layer for the ATT&CK Navigator')
    .argument('<path>', 'a file of rules or a folder with .yml files')
    .option(...PLACEHOLDERS)
    .option('--name <name>', 'name of the layer', 'Sigma rules')
    .action((path: string, options: RuleOptions & { readonly name: string }) => {
      const set = loadRules(path, options.placeholders);
      if (set.refused.length > 0) process.exitCode = FAILED;
      console.log(JSON.stringify(coverageLayer(set, options.name), undefined, 2));
    });
}
