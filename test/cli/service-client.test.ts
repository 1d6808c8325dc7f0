import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { failureLines } from '../../src/cli/output/failure-lines.ts';
import { type ScoredLine, scoreFile, scoringThere } from '../../src/cli/service/score-alerts.ts';
import { ServiceClient } from '../../src/cli/service/service-client.ts';
import { runCli } from './run-cli.ts';

interface Seen {
  readonly route: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const folder = mkdtempSync(join(tmpdir(), 'alertforest-client-'));
let server: Server;
let url: string;
let seen: Seen[] = [];
/** Taken one after the other; the last one stays. */
let answers: Answer[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString('utf8');
      seen.push({ route: `${request.method} ${request.url}`, headers: request.headers, body });
      const {
        status = 200,
        headers = {},
        body: answer,
      } = answers.length > 1 ? answers.shift()! : answers[0]!;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  seen = [];
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const said = async (call: Promise<unknown>): Promise<string[] | undefined> => {
  try {
    await call;
  } catch (error) {
    return failureLines(error);
  }
  throw new Error('Expected the call to fail.');
};

describe('the client of a running service', () => {
  it('takes the address of the app or of its API, and shows key and token', async () => {
    answers = [{ body: { versions: [] } }];
    await new ServiceClient({ url, key: 'k' }).get('/versions', { query: { a: 1, b: undefined } });
    await new ServiceClient({ url: `${url}/api/v1/ml/`, token: 't' }).get('/versions');
    expect(seen.map(({ route }) => route)).toEqual([
      'GET /api/v1/ml/versions?a=1',
      'GET /api/v1/ml/versions',
    ]);
    expect(seen[0]?.headers).toMatchObject({ 'x-functions-key': 'k' });
    expect(seen[1]?.headers).toMatchObject({ authorization: 'Bearer t' });
  });

  it('tries again where the service asks for it', async () => {
    answers = [{ status: 503, headers: { 'retry-after': '0' }, body: {} }, { body: { ok: true } }];
    expect(await new ServiceClient({ url }).post('/feedback', { body: [] })).toEqual({ ok: true });
    expect(seen).toHaveLength(2);
  });

  it('says in a sentence what went wrong', async () => {
    const client = new ServiceClient({ url }, { maxRetries: 0 });
    answers = [
      {
        status: 400,
        headers: { 'content-type': 'application/problem+json' },
        body: {
          code: 'REQUEST_INVALID',
          detail: 'The body does not fit.',
          issues: [{ path: 'why', message: 'Expected text.' }],
        },
      },
    ];
    expect(await said(client.get('/x'))).toEqual([
      'REQUEST_INVALID: The body does not fit.',
      '  why: Expected text.',
    ]);
    answers = [{ status: 401, body: '' }];
    expect(await said(client.get('/x'))).toEqual([
      `FORBIDDEN: ${url}/api/v1/ml/x asks for a key; give one by --key or ALERTFOREST_KEY.`,
    ]);
    const signed = new ServiceClient({ url, key: 'wrong' }, { maxRetries: 0 });
    expect(await said(signed.get('/x'))).toEqual([
      `FORBIDDEN: ${url}/api/v1/ml/x does not take this key; give one by --key or ALERTFOREST_KEY.`,
    ]);
    answers = [{ status: 404, body: '<html>' }];
    expect(await said(client.get('/x'))).toEqual([
      `SERVICE_FAILED: ${url}/api/v1/ml/x answered 404: is the address right, up to and with /api/v1/ml?`,
    ]);
    answers = [{ body: '<html>' }];
    expect(await said(client.get('/x'))).toEqual([
      `NOT_THE_SERVICE: ${url}/api/v1/ml/x answered something that is no JSON: is it the service?`,
    ]);
  });

  it('says so where nothing listens and where there is no address', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.on('listening', resolve));
    const { port } = other.address() as AddressInfo;
    await new Promise((resolve) => other.close(resolve));
    const away = `http://127.0.0.1:${port}`;
    expect(await said(new ServiceClient({ url: away }).get('/versions'))).toEqual([
      `SERVICE_UNREACHABLE: ${away}/api/v1/ml/versions cannot be reached: nothing listens there.`,
    ]);
    // a port that Node itself refuses stays refused, so it is asked once
    const calls = vi.spyOn(globalThis, 'fetch');
    expect(await said(new ServiceClient({ url: 'http://127.0.0.1:9' }).get('/versions'))).toEqual([
      'SERVICE_UNREACHABLE: http://127.0.0.1:9/api/v1/ml/versions cannot be reached: Node, like every browser, calls no port of another protocol.',
    ]);
    expect(calls).toHaveBeenCalledTimes(1);
    calls.mockRestore();
    expect(() => new ServiceClient({ url: 'nonsense' })).toThrow(/Expected an address such as https:/);
  });
});

