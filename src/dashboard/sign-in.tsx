import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { keepKey, storedKey } from './state/session.ts';

const back = encodeURIComponent(location.pathname + location.hash);

/** Asks once for what opens the service: a function key, or a sign-in where the directory says who calls. */
export function SignIn({ lacks, onKey }: { lacks: 'key' | 'sign-in'; onKey: () => void }): VNode {
  const [key, setKey] = useState('');
  const wasRefused = storedKey() !== '';
  return (
    <main class="alone">
      <h1>Alertforest</h1>
      {lacks === 'sign-in' ? (
        <>
          <p>This service asks your directory who you are.</p>
          <p>
            <a class="btn primary" href={`/.auth/login/aad?post_login_redirect_uri=${back}`}>
              Sign in
            </a>
          </p>
        </>
      ) : (
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            keepKey(key.trim());
            onKey();
          }}
        >
          <p>
            {wasRefused
              ? 'That key opens nothing here. Paste one that does.'
              : 'Paste the key of your role. It stays in this tab, and is gone when you close it.'}
          </p>
          <label>
            Key
            <input
              type="password"
              class="mono"
              required
              autocomplete="off"
              value={key}
              onInput={(event) => setKey(event.currentTarget.value)}
            />
          </label>
          <div class="buttons">
            <button type="submit" class="btn primary">
              Open
            </button>
          </div>
          <p class="small faint">
            An operator makes one with <span class="mono">infra/caller-keys</span>; docs/page.md says how.
          </p>
        </form>
      )}
    </main>
  );
}
