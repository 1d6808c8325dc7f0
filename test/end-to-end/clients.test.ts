import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AlertforestClient, type RouteName } from '../../integrations/typescript/alertforest-client.ts';
import { curlCommand } from '../../src/api/curl-page.ts';
import { exampleCall } from '../../src/api/example-call.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { API } from '../support/call-service.ts';
import { type IsolatedService, startIsolatedService } from '../support/isolated-service.ts';

// Every route, by each of the clients, on the running service: a route that one of them cannot call fails here.

const python = fileURLToPath(new URL('../../integrations/python', import.meta.url));

let service: IsolatedService;
let base: string;
beforeAll(async () => {
  service = await startIsolatedService();
  base = `${service.url}${API}`;
});
afterAll(() => service?.stop());

const routes = Object.entries(ROUTES);

describe('every route', () => {
  it('is called by its command of the curl page', () => {
    const answers: Record<string, unknown> = {};
    for (const [name, route] of routes) {
      const command = `${curlCommand(route, exampleCall(route, answers))} -w '\\n%{http_code}'`;
      const printed = execFileSync('sh', ['-eu', '-c', command], {
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'] ?? '',
          BASE: base,
          SCORER_KEY: 'scorer',
          ANALYST_KEY: 'analyst',
          OPERATOR_KEY: 'operator',
        },
      });
      const at = printed.lastIndexOf('\n');
      const text = printed.slice(0, at);
      expect({ name, status: Number(printed.slice(at + 1)), text }).toMatchObject({
        status: route.success.status,
      });
      answers[name] = text === '' ? '' : JSON.parse(text);
    }
  });

  it('is called by the TypeScript client', async () => {
    const client = new AlertforestClient({
      baseUrl: base,
      credentials: { key: Object.fromEntries(routes.map(([name]) => [name, `key of ${name}`])) },
      maxRetries: 0,
    });
    const answers: Record<string, unknown> = {};
    for (const [name, route] of routes) {
      const { params = {}, query = {}, body } = route.example(answers);
      answers[name] = await client.call(name as RouteName, { params, query, body });
      expect({ name, isEmpty: answers[name] === undefined }).toEqual({
        name,
        isEmpty: route.success.status === 204,
      });
    }
  });

  // a process for each call
  it('is called by the Python client', { timeout: 600_000 }, () => {
    // Python asks for one call a line and says what came back, so that a call can use the answers before it.
    const program = [
      'import json, sys',
      'from alertforest_client import Alertforest',
      `service = Alertforest(${JSON.stringify(base)}, key={"scorer": "s", "analyst": "a", "operator": "o"}, max_retries=0)`,
      'call = json.loads(sys.argv[1])',
      'print(json.dumps(service.call(call["name"], call["params"], call["query"], call.get("body"))))',
    ].join('\n');
    const answers: Record<string, unknown> = {};
    for (const [name, route] of routes) {
      const { params = {}, query = {}, body } = route.example(answers);
      const call = JSON.stringify({ name, params, query, body });
      const printed = execFileSync('python3', ['-c', program, call], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] ?? '', PYTHONPATH: python, PYTHONDONTWRITEBYTECODE: '1' },
      });
      answers[name] = JSON.parse(printed);
      expect({ name, isEmpty: answers[name] === null }).toEqual({
        name,
        isEmpty: route.success.status === 204,
      });
    }
  });
});
