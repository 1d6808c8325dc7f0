import { useEffect, useState } from 'preact/hooks';

/** Where the reader is: a section, or one thing in it. Kept in the address, so that links and "back" work. */
export interface Place {
  readonly section: string;
  readonly id: string;
}

/** `#incident=5f2c` -> section `incident`, id `5f2c`. */
export function readPlace(hash: string): Place {
  const text = hash.replace(/^#/, '');
  const equals = text.indexOf('=');
  if (equals < 0) return { section: text, id: '' };
  return { section: text.slice(0, equals), id: decodeURIComponent(text.slice(equals + 1)) };
}

/** Whether the address, as it is at this moment, names no place. */
export const isNowhere = (): boolean => readPlace(location.hash).section === '';

export function goTo(section: string, id = ''): void {
  location.hash = id === '' ? section : `${section}=${encodeURIComponent(id)}`;
}

/** As {@link goTo}, without its own entry in the history: for moves by a key. */
export function slipTo(section: string, id: string): void {
  history.replaceState(null, '', `#${section}=${encodeURIComponent(id)}`);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export function usePlace(): Place {
  const [place, setPlace] = useState(() => readPlace(location.hash));
  useEffect(() => {
    const listener = (): void => setPlace(readPlace(location.hash));
    addEventListener('hashchange', listener);
    return () => removeEventListener('hashchange', listener);
  }, []);
  return place;
}
