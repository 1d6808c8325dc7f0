import type { Command } from 'commander';

/** Calls by the words of a command, as `--help` and docs/cli.md show them. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  score: [
    'alertforest score alerts.jsonl',
    'alertforest score alerts.csv --explain 3 --out verdicts.jsonl',
    'alertforest score alerts.jsonl --url https://APP.azurewebsites.net --key KEY',
    'alertforest score conn.log.gz --package alertforest-package --cut one_percent',
  ],
  serve: [
    'alertforest serve --package alertforest-package --tail /var/log/zeek/conn.log --post http://127.0.0.1:7071/api/v1/ml',
    'alertforest serve --package alertforest-package --port 9200',
  ],
  evaluate: ['alertforest evaluate --train closed-2025.jsonl --test closed-2026.jsonl --html report.html'],
  simulate: ['alertforest simulate alerts.jsonl.gz --no-models --scores scores.jsonl --html story.html'],
  pipeline: [
    'alertforest pipeline conn.log.gz --labels windows.csv --rest normal --html report.html',
    'alertforest pipeline flows.csv --target Label=Bot,PortScan --package flows-package',
  ],
  'explain-mapping': ['alertforest explain-mapping alerts.json --limit 3'],
  doctor: [
    'alertforest doctor',
    'alertforest doctor --fix',
    'alertforest doctor --url https://APP.azurewebsites.net --key KEY',
  ],
  forget: [
    'alertforest forget --analyst ana@soc.example',
    "alertforest forget --analyst ana@soc.example --why 'asked for' --url https://APP.azurewebsites.net --key KEY",
  ],
  import: [
    'alertforest import closed-incidents.jsonl',
    'alertforest import judgements.csv --url https://APP.azurewebsites.net --key KEY',
    "alertforest import last-year.jsonl --confirm --by olga --why 'reviewed cases of last year'",
  ],
  'export judgements': [
    'alertforest export judgements --format csv --out judgements.csv',
    'alertforest export judgements --url https://APP.azurewebsites.net --key KEY',
  ],
  'export verdicts': ['alertforest export verdicts --since 2026-11-01 --out verdicts.jsonl'],
  'export policy': ['alertforest export policy --url https://APP.azurewebsites.net --key KEY'],
  'export release': [
    'alertforest export release --out release.jsonl',
    'alertforest export release --artefacts models --url https://APP.azurewebsites.net --key KEY',
  ],
  complete: [
    'mkdir -p ~/.local/share/bash-completion/completions && alertforest complete bash > ~/.local/share/bash-completion/completions/alertforest',
    'mkdir -p ~/.zsh/completions && alertforest complete zsh > ~/.zsh/completions/_alertforest',
    'mkdir -p ~/.config/fish/completions && alertforest complete fish > ~/.config/fish/completions/alertforest.fish',
  ],
  'config check': ['alertforest config check', 'alertforest config check settings.json'],
  versions: ['alertforest versions', 'alertforest versions classifier --json'],
  card: ['alertforest card classifier 1.2.0 > card.md'],
  activate: ["alertforest activate classifier 1.1.0 --by olga --why 'too many closed since yesterday'"],
  unpin: ["alertforest unpin classifier --by olga --why 'mended'"],
  train: [
    'alertforest train',
    "alertforest train --force --by olga --why 'an analyst was forgotten' --url https://APP.azurewebsites.net --key KEY",
  ],
  replay: ["alertforest replay --without mallory --why 'closed without looking'"],
  drift: ['alertforest drift'],
  workload: ['alertforest workload', 'alertforest workload --missed-attack 100000 --json'],
  quarantine: ['alertforest quarantine --analyst mallory'],
  similar: ['alertforest similar 5bd9b1ba6cbc06fcf4f5bbd6a63bfe58'],
  importances: ['alertforest importances --top 5'],
  audit: ['alertforest audit --limit 10'],
  'intel import': ['alertforest intel import feed.csv --source threatfox --confidence 60 --valid-days 30'],
  'intel list': ['alertforest intel list'],
  'intel remove': ['alertforest intel remove threatfox'],
  'intel lookup': [
    'alertforest intel lookup 198.51.100.7',
    'alertforest intel lookup evil.example --from feed.csv --json',
  ],
  policy: ['alertforest policy --json > policy.json', 'alertforest policy --set policy.json --dry-run'],
  quality: [
    'alertforest quality auth.log --year 2026 --timezone Europe/Berlin',
    'alertforest quality alerts.jsonl',
  ],
  'rules match': ['alertforest rules match --rules rules --events events.jsonl --logsource product=windows'],
  'rules check': ['alertforest rules check my-rules'],
  'rules test': ['alertforest rules test my-rules'],
  'rules list': ['alertforest rules list my-rules'],
  'rules coverage': ['alertforest rules coverage my-rules > layer.json'],
  'rules active': ['alertforest rules active --status disabled'],
  'rules switch': ["alertforest rules switch di-whoami off --why 'our administrators run it all day'"],
  health: ['alertforest health', 'alertforest health --url https://APP.azurewebsites.net --key KEY --json'],
  'incidents list': ['alertforest incidents list --state open --min-score 20'],
  'incidents show': ['alertforest incidents show 48e548801a11f39f'],
  'incidents judge': ['alertforest incidents judge 48e548801a11f39f --as true_positive --by ana'],
};

/** Puts the examples under the help of each command. */
export function addExamples(command: Command, words: readonly string[] = []): void {
  for (const below of command.commands) addExamples(below, [...words, below.name()]);
  const lines = EXAMPLES[words.join(' ')];
  if (lines !== undefined)
    command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}
