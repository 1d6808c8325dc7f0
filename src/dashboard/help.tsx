import type { VNode } from 'preact';
import { Sheet } from './parts/dialog.tsx';
import { Key } from './parts/marks.tsx';
import { SECTIONS } from './sections.ts';
import { DISPOSITION_NAMES, DISPOSITIONS } from './words/dispositions.ts';

/** Every key, and what it does. */
export function Help({ onClose }: { onClose: () => void }): VNode {
  const rows: [readonly string[], string][] = [
    [['j', 'k'], 'next and previous incident'],
    [['Enter'], 'open the chosen one'],
    [['n'], 'show new incidents'],
    ...DISPOSITION_NAMES.map((name): [readonly string[], string] => [
      [DISPOSITIONS[name].key],
      `judge the chosen incident ${DISPOSITIONS[name].words}`,
    ]),
    [['u'], 'take the last judgement back, for 30 s'],
    [['/'], 'search'],
    [['Esc'], 'close, or clear the search'],
    ...SECTIONS.map(({ key, name }): [readonly string[], string] => [['g', key], `go to ${name}`]),
  ];
  return (
    <Sheet title="Keys" onClose={onClose}>
      <dl class="kv keys-list">
        {rows.map(([keys, what]) => [
          <dt key={`${what}-k`}>
            {keys.map((key) => (
              <Key key={key}>{key}</Key>
            ))}
            <span class="vh">{keys.join(' then ')}</span>
          </dt>,
          <dd key={what}>{what}</dd>,
        ])}
      </dl>
    </Sheet>
  );
}
