import { useEffect, useState } from 'preact/hooks';
import type { WireIncidentJudged } from '../../api/incidents/incidents.ts';
import { announce } from './announce.ts';
import { call, wordsOf } from './api.ts';
import { refresh } from './resource.ts';
import { storedName } from './session.ts';

/** How long a judgement can be taken back with one key, milliseconds. */
const UNDO_MS = 30_000;

export interface Judging {
  /** What was just done or refused, in a sentence; empty after the time to undo. */
  readonly said: string;
  readonly isProblem: boolean;
  readonly canUndo: boolean;
  readonly judge: (incident: string, disposition: string) => void;
  readonly undo: () => void;
}

interface Given {
  readonly incident: string;
  readonly untilMs: number;
}

/** Judges incidents as a whole, with one step back. */
export function useJudging(): Judging {
  const [said, setSaid] = useState('');
  const [isProblem, setProblem] = useState(false);
  const [given, setGiven] = useState<Given>();
  useEffect(() => {
    if (given === undefined) return undefined;
    const timer = setTimeout(() => {
      setGiven(undefined);
      setSaid('');
    }, given.untilMs - Date.now());
    return () => clearTimeout(timer);
  }, [given]);
  const tell = (words: string, problem = false): void => {
    setSaid(words);
    setProblem(problem);
    announce(words);
  };
  const analyst = (): { readonly analyst?: string } => (storedName() === '' ? {} : { analyst: storedName() });
  const judge = (incident: string, disposition: string): void => {
    const path = `incidents/${encodeURIComponent(incident)}/judge`;
    call<WireIncidentJudged>(path, { method: 'POST', body: { disposition, ...analyst() } }).then(
      (done) => {
        const left = done.own_judgement > 0 ? `, ${done.own_judgement} judged one by one left alone` : '';
        const alerts = done.accepted + done.revised + done.duplicates;
        tell(
          `${disposition.replaceAll('_', ' ')}: ${alerts} alert${alerts === 1 ? '' : 's'}${left}. ${done.pending} wait for the next retrain.`,
        );
        setGiven({ incident, untilMs: Date.now() + UNDO_MS });
        refresh('incidents', 'health/details');
      },
      (error: unknown) => tell(`Not stored: ${wordsOf(error)}`, true),
    );
  };
  const undo = (): void => {
    if (given === undefined) return;
    const path = `incidents/${encodeURIComponent(given.incident)}/judge`;
    call(path, { method: 'DELETE', query: analyst() }).then(
      () => {
        setGiven(undefined);
        tell('Taken back.');
        refresh('incidents', 'health/details');
      },
      (error: unknown) => tell(`Not stored: ${wordsOf(error)}`, true),
    );
  };
  return { said, isProblem, canUndo: given !== undefined, judge, undo };
}
