import type { ComponentChildren, VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { wordsOf } from '../state/api.ts';
import { keepName, storedName } from '../state/session.ts';

interface SheetProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A sheet over the page. The browser keeps the focus in it, Esc closes it, focus goes back where it was. */
export function Sheet({ title, onClose, children }: SheetProps): VNode {
  const ref = useRef<HTMLDialogElement>(null);
  // before anything is drawn: the next key belongs to the sheet
  useLayoutEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={ref} aria-labelledby="sheet-title" onClose={onClose} onCancel={onClose}>
      <header>
        <h2 id="sheet-title">{title}</h2>
        <button type="button" class="btn" onClick={onClose}>
          Close
        </button>
      </header>
      <div class="body">{children}</div>
    </dialog>
  );
}

export interface Act {
  /** The question, with its consequence. */
  readonly question: string;
  readonly consequence: string;
  /** What the button says: what happens. */
  readonly button: string;
  readonly run: (record: { readonly by?: string; readonly why: string }) => Promise<string>;
}

/** Asks once, with the consequence in the question, who does it and why; both go into the record. */
export function Confirm({ act, onDone }: { act: Act; onDone: (said: string) => void }): VNode {
  const [by, setBy] = useState(storedName());
  const [why, setWhy] = useState('');
  const [problem, setProblem] = useState('');
  const [isRunning, setRunning] = useState(false);
  const run = async (event: Event): Promise<void> => {
    event.preventDefault();
    setRunning(true);
    keepName(by);
    try {
      onDone(await act.run({ ...(by === '' ? {} : { by }), why }));
    } catch (error) {
      setProblem(wordsOf(error));
      setRunning(false);
    }
  };
  return (
    <Sheet title={act.question} onClose={() => onDone('')}>
      <form onSubmit={(event) => void run(event)} class="form">
        <p>{act.consequence}</p>
        <label>
          Who decides
          <input value={by} maxLength={256} onInput={(event) => setBy(event.currentTarget.value)} />
        </label>
        <label>
          Why <span class="faint">kept in the record</span>
          <textarea
            required
            minLength={3}
            maxLength={1024}
            rows={3}
            value={why}
            onInput={(event) => setWhy(event.currentTarget.value)}
          />
        </label>
        {problem === '' ? null : (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <div class="buttons">
          <button type="submit" class="btn primary" disabled={isRunning}>
            {isRunning ? 'Working …' : act.button}
          </button>
          <button type="button" class="btn" onClick={() => onDone('')}>
            Leave it
          </button>
        </div>
      </form>
    </Sheet>
  );
}
