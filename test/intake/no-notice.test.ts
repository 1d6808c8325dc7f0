import { describe, expect, it } from 'vitest';
import { normalizeAlert } from '../../src/intake/normalize.ts';

const time = '2026-11-30T10:00:00Z';
const read = (payload: Readonly<Record<string, unknown>>) =>
  normalizeAlert({ id: 'a-1', time, ...payload }, { receivedAt: time });

describe('a finding is no notice', () => {
  it.each([
    ['what an antivirus did', { title: 'Trojan found', severity: 'high', host: 'ws-1', action: 'Cleared' }],
    ['a log that was cleared', { title: 'Security log cleared', severity: 'high', event_type: 'cleared' }],
    ['a rule that is called a test', { title: 'Test alert: new sign-in', severity: 'high', user: 'anna' }],
    ['a host that is up', { title: 'C2 beacon', severity: 'critical', host: 'ws-1', status: 'up' }],
    ['a level beside the severity', { title: 'Port scan', severity: 'high', level: 'ok' }],
    ['a heartbeat that is lost', { title: 'Heartbeat lost', severity: 'medium', type: 'heartbeat' }],
    ['a sensor that nobody knows', { title: 'Rogue sensor', severity: 'high', event: 'agent_registered' }],
  ])('%s', (_, payload) => {
    const { skipped, alert } = read(payload);
    expect(skipped).toBeUndefined();
    expect(alert.title).toBe(payload.title);
  });
});

describe('a notice is no finding', () => {
  it.each([
    ['an alarm that was cleared', { title: 'Disk full', event_type: 'alarm.cleared' }],
    ['a try of the connection', { title: 'Test notification', severity: 'critical' }],
    ['a monitor that is up again', { title: 'web-1', status: 'up' }],
    ['a level alone', { title: 'cpu on web-1', level: 'OK' }],
  ])('%s', (_, payload) => {
    expect(read(payload).skipped).toBeDefined();
  });
});
