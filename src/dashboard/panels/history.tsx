import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { z } from 'zod';
import type { auditSchema } from '../../api/versions/audit.ts';
import type { WireActivation, WireModelVersion } from '../../api/versions/versions.ts';
import { VersionLine } from '../charts/version-line.tsx';
import { Card, Empty, Loaded } from '../parts/card.tsx';
import type { Act } from '../parts/dialog.tsx';
import { Chip, Time } from '../parts/marks.tsx';
import { Table } from '../parts/table.tsx';
import { call } from '../state/api.ts';
import { type Resource, refresh, useResource } from '../state/resource.ts';
import { count } from '../words/numbers.ts';
import { lasting } from '../words/times.ts';
import { RunState, type Runs, runWords } from './training.tsx';
import {
  bestEvaluation,
  formatMetric,
  METRICS,
  MODEL_NAMES,
  measured,
  type Versions,
} from './version-words.ts';

type Audit = z.infer<typeof auditSchema>;

const SHOWN = 8;

interface HistoryProps {
  readonly versions: Resource<Versions>;
  readonly mayOperate: boolean;
  readonly onAct: (act: Act) => void;
}

/** Every version with its decision; any two can be compared, any one can serve. */
export function History({ versions, mayOperate, onAct }: HistoryProps): VNode {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [isWhole, setWhole] = useState(false);
  const toggle = (name: string): void =>
    setChosen(chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name].slice(-2));
  return (
    <Card
      id="history"
      columns={12}
      title="What served when, and why"
      basis="choose two versions of a model to compare them; a refused one can serve too, by hand"
    >
      <Loaded of={versions} what="versions" lines={8}>
        {({ versions: all, pinned, notes }) => {
          const sorted = [...all].sort((a, b) => b.created_at.localeCompare(a.created_at));
          const shown = isWhole ? sorted : sorted.slice(0, SHOWN);
          const pair = chosen.flatMap((name) => all.find((one) => nameOf(one) === name) ?? []);
          return (
            <>
              {notes.map((note) => (
                <p key={note} class="small faint">
                  {note}
                </p>
              ))}
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by the keyboard */}
              <section class="wide" tabIndex={0} aria-label="Versions over time">
                <VersionLine
                  made={all.map((one) => ({
                    name: nameOf(one),
                    lane: MODEL_NAMES[one.model] ?? one.model,
                    version: one.version,
                    atMs: Date.parse(one.created_at),
                    isPromoted: one.decision === 'promoted',
                    isServing: one.serving,
                  }))}
                  nowMs={Date.now()}
                  chosen={chosen}
                  onChoose={toggle}
                  label={`${all.length} versions over time, promoted ones filled, refused ones hollow; a table follows`}
                />
              </section>
              {pair.length === 2 ? <Difference a={pair[0]!} b={pair[1]!} /> : null}
              <Table
                label="Versions, the newest first"
                head={[
                  '',
                  'Version',
                  'Made',
                  { text: 'Judged', right: true },
                  'Decision',
                  'Why',
                  ...(mayOperate ? [''] : []),
                ]}
                rows={shown.map((one) => [
                  <input
                    key="c"
                    type="checkbox"
                    aria-label={`Compare ${nameOf(one)}`}
                    checked={chosen.includes(nameOf(one))}
                    onChange={() => toggle(nameOf(one))}
                  />,
                  <span key="v" class="nowrap">
                    {nameOf(one)} {one.serving ? <Chip tone="ben">serving</Chip> : null}{' '}
                    {one.pinned ? <Chip tone="sus">pinned</Chip> : null}
                  </span>,
                  <Time key="t" of={one.created_at} />,
                  count(one.samples),
                  <Chip
                    key="d"
                    {...(one.decision === 'promoted' ? { tone: 'ben' as const } : { tone: 'fp' as const })}
                  >
                    {one.decision.replaceAll('_', ' ')}
                  </Chip>,
                  <span key="w" class="small dim">
                    {one.reasons[0] ?? ''}
                  </span>,
                  ...(mayOperate
                    ? [<Acts key="b" of={one} isPinned={pinned[one.model] !== undefined} onAct={onAct} />]
                    : []),
                ])}
              />
              {shown.length < sorted.length ? (
                <button type="button" class="link small" onClick={() => setWhole(true)}>
                  show {sorted.length - shown.length} more
                </button>
              ) : null}
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

const nameOf = ({ model, version }: WireModelVersion): string => `${MODEL_NAMES[model] ?? model} ${version}`;

function Acts({
  of,
  isPinned,
  onAct,
}: {
  of: WireModelVersion;
  isPinned: boolean;
  onAct: (act: Act) => void;
}): VNode {
  if (of.serving) {
    return isPinned ? (
      <button type="button" class="link small" onClick={() => onAct(unpinning(of))}>
        unpin
      </button>
    ) : (
      <span class="small faint">serves</span>
    );
  }
  return (
    <button type="button" class="link small nowrap" onClick={() => onAct(activating(of))}>
      activate
    </button>
  );
}

const activating = (of: WireModelVersion): Act => ({
  question: `Let ${nameOf(of)} serve?`,
  consequence:
    'Every instance loads it within half a minute. It is pinned: retrains go on, but nothing takes its place until somebody unpins it.',
  button: `Activate ${of.version}`,
  run: async (record) => {
    const { learning = [] } = await call<WireActivation>(`versions/${of.model}/${of.version}/activate`, {
      method: 'POST',
      body: record,
    });
    refresh('versions', 'health/details', 'audit', 'importances');
    return [`${nameOf(of)} serves and is pinned.`, ...learning].join(' ');
  },
});

const unpinning = (of: WireModelVersion): Act => ({
  question: `Unpin ${nameOf(of)}?`,
  consequence: 'The next version that proves better takes its place.',
  button: 'Unpin it',
  run: async (record) => {
    const { learning = [] } = await call<WireActivation>(`versions/${of.model}/unpin`, {
      method: 'POST',
      body: record,
    });
    refresh('versions', 'health/details', 'audit');
    return ['Unpinned.', ...learning].join(' ');
  },
});

/** Two versions side by side, number by number. */
function Difference({ a, b }: { a: WireModelVersion; b: WireModelVersion }): VNode {
  const [first, second] = [bestEvaluation(a), bestEvaluation(b)];
  const figure = (of: typeof first, key: string, format: 'number' | 'share'): string => {
    const value = measured(of?.[key]);
    return value === undefined ? '–' : formatMetric(value.value, format);
  };
  return (
    <Table
      label={`${nameOf(a)} against ${nameOf(b)}`}
      head={['', { text: nameOf(a), right: true }, { text: nameOf(b), right: true }]}
      rows={[
        ['measured on', first?.split.replaceAll('_', ' ') ?? '–', second?.split.replaceAll('_', ' ') ?? '–'],
        [
          'alerts behind it',
          first === undefined ? '–' : count(first.samples),
          second === undefined ? '–' : count(second.samples),
        ],
        ['judged alerts learned from', count(a.samples), count(b.samples)],
        ...METRICS.filter(({ key }) => first?.[key] !== undefined || second?.[key] !== undefined).map(
          ({ key, name, format }) => [name, figure(first, key, format), figure(second, key, format)],
        ),
        ['decision', a.decision, b.decision],
        ['why', a.reasons.join(' '), b.reasons.join(' ')],
      ]}
    />
  );
}

/** Every run with its outcome, and who changed what: the lineage. */
export function PerformanceLog(): VNode {
  const runs = useResource<Runs>('retrain', 4_000);
  const audit = useResource<Audit>('audit?limit=50', 30_000);
  return (
    <Card
      id="log"
      columns={12}
      title="Performance log"
      basis="every retrain with what came of it, and every change by hand"
    >
      <div class="halves">
        <div>
          <h3>Retrains</h3>
          <Loaded of={runs} what="log of retrains" lines={5}>
            {({ runs: all }) =>
              all.length === 0 ? (
                <Empty title="No retrain yet." />
              ) : (
                <Table
                  label="Retrains, the newest first"
                  head={['Began', 'By', 'Outcome', { text: 'Took', right: true }, 'Why']}
                  rows={all.map((run) => [
                    <Time key="t" of={run.started_at} />,
                    run.trigger,
                    <RunState key="s" of={run} />,
                    run.finished_at === null
                      ? ''
                      : lasting((Date.parse(run.finished_at) - Date.parse(run.started_at)) / 1000),
                    <span key="w" class="small dim" title={run.reasons.join(' ')}>
                      {runWords(run)}
                    </span>,
                  ])}
                />
              )
            }
          </Loaded>
        </div>
        <div>
          <h3>Changes</h3>
          <Loaded of={audit} what="record of changes" lines={5}>
            {/* an instance of the build before has no notes */}
            {({ entries, notes = [] }) => (
              <>
                {notes.map((note) => (
                  <p key={note} class="small faint">
                    {note}
                  </p>
                ))}
                <Table
                  label="Changes, the newest first"
                  head={['When', 'What', 'Who', 'Now serves', 'Why']}
                  rows={entries.map((entry) => [
                    <Time key="t" of={entry.at} />,
                    entry.kind === 'bootstrap' ? 'first start' : entry.kind,
                    entry.by,
                    <span key="v" class="small">
                      {changed(entry)}
                    </span>,
                    <span key="w" class="small dim">
                      {entry.why}
                    </span>,
                  ])}
                />
              </>
            )}
          </Loaded>
        </div>
      </div>
    </Card>
  );
}

/** What serves now and did not before. */
function changed({ before, after }: Audit['entries'][number]): string {
  const moved = Object.entries(after).filter(([model, version]) => before?.[model] !== version);
  if (moved.length === 0) return 'as before';
  return moved.map(([model, version]) => `${MODEL_NAMES[model] ?? model} ${version}`).join(', ');
}
