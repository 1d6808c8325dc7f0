import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { z } from 'zod';
import type { importancesSchema } from '../../api/versions/audit.ts';
import type { versionCardSchema, WireModelVersion } from '../../api/versions/versions.ts';
import { Bars } from '../charts/bars.tsx';
import { Card, Empty, Loaded } from '../parts/card.tsx';
import { Sheet } from '../parts/dialog.tsx';
import { Chip, Time } from '../parts/marks.tsx';
import { type Resource, useResource } from '../state/resource.ts';
import { count, percent } from '../words/numbers.ts';
import {
  bestEvaluation,
  formatMetric,
  halfWidth,
  METRICS,
  MODEL_NAMES,
  measured,
  syntheticShare,
  type Versions,
} from './version-words.ts';

type Importances = z.infer<typeof importancesSchema>;

const SHOWN_COLUMNS = 6;

/** One card a model: what serves, how good it is and on what that rests, what moves it. */
export function Model({ model, versions }: { model: string; versions: Resource<Versions> }): VNode {
  const importances = useResource<Importances>('importances', 60_000);
  const [shown, setShown] = useState<string>();
  return (
    <>
      <ModelCard model={model} versions={versions} importances={importances} onCard={setShown} />
      {shown === undefined ? null : (
        <FullCard model={model} version={shown} onClose={() => setShown(undefined)} />
      )}
    </>
  );
}

interface ModelCardProps {
  readonly model: string;
  readonly versions: Resource<Versions>;
  readonly importances: Resource<Importances>;
  readonly onCard: (version: string) => void;
}

function ModelCard({ model, versions, importances, onCard }: ModelCardProps): VNode {
  const serving = versions.data?.versions.find((one) => one.model === model && one.serving);
  const isPinned = versions.data?.pinned[model] !== undefined;
  return (
    <Card
      id={model === 'classifier' ? 'models' : `models-${model}`}
      columns={4}
      title={`${MODEL_NAMES[model]} ${serving?.version ?? ''}`}
      basis={
        serving === undefined ? undefined : (
          <>
            learned <Time of={serving.created_at} form="ago" />
          </>
        )
      }
      aside={
        serving === undefined ? undefined : (
          <>
            <Chip tone="ben">serving</Chip> {isPinned ? <Chip tone="sus">pinned</Chip> : null}
          </>
        )
      }
    >
      <Loaded of={versions} what="versions" lines={7}>
        {() =>
          serving === undefined ? (
            <Empty title="Nothing serves yet.">The first models are trained at the first start.</Empty>
          ) : (
            <>
              <Figures of={serving} />
              <button type="button" class="link small" onClick={() => onCard(serving.version)}>
                the whole model card
              </button>
              <h3>What moves it</h3>
              <Loaded of={importances} what="importances" lines={4}>
                {({ models }) => <WhatMovesIt of={serving} shuffled={models[model]?.importances ?? []} />}
              </Loaded>
            </>
          )
        }
      </Loaded>
    </Card>
  );
}

function Figures({ of }: { of: WireModelVersion }): VNode {
  const evaluation = bestEvaluation(of);
  const share = syntheticShare(of);
  const algorithm = of.metrics['algorithm'];
  return (
    <>
      <dl class="kv">
        {METRICS.flatMap(({ key, name, format }) => {
          const value = measured(evaluation?.[key]);
          if (value === undefined) return [];
          return [
            <dt key={`${key}-t`}>{name}</dt>,
            <dd key={key}>
              {formatMetric(value.value, format)} <span class="faint">{halfWidth(value)}</span>
            </dd>,
          ];
        })}
        <dt>rows it learned from</dt>
        <dd>
          {share === undefined ? count(of.samples) : count(share.rows)}{' '}
          <span class="faint">{share === undefined ? '' : `${percent(share.share)} synthetic`}</span>
        </dd>
        <dt>judged alerts</dt>
        <dd>{count(of.samples)}</dd>
        {typeof algorithm === 'string' ? (
          <>
            <dt>learner</dt>
            <dd>{algorithm.replaceAll('_', ' ')}</dd>
          </>
        ) : null}
      </dl>
      <p class="small faint">
        {evaluation === undefined
          ? 'No figure yet: too few judged alerts.'
          : `Measured on ${count(evaluation.samples)} alerts, ${evaluation.split.replaceAll('_', ' ')}. ${of.provisional ? 'Provisional: few alerts stand behind the decision.' : ''}`}
      </p>
      {of.reasons[0] === undefined ? null : <p class="small dim">{of.reasons[0]}</p>}
    </>
  );
}

/** Split importance and the loss when a column is shuffled, each against its own largest. */
function WhatMovesIt(props: {
  of: WireModelVersion;
  shuffled: Importances['models'][string]['importances'];
}): VNode {
  const { of, shuffled } = props;
  const inTrees = (
    Array.isArray(of.metrics['importances']) ? of.metrics['importances'] : []
  ) as typeof shuffled;
  const first = inTrees.length > 0 ? inTrees : shuffled;
  if (first.length === 0) return <Empty title="Not measured.">This model names no columns of its own.</Empty>;
  const largest = Math.max(1e-12, ...first.map(({ importance }) => importance));
  const largestShuffled = Math.max(1e-12, ...shuffled.map(({ importance }) => importance));
  const byName = new Map(shuffled.map(({ feature, importance }) => [feature, importance / largestShuffled]));
  return (
    <Bars
      label={`The ${Math.min(SHOWN_COLUMNS, first.length)} columns that move it most`}
      note={inTrees.length > 0 && byName.size > 0 ? 'dark in the trees, pale when shuffled' : 'in the trees'}
      bars={[...first]
        .sort((a, b) => b.importance - a.importance)
        .slice(0, SHOWN_COLUMNS)
        .map(({ feature, importance }) => ({
          name: feature.replaceAll('_', ' '),
          first: importance / largest,
          second: inTrees.length > 0 ? byName.get(feature) : undefined,
        }))}
    />
  );
}

function FullCard({
  model,
  version,
  onClose,
}: {
  model: string;
  version: string;
  onClose: () => void;
}): VNode {
  const card = useResource<z.infer<typeof versionCardSchema>>(`versions/${model}/${version}/card`, 300_000);
  return (
    <Sheet title={`${MODEL_NAMES[model] ?? model} ${version}, its card`} onClose={onClose}>
      <Loaded of={card} what="card" lines={10}>
        {({ card: text }) => <pre class="card-text">{text}</pre>}
      </Loaded>
    </Sheet>
  );
}
