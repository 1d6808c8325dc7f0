import { randomUUID } from 'node:crypto';
import { BatchText } from '../../api/predict/batch-text.ts';
import type { WireBatchResult } from '../../api/predict/verdict.ts';
import { App } from '../../app.ts';
import { readConfig } from '../../config.ts';
import { hasCode } from '../../errors.ts';
import type { DemoEvent, DemoJudgement, DemoStory } from '../../evaluation/story/demo-story.ts';
import { jsonBody } from '../../reading/body-bytes.ts';

/** Judgements a request; two are under way at once. */
const LOT = 50;
const AT_ONCE = 2;
const OPERATOR = 'lead';
const NOBODY = { name: undefined, verified: false } as const;
/** Incidents looked through after a shift, at most. */
const MAX_INCIDENTS = 1000;

export interface PlayOptions {
  /** App settings; the storage among them is to be fresh. */
  readonly settings: Readonly<Record<string, string | undefined>>;
  readonly onProgress?: (share: number) => void;
  /** Takes the events outside any request, a line of JSON each. @default nobody */
  readonly onEvent?: (line: string) => void;
}

/** What came of it. */
export interface Played {
  readonly alerts: number;
  readonly closed: number;
  readonly judgements: number;
  /** Outcome of each retrain that had enough to learn from, the first start among them, in order. */
  readonly retrains: readonly { readonly state: string; readonly reasons: readonly string[] }[];
}

/**
 * Plays a story into the service's own objects, as requests and timers would, with the clock of the story. What it
 * writes is in storage when it resolves; a service started on it afterwards finds three days behind it.
 */
export async function playDemo(
  story: DemoStory,
  { settings, onProgress, onEvent }: PlayOptions,
): Promise<Played> {
  const firstMs = story.events[0]?.atMs ?? Date.now();
  const lastMs = story.events.at(-1)?.atMs ?? firstMs;
  let nowMs = firstMs;
  // a message on the retrain queue would wait for the service that starts later: here the hourly checks retrain
  const app = new App(readConfig({ ...settings, RETRAIN_AFTER: '1000000' }), {
    now: () => nowMs,
    writeLine: (line) => onEvent?.(line),
  });
  const player = new Player(app);
  try {
    void app.warmUp();
    for (const event of story.events) {
      nowMs = Math.max(nowMs, event.atMs);
      onProgress?.((nowMs - firstMs) / Math.max(1, lastMs - firstMs));
      await player.take(event);
    }
    const { runs } = await app.operations.runs();
    const retrains = runs
      .filter(({ state }) => state === 'promoted' || state === 'refused')
      .reverse()
      .map(({ state, reasons }) => ({ state, reasons }));
    const { alerts, closed, judgements } = player;
    return { alerts, closed, judgements, retrains };
  } finally {
    await app.close();
  }
}

class Player {
  alerts = 0;
  closed = 0;
  judgements = 0;
  readonly #app: App;
  /** What each judged alert turned out to be, and who said so, by its key. */
  readonly #judged = new Map<string, DemoJudgement>();

  constructor(app: App) {
    this.#app = app;
  }

  async take(event: DemoEvent): Promise<void> {
    const { policy } = this.#app;
    switch (event.kind) {
      case 'alerts':
        return this.#score(event.alerts);
      case 'judgements':
        await this.#app.flush();
        await this.#judge(event.judgements);
        return this.#closeIncidents();
      case 'check':
        await this.#app.flush();
        await this.#app.hourly(false);
        return;
      case 'guard': {
        const critical_cases = { add: [{ id: event.id, alert: event.alert }], retire: [] };
        await policy.put({ critical_cases, why: event.why }, { dryRun: false, by: OPERATOR });
        return;
      }
      case 'release': {
        const critical_cases = { add: [], retire: [{ id: event.id, why: event.why }] };
        await policy.put({ critical_cases }, { dryRun: false, by: OPERATOR });
      }
    }
  }

  async #score(alerts: readonly unknown[]): Promise<void> {
    const { body, log } = await this.#app.predicting.predict(jsonBody({ alerts }), {
      explain: 0,
      similar: 0,
      debugMapping: false,
      debugTiming: false,
      observe: true,
      whatIf: false,
      requestId: randomUUID(),
      sent: { contentType: 'application/json', tenant: undefined, sender: 'demo' },
    });
    this.alerts += log.scored;
    if (!(body instanceof BatchText)) return;
    const { results }: WireBatchResult = JSON.parse(Buffer.from(body.bytes()).toString());
    for (const { verdict } of results) if (verdict?.decision === 'close') this.closed++;
  }

  async #judge(judgements: readonly DemoJudgement[]): Promise<void> {
    const lots = Array.from({ length: Math.ceil(judgements.length / LOT) }, (_, i) =>
      judgements.slice(i * LOT, (i + 1) * LOT),
    );
    const next = lots.values();
    const work = async (): Promise<void> => {
      for (const lot of next) {
        await this.#app.judging.feedback(jsonBody(lot), NOBODY, {
          requestId: randomUUID(),
          debugMapping: false,
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    for (const one of judgements) this.#judged.set(one.alert_key, one);
    this.judgements += judgements.length;
  }

  /** An incident whose alerts all turned out to be one thing is judged as that; a mixed one stays open. */
  async #closeIncidents(): Promise<void> {
    const { incidents } = this.#app.judging;
    const open = incidents.list({
      kind: 'incident',
      tenant: undefined,
      since: undefined,
      minScore: 0,
      state: 'open',
      order: 'time',
      limit: MAX_INCIDENTS,
      offset: 0,
    });
    for (const { id } of open.incidents) {
      try {
        const said = incidents.get(id).members.map(({ alert_key: key }) => this.#judged.get(key));
        const [first] = said;
        if (first === undefined) continue;
        const { disposition, analyst } = first;
        if (said.some((one) => one?.disposition !== disposition)) continue;
        await incidents.judge(id, { disposition, analyst }, NOBODY);
      } catch (error) {
        // the oldest are forgotten while the others are judged
        if (!hasCode(error, 'INCIDENT_UNKNOWN')) throw error;
      }
    }
  }
}
