import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeySet } from '../../src/local/function-keys.ts';
import { API } from '../support/call-service.ts';
import { type IsolatedService, startIsolatedService } from '../support/isolated-service.ts';
import { type Ran, runPython } from '../support/run-python.ts';

// Each integration as its program runs it, with a payload of that program, over HTTP with a key that opens one
// function: scored, and back as feedback.

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const fixture = (path: string) => JSON.parse(text(`test/fixtures/${path}`));
const PREDICT = 'key-of-predict';
const FEEDBACK = 'key-of-feedback';
const keys: KeySet = {
  master: 'key-of-the-host',
  host: {},
  functions: { predict: { default: PREDICT }, feedback: { default: FEEDBACK } },
};

let service: IsolatedService;
let base: string;
let directory: string;
beforeAll(async () => {
  service = await startIsolatedService({ keys });
  base = `${service.url}${API}`;
  directory = mkdtempSync(join(tmpdir(), 'siem-callers-'));
});
afterAll(async () => {
  await service?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const filled = (config: string): string =>
  config
    .replaceAll('https://ALERTFOREST_HOST/api/v1/ml', base)
    .replaceAll('ALERTFOREST_KEY', PREDICT)
    .replaceAll('PREDICT_KEY', PREDICT)
    .replaceAll('FEEDBACK_KEY', FEEDBACK);
const file = (name: string, contents: string | Uint8Array): string => {
  const path = join(directory, name);
  writeFileSync(path, contents);
  return path;
};
const judge = (...args: string[]): Promise<Ran> =>
  runPython([join(root, 'integrations/python/judge.py'), ...args], {
    env: { ALERTFOREST_URL: base, ALERTFOREST_KEY: FEEDBACK },
  });

/** A program of ours in the place of another: answers every request with what `answer` gives. */
async function standIn(
  answer: (url: string, body: string) => unknown,
): Promise<{ url: string; server: Server }> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const given = answer(request.url ?? '', body);
    response.writeHead(given === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(given ?? {}));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe('Wazuh', () => {
  const [line = ''] = gunzipSync(readFileSync(join(root, 'test/fixtures/wazuh178/wazuh178.jsonl.gz')))
    .toString()
    .split('\n');
  const alert = JSON.parse(line).alert._source;
  const block = text('integrations/wazuh/ossec.conf');
  const option = (name: string): string =>
    filled(new RegExp(`<${name}>(.*)</${name}>`).exec(block)?.[1] ?? '');

  let queues = 0;
  /** The script as integratord calls it, with a queue that keeps what it is sent. */
  const integratord = (alertFile: string, key: string): Promise<Ran> => {
    const program = [
      'import os, socket, subprocess, sys',
      'queue = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)',
      "queue.bind(os.environ['WAZUH_QUEUE'])",
      'done = subprocess.run([sys.executable, *sys.argv[1:]])',
      'queue.setblocking(False)',
      'try: print(queue.recv(65536).decode())',
      'except BlockingIOError: pass',
      'sys.exit(done.returncode)',
    ].join('\n');
    const socketPath = join(directory, `queue-${queues++}`);
    const script = join(root, 'integrations/wazuh', option('name'));
    return runPython(['-c', program, script, alertFile, key, option('hook_url'), 'debug'], {
      env: { WAZUH_QUEUE: socketPath },
    });
  };

  it('gets the verdict back as an event of the agent, and the judgement is taken by the id in it', async () => {
    const { code, out, err } = await integratord(
      file('wazuh.json', JSON.stringify(alert)),
      option('api_key'),
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^1:\[003\] \(Win11Client\) \S+->alertforest:\{/);
    const event = JSON.parse(out.slice(out.indexOf('{')));
    expect(event).toMatchObject({
      integration: 'alertforest',
      alertforest: { decision: expect.stringMatching(/^(close|review|escalate)$/), rule: alert.rule.id },
    });
    const rules = text('integrations/wazuh/local_rules.xml');
    for (const [, name = ''] of rules.matchAll(/alertforest\.(\w+)/g)) {
      expect(event.alertforest).toHaveProperty(name);
    }
    const judged = await judge(event.alertforest.alert_id, 'false_positive', '--analyst', 'ana');
    expect(judged.err).toBe('');
    expect(JSON.parse(judged.out)).toMatchObject({ accepted: 1 });
    // its own event comes round as an alert, and is left alone
    const own = file('own.json', JSON.stringify({ rule: { id: '100900' }, data: event }));
    expect(await integratord(own, option('api_key'))).toEqual({ code: 0, out: '', err: '' });
  });

  it('says what the service said where it refuses, and hands nothing back', async () => {
    const { code, out, err } = await integratord(file('wazuh.json', JSON.stringify(alert)), 'another-key');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('answered 401');
  });
});

describe('Elastic Security', () => {
  it('has its alerts scored as its action renders them, and its closings handed back once', async () => {
    const { config } = JSON.parse(filled(text('integrations/elastic/connector.json')));
    const { actions } = JSON.parse(text('integrations/elastic/rule-action.json'));
    const rendered = text('test/fixtures/cases/03_kibana_concatenated.json').trim();
    // what the template makes of those documents: one after the other
    expect(actions[0].params.body).toBe('{{#context.alerts}}{{{.}}}{{/context.alerts}}');
    const response = await fetch(config.url, {
      method: config.method.toUpperCase(),
      headers: config.headers,
      body: rendered,
    });
    const { results } = (await response.json()) as { results: { verdict: { alert_id: string } }[] };
    expect(results).toHaveLength(2);

    const closed = results.map(({ verdict }, index) => ({
      _index: '.internal.alerts-security.alerts-default-000012',
      _id: verdict.alert_id,
      _source: {
        ...JSON.parse(`[${rendered.replace('}{"_index', '},{"_index')}]`)[index],
        'kibana.alert.workflow_status': 'closed',
        'kibana.alert.workflow_reason': ['false_positive', 'true_positive'][index],
        'kibana.alert.workflow_status_updated_at': `2024-02-11T09:00:0${index}.000Z`,
      },
      sort: [1_707_642_000_000 + index * 1000, verdict.alert_id],
    }));
    const asked: { search_after?: unknown }[] = [];
    const elastic = await standIn((url, body) => {
      asked.push(JSON.parse(body));
      if (!url.endsWith('/_search')) return undefined;
      return { hits: { hits: asked.at(-1)?.search_after === undefined ? closed : [] } };
    });
    const run = () =>
      runPython([join(root, 'integrations/elastic/feedback.py')], {
        env: {
          ELASTIC_URL: elastic.url,
          ELASTIC_API_KEY: 'k',
          ALERTFOREST_URL: base,
          ALERTFOREST_KEY: FEEDBACK,
          STATE: join(directory, 'elastic.json'),
        },
      });
    const first = await run();
    expect(first.err).toBe('');
    expect(JSON.parse(first.out)).toMatchObject({ accepted: 2, no_label: 0 });
    expect(JSON.parse((await run()).out)).toEqual({});
    expect(asked.at(-1)?.search_after).toEqual(closed[1]?.sort);
    await new Promise((done) => elastic.server.close(done));
  });
});

describe('Splunk', () => {
  const script = join(root, 'integrations/splunk/alertforest/bin/alertforest.py');
  const notable = fixture('samples/splunk_notable/06_root_user_use_full.json');
  const csv = (rows: Record<string, unknown>[]): string => {
    const names = Object.keys(rows[0] ?? {});
    const cell = (value: unknown): string => `"${String(value ?? '').replaceAll('"', '""')}"`;
    return [names, ...rows.map((row) => names.map((name) => row[name]))]
      .map((cells) => cells.map(cell).join(','))
      .join('\r\n');
  };

  it('has every result scored, and hands closed notables back, with keys from its own store', async () => {
    const asked: string[] = [];
    const splunkd = await standIn((url) => {
      asked.push(url);
      const of = url.includes('predict') ? PREDICT : FEEDBACK;
      return { entry: [{ content: { clear_password: of } }] };
    });
    const act = (mode: string, rows: Record<string, unknown>[]) =>
      runPython([script, '--execute'], {
        input: JSON.stringify({
          app: 'SplunkEnterpriseSecuritySuite',
          owner: 'admin',
          sid: 'scheduler__admin__1',
          search_name: notable.search_name ?? notable.source,
          server_uri: splunkd.url,
          session_key: 's',
          results_file: file('results.csv.gz', gzipSync(csv(rows))),
          result: rows[0],
          configuration: { url: base, mode },
        }),
      });
    const flat = Object.fromEntries(
      Object.entries(notable).map(([name, value]) => [name, Array.isArray(value) ? value.join('\n') : value]),
    );
    const rows = [1, 2].map((n) => ({
      ...flat,
      event_id: `7A0B@@notable@@time171757892${n}`,
      __mv_dest: '',
    }));
    const scored = await act('predict', rows);
    expect(scored.code, scored.err).toBe(0);
    const verdicts = scored.err
      .split('\n')
      .filter((line) => line.startsWith('INFO verdict '))
      .map((line) => JSON.parse(line.slice('INFO verdict '.length)));
    expect(verdicts.map(({ alert_id }) => alert_id)).toEqual(rows.map(({ event_id }) => event_id));
    const closed = rows.map((row, index) => ({
      ...row,
      status: '5',
      status_label: 'Closed',
      status_end: 'true',
      disposition: ['disposition:1', 'disposition:3'][index],
      reviewer: 'ana',
      review_time: `171760000${index}`,
    }));
    const back = await act('feedback', closed);
    expect(back.code, back.err).toBe(0);
    expect(JSON.parse(back.err.slice('INFO feedback '.length))).toMatchObject({ accepted: 2 });
    expect(asked).toEqual([
      expect.stringContaining('alertforest%3Apredict%3A'),
      expect.stringContaining('alertforest%3Afeedback%3A'),
    ]);
    await new Promise((done) => splunkd.server.close(done));
  });

  it('says what is wrong with its settings', async () => {
    const run = await runPython([script, '--execute'], {
      input: JSON.stringify({ configuration: { url: 'not an address' }, result: {} }),
    });
    expect(run).toMatchObject({ code: 2, err: expect.stringContaining('ERROR Expected param.url') });
  });

  it('is an app whose parameters are the ones that its script reads', () => {
    const app = 'integrations/splunk/alertforest';
    const parameters = [...text(`${app}/default/alert_actions.conf`).matchAll(/^param\.(\w+) =/gm)];
    const names = parameters.map(([, name = '']) => name).sort();
    expect(names).toEqual(['mode', 'url']);
    for (const name of names) {
      expect(text(`${app}/README/alert_actions.conf.spec`)).toContain(`param.${name} =`);
      expect(text(`${app}/default/data/ui/alerts/alertforest.html`)).toContain(
        `action.alertforest.param.${name}"`,
      );
      expect(readFileSync(script, 'utf8')).toContain(`configuration.get("${name}"`);
    }
  });
});

describe('Graylog', () => {
  it('has an event scored as its notification posts it, and judged by its id', async () => {
    const { config } = JSON.parse(filled(text('integrations/graylog/notification.json')));
    expect(config.api_key_as_header).toBe(true);
    const event = fixture('integrations/graylog-event.json');
    const response = await fetch(config.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [config.api_key]: config.api_secret.set_value },
      body: JSON.stringify(event),
    });
    const verdict = (await response.json()) as { alert_id: string; input: { dialect: string } };
    expect(verdict).toMatchObject({ alert_id: event.event.id, input: { dialect: 'graylog_event' } });
    const judged = await judge(verdict.alert_id, 'true_positive', '--analyst', 'ana');
    expect(JSON.parse(judged.out)).toMatchObject({ accepted: 1 });
  });
});

describe('TheHive', () => {
  const alert = fixture('cases/24_thehive_alert.json');
  const webhook = (url: string | undefined, operation: string, object: unknown) =>
    fetch(url ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        operation,
        objectType: 'alert',
        objectId: alert._id,
        organisation: 'soc',
        requestId: 'r1',
        object,
      }),
    }).then((response) => response.json() as Promise<Record<string, unknown>>);

  it('has an alert scored when it is made, and its status taken when it is closed', async () => {
    const urls = [...filled(text('integrations/thehive/application.conf')).matchAll(/url: "(.*)"/g)].map(
      ([, url = '']) => url,
    );
    expect(await webhook(urls[0], 'create', alert)).toMatchObject({
      alert_id: alert._id,
      input: { dialect: 'thehive' },
    });
    const closed = { ...alert, stage: 'Closed', status: 'FalsePositive', assignee: 'ana@contoso.example' };
    expect(await webhook(urls[1], 'update', closed)).toMatchObject({ accepted: 1 });
    const duplicate = { ...closed, _id: '~164040801', status: 'Duplicated' };
    expect(await webhook(urls[1], 'update', duplicate)).toMatchObject({ accepted: 0, no_label: 1 });
  });
});
