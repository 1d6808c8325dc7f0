import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { WireVerdict, WireWhatIf } from '../../api/predict/verdict.ts';
import sampleAlert from '../../api/sample-alert.json' with { type: 'json' };
import { Card, Empty } from '../parts/card.tsx';
import { Chip, Key, Verdict } from '../parts/marks.tsx';
import { Table } from '../parts/table.tsx';
import { announce } from '../state/announce.ts';
import { NO_TRIAL, type Trial, tryAlert } from '../state/trial.ts';
import { percent, signed } from '../words/numbers.ts';
import { SAMPLES } from './samples.ts';

interface TryAlertProps {
  readonly trial: Trial;
  readonly onTrial: (trial: Trial) => void;
}

export function TryAlert({ trial, onTrial }: TryAlertProps): VNode {
  const [text, setText] = useState('');
  const score = async (): Promise<void> => {
    onTrial({ ...NO_TRIAL, isRunning: true });
    const done = await tryAlert(text);
    onTrial(done);
    announce(
      done.verdict === undefined
        ? done.problem || done.skipped
        : `${done.verdict.disposition.replaceAll('_', ' ')}, final score ${done.verdict.final_score}`,
    );
  };
  return (
    <Card
      id="try"
      columns={7}
      title="What would it say to this alert?"
      basis="any vendor's format; a trial is neither counted nor logged"
      aside={
        <label class="pick">
          <span class="vh">A sample</span>
          <select
            value=""
            onChange={(event) => {
              const sample = SAMPLES.find(({ name }) => name === event.currentTarget.value);
              setText(sample === undefined ? '' : sample.text);
              event.currentTarget.value = '';
            }}
          >
            <option value="">pick a sample</option>
            {SAMPLES.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      }
    >
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void score();
        }}
      >
        <label class="vh" for="alert-text">
          The alert as its vendor sends it
        </label>
        <textarea
          id="alert-text"
          class="mono"
          rows={8}
          spellcheck={false}
          placeholder={JSON.stringify({ title: 'Paste one alert', severity: 'high', source: 'your SIEM' })}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void score();
          }}
        />
        <div class="buttons">
          <button type="submit" class="btn primary" disabled={trial.isRunning || text.trim() === ''}>
            Score it
          </button>
          <button type="button" class="btn" onClick={() => setText(JSON.stringify(sampleAlert, null, 2))}>
            Fill in the sample
          </button>
          <span class="small faint hint">
            <Key>Ctrl</Key> <Key>Enter</Key> scores
          </span>
        </div>
      </form>
      {trial.problem === '' ? null : (
        <p class="problem" role="alert">
          {trial.problem}
        </p>
      )}
      {trial.skipped === '' ? null : <Empty title="Understood, and no alert.">{trial.skipped}</Empty>}
      {trial.verdict === undefined ? null : <Outcome of={trial.verdict} text={text} />}
    </Card>
  );
}

function Outcome({ of, text }: { of: WireVerdict; text: string }): VNode {
  const reasons = [...new Set([...of.reasons, ...(of.explanation?.reasons ?? [])])];
  return (
    <div class="outcome">
      <p class="lead">
        <span class="score">{of.final_score.toFixed(1)}</span> <Verdict of={of.disposition} />{' '}
        <span class="dim">
          {percent(of.confidence)} sure, risk {of.risk_score.toFixed(0)}, {of.risk_level}; decision{' '}
          <b>{of.decision}</b>
          {of.decision_reason === undefined ? '' : ` (${of.decision_reason.replaceAll('_', ' ')})`}
        </span>
      </p>
      <ul class="reasons">
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
      <dl class="kv">
        <dt>unlike anything seen</dt>
        <dd>
          {of.is_anomaly ? 'yes' : 'no'} <span class="faint">{of.anomaly_score.toFixed(2)} of 1</span>
        </dd>
        <dt>in its context</dt>
        <dd>
          {of.context.warming_up
            ? 'its tenant has been watched for less than a day'
            : of.context.score === null
              ? 'nothing known'
              : `${of.context.score.toFixed(2)} of 1, ${of.context.notable ? 'stands out' : 'ordinary'}`}
        </dd>
        <dt>rules that hit</dt>
        <dd>
          {of.rules.length === 0
            ? of.rule_score === null
              ? 'no field that a rule tests'
              : 'none'
            : of.rules.map(({ id, weight, half }) => (
                <Chip key={id} tone={weight < 0 ? 'ben' : 'tp'}>
                  {id} {signed(weight)}
                  {half ? ' half' : ''}
                </Chip>
              ))}
        </dd>
        <dt>known indicators</dt>
        <dd>
          {of.intel === null
            ? 'not looked up'
            : of.intel.length === 0
              ? 'none'
              : of.intel.map(({ source, kind, confidence }) => (
                  <Chip key={source + kind} tone="tp">
                    {kind} in {source}, {confidence.toFixed(0)} %
                  </Chip>
                ))}
        </dd>
      </dl>
      <WhatIf of={of} text={text} />
      <details>
        <summary>
          How it was read: {of.input.dialect.replaceAll('_', ' ')}, {percent(of.input.completeness)} complete
        </summary>
        <Mapping of={of} />
      </details>
    </div>
  );
}

/** The alert as read, and where each value stood. */
function Mapping({ of }: { of: WireVerdict }): VNode {
  const { alert, fields = {}, missing = [], warnings } = of.input;
  const values = (alert ?? {}) as Readonly<Record<string, unknown>>;
  return (
    <>
      {warnings.map((warning) => (
        <p key={warning} class="small sus-text">
          {warning}
        </p>
      ))}
      <Table
        label="Each field, its value and where it was read"
        head={['Field', 'Value', 'From']}
        rows={[
          ...Object.entries(fields).map(([field, from]) => [
            field,
            brief(values[field]),
            <code key="f">{from}</code>,
          ]),
          ...(alert?.entities ?? []).map(({ kind, value, role, from }) => [
            `${kind}${role === undefined ? '' : `, ${role}`}`,
            value,
            <code key="f">{from}</code>,
          ]),
          ...missing.map((field) => [
            field,
            <span key="m" class="faint">
              not in this alert
            </span>,
            '',
          ]),
        ]}
      />
    </>
  );
}

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

/** What would change it: another severity, an entity or a rule less. Asked for on demand, in one request. */
function WhatIf({ of, text }: { of: WireVerdict; text: string }): VNode {
  const [changes, setChanges] = useState<readonly WireWhatIf[]>();
  const [problem, setProblem] = useState('');
  const [isRunning, setRunning] = useState(false);
  // another verdict is another question
  useEffect(() => setChanges(undefined), [of]);
  const ask = async (): Promise<void> => {
    setRunning(true);
    const trial = await tryAlert(text, { isWhatIf: true });
    setChanges(trial.verdict?.what_if);
    setProblem(trial.problem || trial.skipped);
    setRunning(false);
  };
  if (changes === undefined) {
    return (
      <>
        <button type="button" class="btn" disabled={isRunning} onClick={() => void ask()}>
          {isRunning ? 'Asking …' : 'What would change it?'}
        </button>
        {problem === '' ? null : (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
      </>
    );
  }
  return (
    <Table
      label="What would change the verdict"
      head={['If', 'Verdict', 'Decision', { text: 'Score', right: true }, { text: 'Change', right: true }]}
      rows={changes.map(({ kind, value, disposition, decision, final_score, change }) => [
        kind === 'severity' ? `severity ${value}` : `without ${kind} ${value}`,
        <Verdict key="v" of={disposition} />,
        decision,
        final_score.toFixed(1),
        signed(change),
      ])}
    />
  );
}
