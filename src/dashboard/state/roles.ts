import { useEffect, useState } from 'preact/hooks';
import { ApiError, call } from './api.ts';

const ROLES = ['scorer', 'analyst', 'operator'] as const;
export type RoleName = (typeof ROLES)[number];

export interface Access {
  /** What the caller's key or sign-in opens; undefined until asked. */
  readonly roles: ReadonlySet<RoleName> | undefined;
  /** `key`: a function key is missing or wrong; `sign-in`: the directory has to say who calls. */
  readonly lacks: 'key' | 'sign-in' | undefined;
  readonly ask: () => void;
}

/** Asks what the caller may do: one function a role, since a key opens one function. */
export function useAccess(): Access {
  const [state, setState] = useState<Omit<Access, 'ask'>>({ roles: undefined, lacks: undefined });
  const ask = (): void => {
    void Promise.all(ROLES.map(may)).then((answers) => {
      const roles = new Set(ROLES.filter((_, i) => answers[i] === 'yes'));
      const lacks =
        roles.size > 0 ? undefined : answers.includes('sign-in') ? ('sign-in' as const) : ('key' as const);
      setState({ roles, lacks: answers.includes('away') && roles.size === 0 ? undefined : lacks });
    });
  };
  useEffect(ask, []);
  return { ...state, ask };
}

async function may(role: RoleName): Promise<'yes' | 'no' | 'sign-in' | 'away'> {
  try {
    await call(`me/${role}`);
    return 'yes';
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500) return 'away';
    // the platform refuses a key without a word, our own functions name who is missing
    return error.code === 'UNAUTHENTICATED' ? 'sign-in' : 'no';
  }
}
