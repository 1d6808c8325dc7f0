import { describe, expect, it } from 'vitest';
import { parseHostJson, parseTimeSpan, readHostJson } from '../../src/local/host-json.ts';
import { createLogFilter } from '../../src/local/log-filter.ts';

const withQueues = (queues: Record<string, unknown>) =>
  parseHostJson({ version: '2.0', extensions: { queues } }).queues;

describe('parseHostJson', () => {
  it('fills in the defaults of Azure', () => {
    expect(parseHostJson({ version: '2.0' })).toEqual({
      routePrefix: 'api',
      queues: {
        batchSize: 16,
        newBatchThreshold: 8,
        maxDequeueCount: 5,
        visibilityTimeoutMs: 0,
        maxPollingIntervalMs: 60_000,
        messageEncoding: 'base64',
      },
      logLevel: {},
    });
  });

  it('reads the file of this project', () => {
    const hostJson = readHostJson(new URL('../../host.json', import.meta.url).pathname);
    expect(hostJson.routePrefix).toBe('api');
    expect(hostJson.queues).toMatchObject({
      batchSize: 1,
      newBatchThreshold: 0,
      visibilityTimeoutMs: 30_000,
    });
  });

  it.each([
    ['no version', {}, 'version'],
    ['a text', 'x', 'version'],
    ['a section that is no object', { version: '2.0', extensions: [] }, 'extensions'],
    ['a prefix that is no text', { version: '2.0', extensions: { http: { routePrefix: 5 } } }, 'routePrefix'],
  ])('refuses %s', (_, value, field) => {
    expect(() => parseHostJson(value)).toThrow(field);
  });

  it.each([
    ['batchSize', 0],
    ['batchSize', 33],
    ['batchSize', 1.5],
    ['batchSize', '1'],
    ['maxDequeueCount', 0],
    ['newBatchThreshold', -1],
    ['visibilityTimeout', '30'],
    ['visibilityTimeout', 30],
    ['maxPollingInterval', 'soon'],
    ['messageEncoding', 'hex'],
  ])('refuses %s %j and names it', (name, value) => {
    expect(() => withQueues({ [name]: value })).toThrow(name);
  });
});

describe('parseTimeSpan', () => {
  it.each([
    ['00:00:30', 30_000],
    ['01:02:03', 3_723_000],
    ['1.00:00:00', 86_400_000],
    ['00:00:00.5', 500],
  ])('%s is %i ms', (text, ms) => {
    expect(parseTimeSpan(text, 'x')).toBe(ms);
  });
});

describe('createLogFilter', () => {
  it('shows Information and above by default', () => {
    const isShown = createLogFilter({});
    expect(isShown('information', 'predict')).toBe(true);
    expect(isShown('debug', 'predict')).toBe(false);
    expect(isShown('debug', undefined)).toBe(false);
  });

  it('lets the longest category decide', () => {
    const isShown = createLogFilter({
      default: 'Warning',
      Function: 'Error',
      'Function.predict': 'Debug',
      Host: 'None',
    });
    expect(isShown('debug', 'predict')).toBe(true);
    expect(isShown('debug', 'predictMany')).toBe(false);
    expect(isShown('warning', 'retrain')).toBe(false);
    expect(isShown('error', 'retrain')).toBe(true);
    expect(isShown('critical', undefined)).toBe(false);
  });
});
