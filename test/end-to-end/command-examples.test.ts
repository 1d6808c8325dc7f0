import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../src/cli/examples.ts';
import type { KeySet } from '../../src/local/function-keys.ts';
import { connectionFile, STATE_FOLDER, writeConnection } from '../../src/local/state/connection-file.ts';
import { COMPILE_CACHE, startCli } from '../cli/run-cli.ts';
import { typedCall } from '../cli/typed-call.ts';
import { judgements, writeExampleFiles } from '../support/example-files.ts';
import { type IsolatedService, startIsolatedService } from '../support/isolated-service.ts';
import { Caller, FAST_TRAINING, judgeAll, retrainNow, scoreAll } from '../support/learning-service.ts';

// Every example of --help and docs/cli.md, typed in the folder of a service that runs there, with the files that it names.

/** Examples that other tests run, since they take minutes or have to be told to end. */
const RUN_ELSEWHERE: Readonly<Record<string, string>> = {
  'alertforest evaluate --train closed-2025.jsonl --test closed-2026.jsonl --html report.html':
    'test/cli/evaluate.test.ts',
};

/** What each says first: on the standard output, or, where the answer goes into a file, at the end of the other. */
const SAYS: Readonly<Record<string, RegExp>> = {
  'alertforest score alerts.jsonl': /^\{"verdict_id":/,
  'alertforest score alerts.csv --explain 3 --out verdicts.jsonl': /^2 scored, 0 not readable$/,
  'alertforest score alerts.jsonl --url https://APP.azurewebsites.net --key KEY': /^\{"verdict_id":/,
  'alertforest pipeline conn.log.gz --labels windows.csv --rest normal --html report.html': /^Zeek /,
  'alertforest pipeline flows.csv --target Label=Bot,PortScan --package flows-package': /^CICFlowMeter/,
  'alertforest score conn.log.gz --package alertforest-package --cut one_percent': /^\{"line":7,/,
  'alertforest simulate alerts.jsonl.gz --no-models --scores scores.jsonl --html story.html': /^\{$/,
  'alertforest explain-mapping alerts.json --limit 3': /^line 1$/,
  'alertforest quality auth.log --year 2026 --timezone Europe/Berlin': /^OpenSSH server log, /,
  'alertforest quality alerts.jsonl': /^\{$/,
  'alertforest config check': /^every setting can be used \(the environment alone\)$/,
  'alertforest config check settings.json': /^every setting can be used \(settings\.json\)$/,
  'alertforest versions': /^model +version +state/,
  'alertforest versions classifier --json': /^\{$/,
  'alertforest card classifier 1.2.0 > card.md': /^classifier 1\.2\.0: promoted$/,
  "alertforest activate classifier 1.1.0 --by olga --why 'too many closed since yesterday'":
    /^Pinned: retrains go on/,
  "alertforest unpin classifier --by olga --why 'mended'": /^Not pinned: classifier 1\.1\.0 serves/,
  'alertforest incidents list --state open --min-score 20': /^id +score/,
  'alertforest incidents show 48e548801a11f39f': /^when +strength/,
  'alertforest incidents judge 48e548801a11f39f --as true_positive --by ana': /judged/,
  'alertforest similar 5bd9b1ba6cbc06fcf4f5bbd6a63bfe58': /^alert +was|of \d+ judged alerts, by classifier/,
  'alertforest import closed-incidents.jsonl': /^judgements +count$/,
  'alertforest import judgements.csv --url https://APP.azurewebsites.net --key KEY': /^judgements +count$/,
  "alertforest import last-year.jsonl --confirm --by olga --why 'reviewed cases of last year'":
    /^judgements +count$/,
  'alertforest export judgements --format csv --out judgements.csv':
    /^\d+ votes exported to judgements\.csv$/,
  'alertforest export judgements --url https://APP.azurewebsites.net --key KEY': /^\{"alert_key":"/,
  'alertforest export verdicts --since 2026-11-01 --out verdicts.jsonl':
    /^[1-9]\d* verdicts exported to verdicts\.jsonl$/,
  'alertforest export policy --url https://APP.azurewebsites.net --key KEY': /^\{"setting":"seq"/,
  'alertforest export release --out release.jsonl': /^3 models exported to release\.jsonl$/,
  'alertforest export release --artefacts models --url https://APP.azurewebsites.net --key KEY':
    /^\{"release":"/,
  'alertforest quarantine --analyst mallory': /^0 of 0 judgements held back$/,
  "alertforest replay --without mallory --why 'closed without looking'": /^model +version +state +reasons$/,
  'alertforest forget --analyst ana@soc.example': /^forgotten in [1-9]\d* alerts and \d+ incidents; /,
  "alertforest forget --analyst ana@soc.example --why 'asked for' --url https://APP.azurewebsites.net --key KEY":
    /^forgotten in 0 alerts and 0 incidents; /,
  'alertforest train': /^\d+ newly judged/,
  "alertforest train --force --by olga --why 'an analyst was forgotten' --url https://APP.azurewebsites.net --key KEY":
    /^model +version +state +reasons$/,
  'alertforest doctor': /^ok +serving pointer$/,
  'alertforest doctor --fix': /^ok +serving pointer$/,
  'alertforest doctor --url https://APP.azurewebsites.net --key KEY': /^ok +serving pointer$/,
  'alertforest drift': /^warming_up: /,
  'alertforest workload': /^cut +close below +closed/,
  'alertforest workload --missed-attack 100000 --json': /^\{$/,
  'alertforest importances --top 5': /^model +column +importance$/,
  'alertforest audit --limit 10': /^when +what +who/,
  'alertforest intel import feed.csv --source threatfox --confidence 60 --valid-days 30':
    /^threatfox: 3 indicators; it is new$/,
  'alertforest intel list': /^source +indicators +kinds/,
  'alertforest intel lookup 198.51.100.7': /hit/,
  'alertforest intel lookup evil.example --from feed.csv --json': /^\{$/,
  'alertforest intel remove threatfox': /^threatfox is removed$/,
  'alertforest policy --json > policy.json': /^$/,
  'alertforest policy --set policy.json --dry-run': /^what +value$/,
  'alertforest rules match --rules rules --events events.jsonl --logsource product=windows': /Who am I/,
  'alertforest rules check my-rules': /^22 rules and 0 correlations compiled, 0 refused, 0 remarks$/,
  'alertforest rules test my-rules': /^44 of 44 cases hold; /,
  'alertforest rules list my-rules': /^level +type +log source +title/,
  'alertforest rules coverage my-rules > layer.json': /^$/,
  'alertforest rules active --status disabled': /^0 of \d+ rules, 0 refused; /,
  "alertforest rules switch di-whoami off --why 'our administrators run it all day'":
    /^di-whoami: on -> off$/,
  'alertforest health': /^what +value$/,
  'alertforest health --url https://APP.azurewebsites.net --key KEY --json': /^\{$/,
  'mkdir -p ~/.local/share/bash-completion/completions && alertforest complete bash > ~/.local/share/bash-completion/completions/alertforest':
    /^$/,
  'mkdir -p ~/.zsh/completions && alertforest complete zsh > ~/.zsh/completions/_alertforest': /^$/,
  'mkdir -p ~/.config/fish/completions && alertforest complete fish > ~/.config/fish/completions/alertforest.fish':
    /^$/,
};

/** Commands that go on until they are told to end, by what they say once they are at work. */
const GO_ON: Readonly<Record<string, RegExp>> = {
  'alertforest serve --package alertforest-package --tail /var/log/zeek/conn.log --post http://127.0.0.1:7071/api/v1/ml':
    /^\{"id":1,"line":7,/m,
  'alertforest serve --package alertforest-package --port 9200': /^READY http:/m,
};

const DRIVER = fileURLToPath(new URL('../cli/cli-driver.ts', import.meta.url));
const keys: KeySet = { master: 'key-of-the-host', host: {}, functions: {} };
const folder = mkdtempSync(join(tmpdir(), 'alertforest-typed-'));
let service: IsolatedService;
let driver: Driver;
/** What stands in the examples for what a reader puts there. */
const places = new Map<string, string>();
const used = new Set<string>();

/** As test/cli/cli-driver.ts ends what a command printed. */
const END = '\u0000';

/** The command line in a process that stays. */
class Driver {
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  #ended = (): void => {};

  constructor(env: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', DRIVER], {
      cwd: folder,
      env,
      stdio: 'pipe',
    });
    this.#child.stdout!.setEncoding('utf8').on('data', (text) => {
      this.#stdout += text;
      this.#ended();
    });
    this.#child.stderr!.setEncoding('utf8').on('data', (text) => {
      this.#stderr += text;
      this.#ended();
    });
    this.#child.once('exit', () => {
      this.#stderr += `\nthe process has ended${END}`;
      this.#stdout += `${END}none\n`;
      this.#ended();
    });
  }

  async run(args: readonly string[]): Promise<{ code: string; stdout: string; stderr: string }> {
    this.#stdout = '';
    this.#stderr = '';
    const ended = new Promise<void>((over) => {
      this.#ended = () => {
        if (this.#stdout.includes(END) && this.#stdout.endsWith('\n') && this.#stderr.includes(END)) over();
      };
    });
    this.#child.stdin!.write(`${JSON.stringify(args)}\n`);
    await ended;
    const [stdout = '', code = ''] = this.#stdout.split(END);
    return { code: code.trim(), stdout, stderr: this.#stderr.replaceAll(END, '') };
  }

  end(): void {
    this.#child.stdin!.end();
  }
}

const filledIn = (text: string): string => {
  let filled = text;
  for (const [place, value] of places) {
    if (filled.includes(place)) used.add(place);
    filled = filled.replaceAll(place, value);
  }
  return filled;
};

const environment = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: folder,
  NODE_COMPILE_CACHE: COMPILE_CACHE,
  ALERTFOREST_KEY: keys.master,
  ALERTFOREST_CACHE_DIR: join(folder, 'cache'),
  STORAGE_TIMEOUT_SECONDS: '60',
  ...FAST_TRAINING,
});

beforeAll(async () => {
  writeExampleFiles(folder);
  service = await startIsolatedService({
    keys,
    env: {
      ...FAST_TRAINING,
      ...{ RETRAIN_AFTER: '1000000', RETRAIN_AFTER_HOURLY: '1000000', HEAD_POLL_SECONDS: '0.5' },
      ...{ FEEDBACK_RATE_PER_MINUTE: '1000000', PREDICTION_LOG: 'wait' },
    },
  });
  const soc = new Caller(service.url, { 'x-functions-key': keys.master });
  // versions 1.1.0 and 1.2.0 beside the first
  let alertKey = '';
  for (const seed of [21, 22]) {
    const judged = judgements(60, seed, ['ana@soc.example', 'mallory', 'ben']);
    await scoreAll(
      soc,
      judged.map(({ alert }) => alert),
    );
    alertKey = (await judgeAll(soc, judged)).results[0]?.alert_key as string;
    await retrainNow(soc, { force: true, why: 'two versions to choose from' });
  }
  const { body } = await soc.get('/incidents?state=open&min_score=20');
  mkdirSync(join(folder, STATE_FOLDER, 'host'), { recursive: true });
  writeConnection(connectionFile(join(folder, STATE_FOLDER)), {
    connectionString: service.connectionString,
    url: service.url,
  });
  places
    .set('https://APP.azurewebsites.net', service.url)
    .set('--key KEY', `--key ${keys.master}`)
    .set('48e548801a11f39f', body.incidents[0].id)
    .set('5bd9b1ba6cbc06fcf4f5bbd6a63bfe58', alertKey)
    .set('http://127.0.0.1:7071', service.url)
    .set('/var/log/zeek/', join(folder, 'var/log/zeek/'))
    .set('--port 9200', '--port 0')
    .set('~/', `${folder}/`);
  driver = new Driver(environment());
});
afterAll(async () => {
  driver?.end();
  await service?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the examples of --help, typed beside a service', () => {
  it('are all here, and none besides', () => {
    const here = [...Object.keys(SAYS), ...Object.keys(GO_ON), ...Object.keys(RUN_ELSEWHERE)];
    expect(here.sort()).toEqual(Object.values(EXAMPLES).flat().sort());
    for (const [line, test] of Object.entries(RUN_ELSEWHERE))
      expect(readFileSync(join(import.meta.dirname, '../..', test), 'utf8')).toContain(
        `'${line.split(' ')[1]}'`,
      );
  });

  it.each(Object.entries(SAYS))('%s', async (line, says) => {
    const { folder: made, args, into } = typedCall(filledIn(line));
    if (made !== undefined) mkdirSync(made, { recursive: true });
    const { code, stdout, stderr } = await driver.run(args);
    expect([code, stderr.includes('    at ')], stderr).toEqual(['0', false]);
    if (into !== undefined) {
      expect(stdout).not.toBe('');
      writeFileSync(resolve(folder, into), stdout);
    }
    const [first] = (into === undefined ? stdout : '').split('\n');
    const said = first ? [first] : stderr.split(/[\r\n]+/);
    expect(said).toContainEqual(expect.stringMatching(says));
  });

  it.each(Object.entries(GO_ON))('%s', async (line, says) => {
    const { args } = typedCall(filledIn(line));
    const { child, outcome } = startCli(args, { cwd: folder, env: environment() });
    let printed = '';
    await new Promise<void>((atWork) => {
      for (const stream of [child.stdout, child.stderr])
        stream!.on('data', (text) => {
          printed += text;
          if (says.test(printed)) atWork();
        });
      child.once('exit', () => atWork());
    });
    child.kill('SIGINT');
    const { code, stderr } = await outcome;
    expect(printed, stderr).toMatch(says);
    expect(code).toBe(0);
  });

  it('used everything that stands for something of the reader', () => {
    expect([...places.keys()].filter((place) => !used.has(place))).toEqual([]);
  });
});
