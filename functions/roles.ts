import type { Role } from '../src/api/route.ts';

export interface Caller {
  readonly authenticated: boolean;
  /** Stable name of the caller, undefined in key mode: a key is no identity. */
  readonly name: string | undefined;
  readonly roles: ReadonlySet<string>;
  /** True where the identity was proven, so that a name in the body is ignored. */
  readonly verified: boolean;
}

const KEY_CALLER: Caller = {
  authenticated: true,
  name: undefined,
  roles: new Set(['scorer', 'analyst', 'operator']),
  verified: false,
};
const NOBODY: Caller = { authenticated: false, name: undefined, roles: new Set(), verified: false };

interface ClientPrincipal {
  readonly claims?: readonly { readonly typ?: string; readonly val?: string }[];
}

const ROLE_CLAIMS = new Set([
  'roles',
  'role',
  'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
]);
const NAME_CLAIMS = [
  'http://schemas.microsoft.com/identity/claims/objectidentifier',
  'oid',
  'appid',
  'azp',
  'sub',
];

/**
 * How callers prove who they are. `closed`: Entra is asked for, and the platform does not say that Easy Auth stands in
 * front, as between two steps of a deployment or after one that failed. Then nobody is let in.
 */
export type AuthMode = 'key' | 'entra' | 'closed';

/** App Service sets `WEBSITE_AUTH_ENABLED` itself: what it says is known, what our own setting says is a wish. */
export function authModeOf(env: Readonly<Record<string, string | undefined>>): AuthMode {
  if (env['AUTH_MODE'] !== 'entra') return 'key';
  return env['WEBSITE_AUTH_ENABLED']?.toLowerCase() === 'true' ? 'entra' : 'closed';
}

/**
 * In key mode the host has checked the function key and nothing in the request says who calls. In Entra mode Easy
 * Auth stands in front and writes `X-MS-CLIENT-PRINCIPAL`; anyone can send that header otherwise, so it is read in
 * that mode only.
 */
export function callerOf(headers: { get(name: string): string | null }, authMode: AuthMode): Caller {
  if (authMode === 'key') return KEY_CALLER;
  if (authMode === 'closed') return NOBODY;
  const encoded = headers.get('x-ms-client-principal');
  if (encoded === null) return NOBODY;
  let principal: ClientPrincipal;
  try {
    principal = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as ClientPrincipal;
  } catch {
    return NOBODY;
  }
  const claims = Array.isArray(principal?.claims) ? principal.claims : [];
  const roles = new Set(
    claims.flatMap((claim) => (ROLE_CLAIMS.has(claim.typ ?? '') && claim.val ? [claim.val] : [])),
  );
  const name = NAME_CLAIMS.map((typ) => claims.find((claim) => claim.typ === typ)?.val).find(Boolean);
  return name === undefined ? NOBODY : { authenticated: true, name, roles, verified: true };
}

/** An operator may do what a scorer and an analyst may; the other roles stand side by side. */
export function roleAllows(caller: Caller, role: Role): boolean {
  return (
    role === 'anonymous' || (caller.authenticated && (caller.roles.has(role) || caller.roles.has('operator')))
  );
}

/** Who stands in the record for an operator's act: the proven name, else the one in the body, which is a claim. */
export function operatorOf(caller: Caller, body: { readonly by?: string | undefined }): string {
  return caller.name ?? body.by ?? 'operator';
}
