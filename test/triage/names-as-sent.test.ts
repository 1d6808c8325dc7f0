import { describe, expect, it } from 'vitest';
import { NamesAsSent } from '../../src/triage/names-as-sent.ts';
import { fc } from '../support/fast-check.ts';

const named = (payload: unknown, value: string): string => new NamesAsSent(payload).of(value);

describe('a name as the caller sent it', () => {
  it.each([
    [{ host: 'WS-17' }, 'ws-17', 'WS-17'],
    // inside text in text, as Sentinel sends entities
    [{ Entities: '[{"HostName":"WS-17","Type":"host"}]' }, 'ws-17', 'WS-17'],
    [{ a: ['WS-170', { deep: 'CONTOSO\\WS-17$' }] }, 'ws-17', 'WS-17'],
    [{ user: 'J.Meyer@Contoso.example' }, 'j.meyer@contoso.example', 'J.Meyer@Contoso.example'],
    // put together from parts: the normal form stands
    [{ Name: 'J.Meyer', UPNSuffix: 'contoso.example' }, 'j.meyer@contoso.example', 'j.meyer@contoso.example'],
    ['CEF:0|a|b|1|x|y|5|shost=WS-17', 'ws-17', 'WS-17'],
    [undefined, 'ws-17', 'ws-17'],
    [{ host: 'ws-17' }, '', ''],
  ])('of %j', (payload, value, expected) => {
    expect(named(payload, value)).toBe(expected);
  });

  it('is one line without characters that reorder text, and of bounded length', () => {
    expect(named({ host: 'A\u202eB\nC' }, 'a\u202eb\nc')).toBe('A B C');
    expect(named({}, 'x'.repeat(500))).toHaveLength(81);
  });

  it('is the name in other letters, or its normal form, whatever is sent', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.stringMatching(/^[a-z][a-z0-9.-]{2,20}$/), (payload, value) => {
        expect(named(payload, value).toLowerCase()).toBe(value);
        expect(named([payload, value.toUpperCase()], value).toLowerCase()).toBe(value);
      }),
    );
  });
});
