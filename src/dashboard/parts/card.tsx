import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Resource } from '../state/resource.ts';
import { ago, secondsOf } from '../words/times.ts';

interface CardProps {
  readonly id: string;
  readonly title: ComponentChildren;
  /** Period and basis, below the title. */
  readonly basis?: ComponentChildren;
  /** At the right of the title. */
  readonly aside?: ComponentChildren;
  /** Columns of twelve. */
  readonly columns: 3 | 4 | 5 | 6 | 7 | 8 | 12;
  readonly children: ComponentChildren;
}

/** A card: the title is the question it answers. */
export function Card({ id, title, basis, aside, columns, children }: CardProps): VNode {
  return (
    <section class={`card s${columns}`} id={id} aria-labelledby={`${id}-title`} tabIndex={-1}>
      <header>
        <div class="titles">
          <h2 id={`${id}-title`}>{title}</h2>
          {basis === undefined ? null : <p class="small faint">{basis}</p>}
        </div>
        {aside === undefined ? null : <div class="small dim aside">{aside}</div>}
      </header>
      <div class="body">{children}</div>
    </section>
  );
}

/** Says why there is nothing and what to do next. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }): VNode {
  return (
    <div class="state">
      <b>{title}</b> {children}
    </div>
  );
}

/** Keeps the layout while nothing is known yet; shown after 400 ms only, so that quick answers do not flicker. */
export function Skeleton({ lines = 4 }: { lines?: number }): VNode {
  const [isShown, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), 400);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class={isShown ? 'skeleton' : 'skeleton hidden'} aria-hidden="true">
      {Array.from({ length: lines }, (_, i) => (
        <div key={i} class="skel" style={{ width: `${92 - ((i * 37) % 50)}%` }} />
      ))}
    </div>
  );
}

interface LoadedProps<T> {
  readonly of: Resource<T>;
  /** What this part shows, for the sentence that says it is not there. */
  readonly what: string;
  readonly lines?: number;
  readonly children: (data: T) => ComponentChildren;
}

/** The four states of a part that asks the service: not yet, there, there but old, not to be had. */
export function Loaded<T>({ of, what, lines, children }: LoadedProps<T>): VNode {
  const { data, error, asOfMs, refresh } = of;
  if (data === undefined) {
    if (error === undefined) return <Skeleton {...(lines === undefined ? {} : { lines })} />;
    const isForbidden = error.status === 401 || error.status === 403;
    return (
      <div class="state bad" role="status">
        <b>{isForbidden ? `Your key does not open ${what}.` : `No ${what} just now.`}</b> {error.message}{' '}
        {isForbidden ? null : (
          <button type="button" class="link" onClick={refresh}>
            Ask again
          </button>
        )}
      </div>
    );
  }
  return (
    <div class={error === undefined ? 'loaded' : 'loaded stale'}>
      {error === undefined || asOfMs === undefined ? null : (
        <p class="small as-of" role="status">
          As of {secondsOf(asOfMs)}, {ago(new Date(asOfMs).toISOString())}: {error.message}{' '}
          <button type="button" class="link" onClick={refresh}>
            Ask again
          </button>
        </p>
      )}
      {children(data)}
    </div>
  );
}
