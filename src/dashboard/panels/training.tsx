import type { VNode } from 'preact';
import type { z } from 'zod';
import type { WireHealthDetails } from '../../api/health/health.ts';
import type { runsSchema, WireRun } from '../../api/versions/retrain.ts';
import { Card, Empty, Loaded } from '../parts/card.tsx';
import type { Act } from '../parts/dialog.tsx';
import { Chip, Time, type Tone } from '../parts/marks.tsx';
import { call } from '../state/api.ts';
import { refresh, useResource } from '../state/resource.ts';
import { count, counted, percent } from '../words/numbers.ts';
import { at } from '../words/times.ts';
import { MODEL_NAMES } from './version-words.ts';

export type Runs = z.infer<typeof runsSchema>;

/** Judged alerts that start a retrain at the hourly check, and at once. */
const HOURLY = 50;
const AT_ONCE = 100;
const SHOWN_RUNS = 5;

interface TrainingProps {
  readonly health: WireHealthDetails | undefined;
  readonly mayOperate: boolean;
  readonly onAct: (act: Act) => void;
}

export function Training({ health, mayOperate, onAct }: TrainingProps): VNode {
  const runs = useResource<Runs>('retrain', 4_000);
  const running = runs.data?.runs.find(({ state }) => state === 'running');
  const next = health?.scheduler.next_tick;
  const pending = health?.pending_feedback ?? null;
  const retrain: Act = {
    question: 'Retrain now?',
    consequence:
      'The three models learn from every judgement so far. A new version serves only if it proves better than what serves now.',
    button: 'Retrain now',
    run: async (record) => {
      await call('retrain', { method: 'POST', body: record });
      refresh('retrain', 'health/details');
      return 'A retrain is queued.';
    },
  };
  return (
    <Card
      id="training"
      columns={4}
      title="Training"
      basis={next ? `next check ${at(next)}` : 'no check is planned'}
      aside={
        mayOperate ? (
          <button type="button" class="btn" onClick={() => onAct(retrain)} disabled={running !== undefined}>
            Retrain now
          </button>
        ) : undefined
      }
    >
      <p class="big-number">
        <span class="big">{pending === null ? '–' : count(pending)}</span>{' '}
        <span class="dim">{pending === null ? 'cannot be counted now' : 'judged, not learned from yet'}</span>
      </p>
      <Progress pending={pending ?? 0} />
      {running === undefined ? null : <Running of={running} />}
      <Loaded of={runs} what="log of retrains" lines={3}>
        {({ runs: all }) => {
          const done = worthALine(all).slice(0, SHOWN_RUNS);
          return done.length === 0 ? (
            <Empty title="No retrain yet.">
              The first comes once {HOURLY} alerts are judged at an hourly check, or {AT_ONCE} at once.
            </Empty>
          ) : (
            <table class="runs">
              <caption class="vh">The last retrains</caption>
              <tbody>
                {done.map((run) => (
                  <tr key={run.run_id}>
                    <td class="nowrap">
                      <Time of={run.finished_at ?? run.started_at} />
                    </td>
                    <td>
                      <RunState of={run} />
                    </td>
                    <td class="small dim">
                      <span class="two-lines" title={runWords(run)}>
                        {runWords(run)}
                      </span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          );
        }}
      </Loaded>
    </Card>
  );
}

/** What is done; of checks one after the other that found too little only the last. */
function worthALine(runs: readonly WireRun[]): WireRun[] {
  const done = runs.filter(({ state }) => state !== 'running');
  return done.filter(({ state }, i) => state !== 'below' || done[i - 1]?.state !== 'below');
}

function Progress({ pending }: { pending: number }): VNode {
  const words = `${pending} of ${HOURLY} for the hourly check, ${AT_ONCE} start a retrain at once`;
  return (
    <div class="pending" role="img" aria-label={words}>
      <div class="bar">
        <i class="fill-ours" style={{ width: `${Math.min(100, pending)}%` }} />
        <b style={{ left: '50%' }} />
        <b style={{ left: '100%' }} />
      </div>
      <div class="small faint marks">
        <span>{HOURLY} hourly</span>
        <span>{AT_ONCE} at once</span>
      </div>
    </div>
  );
}

function Running({ of }: { of: WireRun }): VNode {
  return (
    <div class="running">
      <p class="small">
        <b>Retrain running:</b> {of.stage}, {percent(of.progress)}
      </p>
      <progress value={of.progress} max={1} aria-label={`Retrain: ${of.stage}`} />
    </div>
  );
}

const STATE_TONES: Readonly<Record<string, Tone>> = {
  promoted: 'ben',
  refused: 'fp',
  failed: 'tp',
  done: 'ben',
};

export function RunState({ of }: { of: WireRun }): VNode {
  const others = Object.entries(of.models ?? {}).filter(([, { decision }]) => decision !== 'carried');
  const refused = others.filter(([, { decision }]) => decision === 'refused');
  if (of.state === 'promoted' && refused.length > 0) {
    const words = others.map(
      ([name, { version, decision }]) => `${MODEL_NAMES[name] ?? name} ${version} ${decision}`,
    );
    return (
      <Chip tone="sus" title={words.join(', ')}>
        {others.length - refused.length} of {others.length} promoted
      </Chip>
    );
  }
  const tone = STATE_TONES[of.state];
  const words = of.state === 'below' ? 'no change' : of.state.replaceAll('_', ' ');
  return <Chip {...(tone === undefined ? {} : { tone })}>{words}</Chip>;
}

/** What came of a run, in a line: of a release, what became of the classifier, the model that decides. */
export function runWords({ error, reasons, pending, models }: WireRun): string {
  if (error !== null) return error;
  const classifier = models?.['classifier'];
  if (classifier !== undefined && classifier.decision !== 'carried' && classifier.reasons[0] !== undefined)
    return `classifier ${classifier.version} ${classifier.decision}: ${classifier.reasons[0]}`;
  if (reasons[0] !== undefined) return reasons[0];
  return pending === null ? '' : counted(pending, 'judged alert');
}