describe('behind a proxy', () => {
  it('asks it where Node is told to, and says so where it is the proxy that does not listen', async () => {
    const asked: string[] = [];
    const proxy = createServer().listen(0, '127.0.0.1');
    proxy.on('connect', (request, socket) => {
      asked.push(String(request.url));
      const onward = connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
    });
    await once(proxy, 'listening');
    const { port } = proxy.address() as AddressInfo;
    const env = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: '' };
    const versions = () => runCli(['versions', '--json', '--url', 'http://siem.example'], { env });
    answers = [{ body: { versions: [], limits: [] } }];
    await versions();
    expect(asked).toEqual(['siem.example:80']);
    expect(seen.map(({ route }) => route)).toEqual(['GET /api/v1/ml/versions']);

    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
    expect(await versions()).toMatchObject({
      code: 1,
      stderr: `SERVICE_UNREACHABLE: http://siem.example/api/v1/ml/versions cannot be reached: nothing listens on port ${port}, its proxy.\n`,
    });
  });
});

describe('scoring a file by a running service', () => {
  it('answers line by line in the order of the file, whatever a line is', async () => {
    const file = join(folder, 'alerts.jsonl');
    const lines = ['{"title":"a","severity":"High"}', '{nope', '{}', '{"title":"c","severity":"Low"}'];
    writeFileSync(file, lines.join('\n'));
    answers = [
      {
        body: {
          results: [
            { index: 0, verdict: { alert_id: 'a' } },
            { index: 1, error: { code: 'ALERT_INVALID', detail: 'no alert', issues: [] } },
            { index: 2, skipped: { code: 'heartbeat', reason: 'a sensor lives' } },
          ],
        },
      },
    ];
    const out: ScoredLine[] = [];
    const scoring = scoringThere(new ServiceClient({ url }), { explain: 2, isTrial: true });
    const counts = await scoreFile(file, {}, scoring, (line) => void out.push(line));
    expect(counts).toEqual({ scored: 1, failed: 2, skipped: 1 });
    expect(out).toEqual([
      { alert_id: 'a' },
      { line: 2, error: 'character 2: expected JSON, got nope' },
      { line: 3, error: 'no alert', issues: [] },
      { line: 4, skipped: { code: 'heartbeat', reason: 'a sensor lives' } },
    ]);
    expect(seen.map(({ route }) => route)).toEqual(['POST /api/v1/ml/predict?explain=2&observe=false']);
    expect(JSON.parse(seen[0]!.body).alerts).toHaveLength(3);
  });

  it('says what was noticed when the file was read, and sends no part that could not be read', async () => {
    const file = join(folder, 'cut.jsonl');
    const texts = { alerts: ['{"title":"a","severity":"High"}', '--- end of batch ---'].join('\n') };
    writeFileSync(file, [JSON.stringify(texts), '{"title":"b","severity":"Low","host":"ws-'].join('\n'));
    answers = [
      {
        body: {
          results: [
            { index: 0, verdict: { alert_id: 'a', input: { warnings: [] } } },
            { index: 1, verdict: { alert_id: 'b', input: { warnings: ['The payload has no time.'] } } },
          ],
        },
      },
    ];
    const out: ScoredLine[] = [];
    const scoring = scoringThere(new ServiceClient({ url }), { explain: 0, isTrial: true });
    await scoreFile(file, {}, scoring, (line) => void out.push(line));
    expect(JSON.parse(seen[0]!.body).alerts).toHaveLength(2);
    expect(out).toEqual([
      { alert_id: 'a', input: { warnings: [] } },
      { line: 1, error: 'Expected JSON, CEF, LEEF or key=value pairs, got "--- end of batch ---".' },
      {
        alert_id: 'b',
        input: {
          warnings: ['The JSON text is cut off: what came whole was read.', 'The payload has no time.'],
        },
      },
    ]);
  });
});
