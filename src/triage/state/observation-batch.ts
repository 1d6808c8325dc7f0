import { z } from 'zod';
import { dispositionSchema } from '../../alert/alert.ts';
import type { ObservedAlert } from '../behavior/behavior.ts';
import { CELL_S } from '../behavior/pair-counts.ts';
import type { Lateness } from '../behavior/tenant-behavior.ts';
import type { GroupJudgement, MemberAnswer } from '../correlation/group.ts';
import type { NotableAlert } from '../correlation/notable-alert.ts';

/** Alerts of one tenant that are alike: same rule, same entities, same cell of ten minutes. */
const observedSchema = z.object({
  t: z.number(),
  r: z.number(),
  /** Entity keys and kinds, one after the other. */
  e: z.array(z.number()),
  /** Time of the last, seconds. */
  s: z.number(),
  n: z.int().positive(),
  /** They were late where they came in, and `s` is when they counted there. */
  l: z.literal(true).optional(),
  /** Vendor's incident. */
  i: z.number().optional(),
  /** Entities of any kind. */
  c: z.int(),
  /** ATT&CK tactic ids. */
  x: z.array(z.string()).optional(),
});

const notableSchema = z.object({
  tenant: z.number(),
  watchedS: z.number(),
  alert: z.object({
    alertKey: z.string(),
    atS: z.number(),
    strength: z.number(),
    isLate: z.boolean().optional(),
    isNewRule: z.boolean().optional(),
    rule: z.number(),
    entities: z.array(z.number()),
    vendorIncident: z.number().optional(),
    ruleName: z.string(),
    title: z.string(),
    entityNames: z.array(z.string()),
    tactics: z.array(z.string()),
    isWarmingUp: z.boolean(),
  }),
  answer: z
    .object({
      verdictId: z.string(),
      disposition: z.string(),
      decision: z.string(),
      finalScore: z.number(),
    })
    .optional(),
});

export const observationBatchSchema = z.object({
  observed: z.array(observedSchema),
  notable: z.array(notableSchema),
  /** Alert keys that were counted, so that nobody counts them again. */
  keys: z.array(z.string()),
  judged: z.array(
    z.object({
      tenant: z.number(),
      id: z.string(),
      disposition: dispositionSchema,
      analyst: z.string(),
      at: z.string(),
    }),
  ),
  /** Judgements taken back; builds before this one send and read none. */
  unjudged: z
    .array(z.object({ tenant: z.number(), id: z.string(), analyst: z.string(), at: z.string() }))
    .default([]),
  quiet: z.array(z.object({ tenant: z.number(), rule: z.number().optional(), untilS: z.number() })),
});
export type ObservationBatch = z.infer<typeof observationBatchSchema>;
export type ObservedGroup = ObservationBatch['observed'][number];

/** Kinds of alike alerts, and alert keys, kept until they are published; a flood beyond it is not shared. */
const MAX_OBSERVED = 20_000;
const MAX_NOTABLE = 5_000;

/** What this instance has counted since it last told the others. */
export class PendingObservations {
  readonly #observed = new Map<string, ObservedGroup>();
  #notable: ObservationBatch['notable'] = [];
  #keys: string[] = [];
  #quiet: ObservationBatch['quiet'] = [];
  #judged: ObservationBatch['judged'] = [];
  #unjudged: ObservationBatch['unjudged'] = [];
  /** False: nobody is told, so nothing is kept. */
  isKept = false;
  /** Alerts that were left out because there were too many kinds of them. */
  nLeftOut = 0;

  get isEmpty(): boolean {
    return (
      this.#observed.size === 0 &&
      this.#notable.length === 0 &&
      this.#quiet.length === 0 &&
      this.#judged.length === 0 &&
      this.#unjudged.length === 0
    );
  }

  /** Whether an alert that stands out waits to be told. */
  get hasNotable(): boolean {
    return this.#notable.length > 0;
  }

  count(tenant: number, alert: ObservedAlert, atS: number, lateness: Lateness): void {
    if (!this.isKept) return;
    const { rule, entities, profiled } = alert;
    const isLate = lateness === 'late';
    let key = `${tenant} ${rule} ${Math.floor(atS / CELL_S)} ${isLate ? 'l' : ''}${profiled.incident ?? ''}`;
    for (const entity of entities) key += ` ${entity.key}`;
    const known = this.#observed.get(key);
    if (known !== undefined) {
      known.n++;
      known.s = Math.max(known.s, atS);
      return;
    }
    if (this.#observed.size >= MAX_OBSERVED) {
      this.nLeftOut++;
      return;
    }
    this.#observed.set(key, {
      t: tenant,
      r: rule,
      e: entities.flatMap((entity) => [entity.key, entity.kind]),
      s: atS,
      n: 1,
      ...(isLate ? { l: true } : {}),
      ...(profiled.incident === undefined ? {} : { i: profiled.incident }),
      c: profiled.nEntities,
      ...(profiled.tactics.length === 0 ? {} : { x: [...profiled.tactics] }),
    });
  }

  join(tenant: number, alert: NotableAlert, watchedS: number): void {
    if (!this.isKept) return;
    if (this.#notable.length >= MAX_NOTABLE) this.nLeftOut++;
    else {
      const { entities, tactics, entityNames } = alert;
      this.#notable.push({
        tenant,
        watchedS,
        alert: { ...alert, entities: [...entities], tactics: [...tactics], entityNames: [...entityNames] },
      });
    }
  }

  /** What was answered about an alert that was joined a moment ago. */
  answered(alertKey: string, answer: MemberAnswer): void {
    const joined = this.#notable.findLast(({ alert }) => alert.alertKey === alertKey);
    if (joined !== undefined) joined.answer = { ...answer };
  }

  quiet(tenant: number, rule: number | undefined, untilS: number): void {
    this.#quiet.push({ tenant, ...(rule === undefined ? {} : { rule }), untilS });
  }

  judge(tenant: number, id: string, judgement: GroupJudgement): void {
    const { disposition, ...who } = judgement;
    if (disposition === undefined) this.#unjudged.push({ tenant, id, ...who });
    else this.#judged.push({ tenant, id, disposition, ...who });
  }

  seen(alertKey: string): void {
    if (this.#keys.length < MAX_OBSERVED) this.#keys.push(alertKey);
  }

  /** Everything so far; what comes later begins a new batch. */
  take(): ObservationBatch {
    const batch = {
      observed: [...this.#observed.values()],
      notable: this.#notable,
      keys: this.#keys,
      quiet: this.#quiet,
      judged: this.#judged,
      unjudged: this.#unjudged,
    };
    this.#observed.clear();
    this.#notable = [];
    this.#keys = [];
    this.#quiet = [];
    this.#judged = [];
    this.#unjudged = [];
    return batch;
  }
}

/** The alert that a group of alike ones stands for. */
export function observedAlert({ r, e, i, c, x = [] }: ObservedGroup): ObservedAlert {
  const entities = [];
  for (let at = 0; at + 1 < e.length; at += 2) entities.push({ key: e[at]!, kind: e[at + 1]! });
  return { rule: r, entities, profiled: { rule: r, incident: i, nEntities: c, tactics: x } };
}
