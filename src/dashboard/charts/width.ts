import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/**
 * Width of the element that a chart fills, CSS pixels: a chart is drawn in the pixels it has, so that its text keeps the
 * size of the page's own, however wide the card is.
 *
 * @param fallback until it is known
 */
export function useWidth<T extends Element>(fallback: number): [RefObject<T | null>, number] {
  const ref = useRef<T>(null);
  const [width, setWidth] = useState(fallback);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const { width: now } = element.getBoundingClientRect();
      if (now > 0) setWidth(Math.round(now));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}

/** About how wide a text of 12 px is, for what must not run into something else. */
export const textWidth = (text: string): number => 6.7 * text.length;

/** Cut to what fits into `width` pixels. */
export function fitted(text: string, width: number): string {
  const most = Math.max(4, Math.floor(width / 6.7));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
