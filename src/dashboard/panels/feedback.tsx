import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { WireFeedbackResult, WireStandingFeedback } from '../../api/feedback/feedback.ts';
import { Card } from '../parts/card.tsx';
import { Time, Verdict } from '../parts/marks.tsx';
import { announce } from '../state/announce.ts';
import { call, wordsOf } from '../state/api.ts';
import { refresh } from '../state/resource.ts';
import { keepName, storedName } from '../state/session.ts';
import type { Trial } from '../state/trial.ts';
import { DISPOSITION_NAMES, DISPOSITIONS } from '../words/dispositions.ts';
import { counted, percent } from '../words/numbers.ts';

/** Says what an alert turned out to be, and shows what that changed. */
export function Feedback({ trial, mayJudge }: { trial: Trial; mayJudge: boolean }): VNode {
  const [key, setKey] = useState('');
  const [disposition, setDisposition] = useState<string>('true_positive');
  const [risk, setRisk] = useState('');
  const [analyst, setAnalyst] = useState(storedName());
  const [comment, setComment] = useState('');
  const [result, setResult] = useState<WireFeedbackResult>();
  const [standing, setStanding] = useState<WireStandingFeedback>();
  const [problem, setProblem] = useState('');
  const tried = trial.verdict?.alert_key;
  useEffect(() => {
    if (tried !== undefined) setKey(tried);
  }, [tried]);
  const send = async (): Promise<void> => {
    keepName(analyst);
    setProblem('');
    setResult(undefined);
    const body = {
      alert_key: key,
      disposition,
      ...(risk === '' ? {} : { risk_score: Number(risk) }),
      ...(analyst === '' ? {} : { analyst }),
      ...(comment === '' ? {} : { comment }),
      // a trial is not logged, so its judgement brings the alert along
      ...(key === tried && trial.payload !== undefined ? { alert: trial.payload } : {}),
    };
    try {
      const done = await call<WireFeedbackResult>('feedback', { method: 'POST', body });
      setResult(done);
      announce(sentenceOf(done));
      refresh('health/details', 'retrain', 'quarantine');
      setStanding(await call<WireStandingFeedback>('feedback', { query: { alert_key: key } }));
    } catch (error) {
      setProblem(wordsOf(error));
    }
  };
  return (
    <Card id="feedback" columns={5} title="What did it turn out to be?" basis="teaches at the next retrain">
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label>
          Alert key
          <input
            class="mono"
            required
            pattern="[0-9a-f]{32}"
            title="32 hex digits, as the verdict names it"
            value={key}
            onInput={(event) => setKey(event.currentTarget.value.trim())}
          />
        </label>
        <fieldset>
          <legend>Disposition</legend>
          {DISPOSITION_NAMES.map((name) => (
            <label key={name} class="choice">
              <input
                type="radio"
                name="disposition"
                checked={disposition === name}
                onChange={() => setDisposition(name)}
              />
              <span class={`${DISPOSITIONS[name].tone}-text`}>
                <span aria-hidden="true">{DISPOSITIONS[name].mark}</span> {DISPOSITIONS[name].words}
              </span>
            </label>
          ))}
        </fieldset>
        <div class="pair">
          <label>
            Risk <span class="faint">0 to 100, if you know</span>
            <input
              type="number"
              min={0}
              max={100}
              step="any"
              value={risk}
              onInput={(event) => setRisk(event.currentTarget.value)}
            />
          </label>
          <label>
            Analyst
            <input
              maxLength={256}
              value={analyst}
              onInput={(event) => setAnalyst(event.currentTarget.value)}
            />
          </label>
        </div>
        <label>
          Comment
          <textarea
            rows={2}
            maxLength={4096}
            value={comment}
            onInput={(event) => setComment(event.currentTarget.value)}
          />
        </label>
        <div class="buttons">
          <button type="submit" class="btn primary" disabled={!mayJudge}>
            Store the judgement
          </button>
          {mayJudge ? null : <span class="small faint">needs a key of the analyst role</span>}
        </div>
      </form>
      {problem === '' ? null : (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {result === undefined ? null : <p class="small">{sentenceOf(result)}</p>}
      {standing === undefined || standing.label === null ? null : (
        <p class="small dim">
          What teaches of it: <Verdict of={standing.label} /> from{' '}
          {standing.from === 'record' ? 'its record' : 'people'}, {percent(standing.weight ?? 1)} of the votes
          {standing.snapshot?.scored_at ? (
            <>
              , with the verdict of <Time of={standing.snapshot.scored_at} />
            </>
          ) : null}
          .
        </p>
      )}
    </Card>
  );
}

function sentenceOf(done: WireFeedbackResult): string {
  const what =
    done.accepted > 0
      ? 'Stored.'
      : done.revised > 0
        ? 'Stored in place of your earlier judgement.'
        : done.duplicates > 0
          ? 'You judged it so before; nothing changed.'
          : (done.reason ?? 'It gives no label.');
  const next = done.retrain_queued
    ? 'A retrain is queued.'
    : `${counted(done.pending, 'alert')} of ${done.retrain_after} wait for the next retrain.`;
  return `${what} ${next}`;
}
