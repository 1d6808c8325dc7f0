import type { ComponentChildren, VNode } from 'preact';
import { DISPOSITIONS, isDisposition } from '../words/dispositions.ts';
import { ago, at, utc } from '../words/times.ts';

export type Tone = 'tp' | 'sus' | 'ben' | 'fp';

interface ChipProps {
  readonly tone?: Tone;
  readonly title?: string;
  readonly children: ComponentChildren;
}

export function Chip({ tone, title, children }: ChipProps): VNode {
  return (
    <span class={tone === undefined ? 'chip' : `chip v ${tone}`} title={title}>
      {children}
    </span>
  );
}

/** A disposition with its mark, its word and its colour. */
export function Verdict({ of }: { of: string }): VNode {
  if (!isDisposition(of)) return <Chip>{of.replaceAll('_', ' ')}</Chip>;
  const { mark, words, tone } = DISPOSITIONS[of];
  return (
    <Chip tone={tone}>
      <span aria-hidden="true">{mark}</span> {words}
    </Chip>
  );
}

/** A time in the viewer's zone, relative up to an hour; the full one in UTC under the pointer. */
export function Time({ of, form = 'at' }: { of: string; form?: 'at' | 'ago' }): VNode {
  return (
    <time dateTime={of} title={utc(of)}>
      {form === 'ago' ? ago(of) : at(of)}
    </time>
  );
}

export function Key({ children }: { children: ComponentChildren }): VNode {
  return <kbd>{children}</kbd>;
}
