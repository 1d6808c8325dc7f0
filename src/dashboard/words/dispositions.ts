import type { Disposition } from '../../alert/alert.ts';

/** How a disposition is shown: never by colour alone. */
export interface DispositionLook {
  readonly mark: string;
  readonly words: string;
  /** Class that carries its colour. */
  readonly tone: 'tp' | 'sus' | 'ben' | 'fp';
  /** Key that gives this verdict. */
  readonly key: string;
}

export const DISPOSITIONS: Readonly<Record<Disposition, DispositionLook>> = {
  true_positive: { mark: '▲', words: 'true positive', tone: 'tp', key: 't' },
  suspicious: { mark: '◆', words: 'suspicious', tone: 'sus', key: 's' },
  benign: { mark: '●', words: 'benign', tone: 'ben', key: 'b' },
  false_positive: { mark: '○', words: 'false positive', tone: 'fp', key: 'f' },
};

/** In the order of the buttons. */
export const DISPOSITION_NAMES = Object.keys(DISPOSITIONS) as Disposition[];

export const isDisposition = (name: string): name is Disposition => Object.hasOwn(DISPOSITIONS, name);
