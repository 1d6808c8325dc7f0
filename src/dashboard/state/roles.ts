import { useEffect, useRef, useState } from 'preact/hooks';
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

/** When it is asked again what could not be answered: a page that was opened during an outage is not nobody's all day. */
const ASK_AGAIN_MS = 15_000;

/** Asks what the caller may do: one function a role, since a key opens one function. */
export function useAccess(): Access {
  const [state, setState] = useState<Omit<Access, 'ask'>>({ roles: undefined, lacks: undefined });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const ask = (): void => {
    clearTimeout(timer.current);
    void Promise.all(ROLES.map(may)).then((answers) => {
      const roles = new Set(ROLES.filter((_, i) => answers[i] === 'yes'));
      const isAway = answers.includes('away');
      const lacks =
        roles.size > 0 || isAway
          ? undefined
          : answers.includes('sign-in')
            ? ('sign-in' as const)
            : ('key' as const);
      setState({ roles, lacks });
      clearTimeout(timer.current);
      if (isAway) timer.current = setTimeout(ask, ASK_AGAIN_MS);
    });
  };
  useEffect(() => {
    ask();
    return () => clearTimeout(timer.current);
  }, []);
  return { ...state, ask };
}

async function may(role: RoleName): Promise<'yes' | 'no' | 'sign-in' | 'away'> {
  try {
    await call(`me/${role}`);
    return 'yes';
  } catch (error) {
    // whatever else is answered, by a proxy or for too many requests, says nothing of the key
    if (!(error instanceof ApiError) || (error.status !== 401 && error.status !== 403)) return 'away';
    // the platform refuses a key without a word, our own functions name who is missing
    return error.code === 'UNAUTHENTICATED' ? 'sign-in' : 'no';
  }
}
