import type { VNode } from 'preact';
import { Key } from './parts/marks.tsx';
import { SECTIONS } from './sections.ts';
import { storedKey } from './state/session.ts';
import { count } from './words/numbers.ts';

interface RailProps {
  readonly place: string;
  readonly nIncidents: number | undefined;
  readonly nHeld: number | undefined;
  readonly roles: ReadonlySet<string>;
  readonly onHelp: () => void;
  readonly onLeave: () => void;
}

/** Names the sections with what waits in them; below 760 px a line that scrolls. */
export function Rail({ place, nIncidents, nHeld, roles, onHelp, onLeave }: RailProps): VNode {
  const counts: Readonly<Record<string, number | undefined>> = { incidents: nIncidents, quarantine: nHeld };
  const key = storedKey();
  return (
    <nav aria-label="Sections">
      <div class="brand">
        <svg aria-hidden="true" width="20" height="20" viewBox="0 0 20 20">
          <path d="M10 2 4 10h3l-3 4h5v4h2v-4h5l-3-4h3z" />
        </svg>
        Alertforest
      </div>
      {SECTIONS.map(({ id, name }) => (
        <a key={id} href={`#${id}`} aria-current={id === place ? 'page' : undefined}>
          {name}
          {counts[id] ? <span class="faint"> {count(counts[id])}</span> : null}
        </a>
      ))}
      <div class="keys small faint">
        <button type="button" class="link" onClick={onHelp}>
          <Key>?</Key> keys
        </button>
        <span class="block">
          {(['operator', 'analyst', 'scorer'] as const).find((role) => roles.has(role)) ?? 'nobody'}
          {key === '' ? '' : ` · key ending ${key.slice(-4)}`}
        </span>
        {key === '' ? null : (
          <button type="button" class="link" onClick={onLeave}>
            forget the key
          </button>
        )}
      </div>
    </nav>
  );
}
