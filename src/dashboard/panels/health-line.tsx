import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { WireHealthDetails } from '../../api/health/health.ts';
import type { Resource } from '../state/resource.ts';
import { counted } from '../words/numbers.ts';
import { ago, at, secondsOf } from '../words/times.ts';

const SHOWN_CHECKS = 90;

/** What one check said: `w` degraded, `b` unhealthy or no answer. */
type Beat = '' | 'w' | 'b';
const BEATS = { ok: '', degraded: 'w', unhealthy: 'b' } as const;

const WORDS = { ok: 'well', degraded: 'look', unhealthy: 'act' } as const;
const OPENINGS = { ok: 'All well.', degraded: 'Worth a look.', unhealthy: 'It cannot score.' } as const;

/** Outcome of a check, as people say it. */
const OUTCOMES: Readonly<Record<string, string>> = {
  below: 'too few judged to retrain',
  busy: 'another retrain ran',
  promoted: 'a new version serves',
  refused: 'the new version was refused',
  superseded: 'another retrain came first',
};

/** Is it well? One sentence and a colour, as of when, and the last checks as bars. */
export function HealthLine({ health }: { health: Resource<WireHealthDetails> }): VNode {
  const { data, error, asOfMs } = health;
  const [nowMs, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const checks: Beat[] = (data?.checks ?? []).map((check) => BEATS[check.status]);
  const beats = (error === undefined ? checks : [...checks, 'b' as const]).slice(-SHOWN_CHECKS);
  const status = error !== undefined && asOfMs === undefined ? 'unhealthy' : (data?.status ?? 'ok');
  const nSlow = beats.filter((beat) => beat === 'w').length;
  const nBad = beats.filter((beat) => beat === 'b').length;
  return (
    <section class="health" aria-label="Health">
      <span
        class={`dot ${error === undefined ? WORDS[status] : 'act'}`}
        role="img"
        aria-label={error === undefined ? WORDS[status] : 'act'}
      />
      <div>
        {data === undefined ? (
          error === undefined ? (
            <span class="dim">Asking how it is …</span>
          ) : (
            <>
              <strong>No word from the service.</strong> <span class="dim">{error.message}</span>
            </>
          )
        ) : (
          <>
            <strong>{error === undefined ? OPENINGS[status] : 'No word from the service.'}</strong>{' '}
            <span class="dim">{sentence(data)}</span>
          </>
        )}
      </div>
      <div
        class="beat"
        role="img"
        aria-label={`${counted(beats.length, 'check')}, one a minute; ${nSlow} worth a look, ${nBad} failed`}
      >
        {beats.map((beat, i) => (
          <i key={i} class={beat} />
        ))}
      </div>
      <span class="small faint nowrap">
        {asOfMs === undefined
          ? ''
          : `as of ${secondsOf(asOfMs)}, ${ago(new Date(asOfMs).toISOString(), nowMs)}`}
      </span>
    </section>
  );
}

/** What serves and whether all agree, the last check, the next, what waits; what is wrong stands first. */
function sentence(of: WireHealthDetails): string {
  const { instances, models, scheduler, pending_feedback, reasons, drift, storage } = of;
  const versions = ['classifier', 'anomaly', 'scorer'].map((name) => models[name]?.version ?? 'none');
  const [classifier, detector, scorer] = versions;
  const serve = `${counted(instances.seen, 'instance')} ${instances.seen === 1 ? 'serves' : instances.agree ? 'serve' : 'do not agree on'} classifier ${classifier}, detector ${detector}, scorer ${scorer}.`;
  const last =
    scheduler.last_tick === null
      ? 'No check yet'
      : `Last check ${at(scheduler.last_tick)}${scheduler.last_result === null ? '' : `, ${OUTCOMES[scheduler.last_result] ?? scheduler.last_result}`}`;
  const next = scheduler.next_tick === null ? 'no next check' : `next ${at(scheduler.next_tick)}`;
  const waiting = pending_feedback === null ? '' : `, ${pending_feedback} judged alerts wait for it`;
  const moved = drift.status === 'drifted' ? ' The traffic has changed.' : '';
  const away = storage.status === 'ok' ? '' : ' Storage is away.';
  return `${reasons.map((reason) => `${reason}. `).join('')}${serve} ${last}; ${next}${waiting}.${moved}${away}`;
}
