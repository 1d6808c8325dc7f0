import type { VNode } from 'preact';
import type { WireHealthDetails } from '../../api/health/health.ts';
import { Series } from '../charts/series.tsx';
import { Card, Loaded } from '../parts/card.tsx';
import { Time } from '../parts/marks.tsx';
import { Table } from '../parts/table.tsx';
import type { Resource } from '../state/resource.ts';
import { count, counted, short } from '../words/numbers.ts';
import { at, lasting } from '../words/times.ts';
import { MODEL_NAMES } from './version-words.ts';

/** Everything the health line rests on. */
export function HealthPanel({ health }: { health: Resource<WireHealthDetails> }): VNode {
  return (
    <Card
      id="health"
      columns={7}
      title="Is it well?"
      basis={
        health.data === undefined ? undefined : `up ${lasting(health.data.uptime_seconds)} on this instance`
      }
    >
      <Loaded of={health} what="health report" lines={10}>
        {(data) => <Details of={data} />}
      </Loaded>
    </Card>
  );
}

function Details({ of }: { of: WireHealthDetails }): VNode {
  const { scheduler, storage, prediction_log: log, instances, latency } = of;
  return (
    <>
      {of.reasons.map((reason) => (
        <p key={reason} class="small sus-text">
          {reason}
        </p>
      ))}
      <h3>How fast it answers</h3>
      <Series
        points={(of.latency_history['predict'] ?? []).map(({ at: moment, p50_ms, p99_ms }) => ({
          atMs: Date.parse(moment),
          middle: p50_ms,
          high: p99_ms,
        }))}
        unit="ms"
        label="Time to score an alert over the last day, by five minutes"
      />
      <Table
        label="Latency in milliseconds"
        head={[
          'Route',
          { text: 'Answers', right: true },
          { text: 'p50 ms', right: true },
          { text: 'p95', right: true },
          { text: 'p99', right: true },
        ]}
        rows={Object.entries(latency).map(([route, { count: n, p50_ms, p95_ms, p99_ms }]) => [
          route,
          count(n),
          short(p50_ms),
          short(p95_ms),
          short(p99_ms),
        ])}
      />
      <dl class="kv">
        <dt>storage</dt>
        <dd>
          {storage.status} <span class="faint">{storage.backend}</span>
        </dd>
        <dt>last check</dt>
        <dd>
          {scheduler.last_tick === null ? 'none yet' : <Time of={scheduler.last_tick} form="ago" />}{' '}
          <span class="faint">{scheduler.last_result ?? ''}</span>
        </dd>
        <dt>next check</dt>
        <dd>{scheduler.next_tick === null ? 'never: the timer is off' : at(scheduler.next_tick)}</dd>
        <dt>prediction log</dt>
        <dd>
          {log.mode}, {count(log.written)} written
          <span class={log.dropped + log.failed > 0 ? 'sus-text' : 'faint'}>
            {' '}
            {count(log.dropped)} dropped, {count(log.failed)} failed, {count(log.queued)} waiting
          </span>
        </dd>
        <dt>oldest judgement waiting</dt>
        <dd>{of.oldest_pending_at === null ? 'none' : <Time of={of.oldest_pending_at} form="ago" />}</dd>
        <dt>drift</dt>
        <dd>{of.drift.status}</dd>
        <dt>models</dt>
        <dd>
          {Object.entries(of.models).map(([model, { version, source, loaded_at }]) => (
            <span key={model} class="block">
              {MODEL_NAMES[model] ?? model} {version}{' '}
              <span class="faint">
                {source === 'storage' ? '' : 'local copy, '}loaded <Time of={loaded_at} form="ago" />
              </span>
            </span>
          ))}
        </dd>
        <dt>{counted(instances.seen, 'instance')}</dt>
        <dd>{instances.agree ? 'agree on what serves' : 'do not agree on what serves'}</dd>
      </dl>
      {instances.list.length < 2 ? null : (
        <Table
          label="Instances and what they serve"
          head={['Instance', 'Serves', 'Seen']}
          rows={instances.list.map(({ instance_id, versions, seen_at }) => [
            <span key="i" class="mono">
              {instance_id.slice(0, 8)}
            </span>,
            Object.values(versions).join(' / '),
            <Time key="s" of={seen_at} form="ago" />,
          ])}
        />
      )}
    </>
  );
}
