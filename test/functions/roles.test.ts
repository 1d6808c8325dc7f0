import { describe, expect, it } from 'vitest';
import { authModeOf, callerOf, roleAllows } from '../../functions/roles.ts';

const headers = (claims?: unknown, raw?: string) => ({
  get: (name: string) =>
    name === 'x-ms-client-principal' && (claims !== undefined || raw !== undefined)
      ? (raw ?? Buffer.from(JSON.stringify({ claims })).toString('base64'))
      : null,
});
const withRoles = (...roles: string[]) =>
  headers([{ typ: 'oid', val: 'someone' }, ...roles.map((val) => ({ typ: 'roles', val }))]);

describe('authModeOf', () => {
  it('lets nobody in where Entra is asked for and Easy Auth is not known to be on', () => {
    expect(authModeOf({})).toBe('key');
    expect(authModeOf({ WEBSITE_AUTH_ENABLED: 'True' })).toBe('key');
    expect(authModeOf({ AUTH_MODE: 'entra', WEBSITE_AUTH_ENABLED: 'True' })).toBe('entra');
    for (const on of [undefined, '', 'False', '0', 'on']) {
      const mode = authModeOf({ AUTH_MODE: 'entra', WEBSITE_AUTH_ENABLED: on });
      expect(mode).toBe('closed');
      expect(callerOf(withRoles('operator'), mode).authenticated).toBe(false);
    }
  });
});

describe('callerOf', () => {
  it('ignores the principal header in key mode, since anyone can send it', () => {
    const caller = callerOf(withRoles('operator'), 'key');
    expect(caller).toMatchObject({ verified: false, name: undefined });
  });

  it('is nobody in Entra mode without the header, with a broken one or without an identity', () => {
    for (const sent of [headers(), headers(undefined, '%%%'), headers([{ typ: 'roles', val: 'operator' }])]) {
      expect(callerOf(sent, 'entra').authenticated).toBe(false);
    }
  });

  it('reads name and roles in Entra mode', () => {
    const caller = callerOf(withRoles('analyst'), 'entra');
    expect(caller).toMatchObject({ authenticated: true, verified: true, name: 'someone' });
    expect([...caller.roles]).toEqual(['analyst']);
  });
});

describe('roleAllows', () => {
  it('lets each role do its own, the operator everything, and nobody anything guarded', () => {
    const can = (role: string, route: 'anonymous' | 'scorer' | 'analyst' | 'operator') =>
      roleAllows(callerOf(withRoles(role), 'entra'), route);
    expect(can('scorer', 'scorer')).toBe(true);
    expect(can('scorer', 'analyst')).toBe(false);
    expect(can('analyst', 'scorer')).toBe(false);
    expect(can('analyst', 'operator')).toBe(false);
    expect(can('operator', 'scorer') && can('operator', 'analyst') && can('operator', 'operator')).toBe(true);
    const nobody = callerOf(headers(), 'entra');
    expect(roleAllows(nobody, 'anonymous')).toBe(true);
    expect(roleAllows(nobody, 'scorer')).toBe(false);
  });
});
