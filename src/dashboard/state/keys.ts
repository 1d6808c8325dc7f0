import { useEffect, useRef } from 'preact/hooks';
import { SECTIONS } from '../sections.ts';
import { DISPOSITION_NAMES, DISPOSITIONS } from '../words/dispositions.ts';

export interface KeyActions {
  readonly move: (by: 1 | -1) => void;
  readonly open: () => void;
  readonly takeNew: () => void;
  readonly judge: (disposition: string) => void;
  readonly undo: () => void;
  readonly help: () => void;
  readonly search: () => void;
  readonly escape: () => void;
  readonly section: (id: string) => void;
}

/** How long `g` waits for the letter of a section, milliseconds. */
const PREFIX_MS = 1_500;

/** One key for everything. Keys in a field belong to the field, keys in a sheet to the sheet. */
export function useKeys(actions: KeyActions): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    let prefixUntilMs = 0;
    const listener = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const isInField =
        event.target instanceof Element && event.target.closest('input, textarea, select, dialog') !== null;
      if (event.key === 'Escape' && document.querySelector('dialog[open]') === null) latest.current.escape();
      if (isInField) return;
      // by when it was pressed: a page that was busy hears of it later
      if (event.timeStamp < prefixUntilMs) {
        prefixUntilMs = 0;
        const section = SECTIONS.find(({ key }) => key === event.key);
        if (section !== undefined) {
          event.preventDefault();
          latest.current.section(section.id);
        }
        return;
      }
      if (event.key === 'g') {
        prefixUntilMs = event.timeStamp + PREFIX_MS;
        return;
      }
      const act = actionOf(event, latest.current);
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);
}

function actionOf(event: KeyboardEvent, actions: KeyActions): (() => void) | undefined {
  const disposition = DISPOSITION_NAMES.find((name) => DISPOSITIONS[name].key === event.key);
  // a key held down judges once
  if (disposition !== undefined) return event.repeat ? undefined : () => actions.judge(disposition);
  switch (event.key) {
    case 'j':
      return () => actions.move(1);
    case 'k':
      return () => actions.move(-1);
    case 'n':
      return actions.takeNew;
    case 'u':
      return event.repeat ? undefined : actions.undo;
    case '?':
      return actions.help;
    case '/':
      return actions.search;
    case 'Enter':
      // Enter on a link or a button is theirs
      return event.target instanceof Element && event.target.closest('a, button, summary') !== null
        ? undefined
        : actions.open;
    default:
      return undefined;
  }
}
