import { z } from 'zod';
import { dispositionSchema } from '../../alert/alert.ts';
import type { ObservedAlert } from '../behavior/behavior.ts';
import { CELL_S } from '../behavior/pair-counts.ts';
import { joinKeys, type Lateness } from '../behavior/tenant-behavior.ts';
import type { ForgottenAnalyst } from '../correlation/forgotten-analysts.ts';
import type { GroupJudgement, MemberAnswer } from '../correlation/group.ts';
import type { NotableAlert } from '../correlation/notable-alert.ts';
import type { RoutineAlerts } from '../correlation/roll-up.ts';
import type { LearnedName } from '../entities/host-names.ts';
import type { ToldEvent } from '../rules/correlation-windows.ts';

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
    // builds before this one count it again
    isAgain: z.boolean().optional(),
    isLate: z.boolean().optional(),
    isNewRule: z.boolean().optional(),
    // builds before this one join it by its entities
    isFirstSight: z.boolean().optional(),
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

/** Routine alerts of one rule at one place on one day, as {@link RoutineAlerts}. */
const routineSchema = z.object({
  t: z.number(),
  r: z.number(),
  rn: z.string(),
  d: z.int(),
  p: z.number(),
  pn: z.string(),
  n: z.int().positive(),
  a: z.number(),
  z: z.number(),
});

/** An event that matched rules which feed correlations: {@link ToldEvent}. */
const windowedSchema = z.object({
  set: z.string(),
  tenant: z.number(),
  id: z.string(),
  fields: z.record(z.string(), z.unknown()),
  rules: z.array(z.int().min(0)),
  timeMs: z.number(),
});

export const observationBatchSchema = z.object({
  observed: z.array(observedSchema),
  notable: z.array(notableSchema),
  /** What did not stand out; builds before this one send and read none. */
  routine: z.array(routineSchema).default([]),
  /** Alert keys that were counted, so that they are not counted again. */
  keys: z.array(z.string()),
  judged: z.array(
    z.object({
      tenant: z.number(),
      id: z.string(),
      disposition: dispositionSchema,
      analyst: z.string(),
      at: z.string(),
      // absent in what builds before this one send
      verified: z.boolean().optional(),
      riskScore: z.number().optional(),
      of: z.string().optional(),
    }),
  ),
  /** Judgements taken back; builds before this one send and read none. */
  unjudged: z
    .array(
      z.object({
        tenant: z.number(),
        id: z.string(),
        analyst: z.string(),
        at: z.string(),
        // absent in what builds before this one send
        verified: z.boolean().optional(),
      }),
    )
    .default([]),
  /** Analysts whose judgements of incidents were taken out; builds before this one send and read none. */
  forgotten: z.array(z.object({ pseudonym: z.string(), at: z.string() })).default([]),
  quiet: z.array(z.object({ tenant: z.number(), rule: z.number().optional(), untilS: z.number() })),
  /** What correlations of rules go by, as `ToldEvent`; builds before this one send and read none. */
  windowed: z.array(windowedSchema).default([]),
  /** Short names of hosts; builds before this one send and read none. */
  hosts: z.array(z.object({ tenant: z.number(), name: z.number(), host: z.number() })).default([]),
});
export type ObservationBatch = z.infer<typeof observationBatchSchema>;
export type ObservedGroup = ObservationBatch['observed'][number];

/** Of each kind kept until it is packed; what a flood brings beyond it is not shared. */
const MAX_OBSERVED = 20_000;
const MAX_NOTABLE = 5_000;
const MAX_WINDOWED = 20_000;
/** From so many on they are packed at once, which takes a few milliseconds. */
const MANY_OBSERVED = 2_000;
const MANY_NOTABLE = 250;
const MANY_WINDOWED = 1_000;
const MANY_KEYS = 5_000;

/** What this instance has counted since it last told the others. */
export class PendingObservations {
  readonly #observed = new Map<string, ObservedGroup>();
  #notable: ObservationBatch['notable'] = [];
  /** By tenant, rule, place and day. */
  readonly #routine = new Map<number, ObservationBatch['routine'][number]>();
  #keys: string[] = [];
  #quiet: ObservationBatch['quiet'] = [];
  #judged: ObservationBatch['judged'] = [];
  #unjudged: ObservationBatch['unjudged'] = [];
  #forgotten: ObservationBatch['forgotten'] = [];
  #windowed: ObservationBatch['windowed'] = [];
  #hosts: ObservationBatch['hosts'] = [];
  /** False: no other instance is told, so nothing is kept. */
  isKept = false;
  #nLeftOut = 0;

  get isEmpty(): boolean {
    return (
      this.#observed.size === 0 &&
      this.#notable.length === 0 &&
      this.#routine.size === 0 &&
      this.#quiet.length === 0 &&
      this.#judged.length === 0 &&
      this.#unjudged.length === 0 &&
      this.#forgotten.length === 0 &&
      this.#windowed.length === 0 &&
      this.#hosts.length === 0
    );
  }

  /** Whether there is enough for a delta of its own. */
  get isLarge(): boolean {
    return (
      this.#notable.length >= MANY_NOTABLE ||
      this.#observed.size >= MANY_OBSERVED ||
      this.#routine.size >= MANY_OBSERVED ||
      this.#windowed.length >= MANY_WINDOWED ||
      this.#hosts.length >= MANY_KEYS ||
      this.#keys.length >= MANY_KEYS
    );
  }

  /** Alerts and the like that were left out, since there were too many, since it was asked last. */
  takeLeftOut(): number {
    const nLeftOut = this.#nLeftOut;
    this.#nLeftOut = 0;
    return nLeftOut;
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
      this.#nLeftOut++;
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
    if (this.#notable.length >= MAX_NOTABLE) this.#nLeftOut++;
    else {
      const { entities, tactics, entityNames } = alert;
      this.#notable.push({
        tenant,
        watchedS,
        alert: { ...alert, entities: [...entities], tactics: [...tactics], entityNames: [...entityNames] },
      });
    }
  }

  /** Counts what did not stand out. */
  routine(tenant: number, alerts: RoutineAlerts): void {
    if (!this.isKept) return;
    const { rule, ruleName, day, place, placeName, nAlerts, firstAtS, lastAtS } = alerts;
    const key = joinKeys(joinKeys(tenant, rule), joinKeys(place, day));
    const known = this.#routine.get(key);
    if (known !== undefined) {
      known.n += nAlerts;
      known.a = Math.min(known.a, firstAtS);
      known.z = Math.max(known.z, lastAtS);
      return;
    }
    if (this.#routine.size >= MAX_OBSERVED) {
      this.#nLeftOut++;
      return;
    }
    this.#routine.set(key, {
      t: tenant,
      r: rule,
      rn: ruleName,
      d: day,
      p: place,
      pn: placeName,
      n: nAlerts,
      a: firstAtS,
      z: lastAtS,
    });
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
    const { disposition, analyst, at, verified, riskScore, of } = judgement;
    if (disposition === undefined) this.#unjudged.push({ tenant, id, analyst, at, verified });
    else this.#judged.push({ tenant, id, disposition, analyst, at, verified, riskScore, of });
  }

  forget(who: ForgottenAnalyst): void {
    this.#forgotten.push(who);
  }

  /** An event that correlations of rules count. */
  windowed(event: ToldEvent): void {
    if (!this.isKept) return;
    if (this.#windowed.length >= MAX_WINDOWED) this.#nLeftOut++;
    else this.#windowed.push({ ...event, rules: [...event.rules], fields: { ...event.fields } });
  }

  /** A short name of a host. */
  learned(learned: LearnedName): void {
    if (!this.isKept) return;
    if (this.#hosts.length >= MAX_OBSERVED) this.#nLeftOut++;
    else this.#hosts.push({ ...learned });
  }

  seen(alertKey: string): void {
    if (this.#keys.length >= MAX_OBSERVED) this.#nLeftOut++;
    else this.#keys.push(alertKey);
  }

  /** Everything so far; what comes later begins a new batch. */
  take(): ObservationBatch {
    const batch = {
      observed: [...this.#observed.values()],
      notable: this.#notable,
      routine: [...this.#routine.values()],
      keys: this.#keys,
      quiet: this.#quiet,
      judged: this.#judged,
      unjudged: this.#unjudged,
      forgotten: this.#forgotten,
      windowed: this.#windowed,
      hosts: this.#hosts,
    };
    this.#observed.clear();
    this.#notable = [];
    this.#routine.clear();
    this.#keys = [];
    this.#quiet = [];
    this.#judged = [];
    this.#unjudged = [];
    this.#forgotten = [];
    this.#windowed = [];
    this.#hosts = [];
    return batch;
  }
}

/** As they were counted where they came in. */
export function routineAlerts({
  r,
  rn,
  d,
  p,
  pn,
  n,
  a,
  z,
}: ObservationBatch['routine'][number]): RoutineAlerts {
  return { rule: r, ruleName: rn, day: d, place: p, placeName: pn, nAlerts: n, firstAtS: a, lastAtS: z };
}

/** The alert that a group of alike ones stands for. */
export function observedAlert({ r, e, i, c, x = [] }: ObservedGroup): ObservedAlert {
  const entities = [];
  for (let at = 0; at + 1 < e.length; at += 2) entities.push({ key: e[at]!, kind: e[at + 1]! });
  return { rule: r, entities, profiled: { rule: r, incident: i, nEntities: c, tactics: x } };
}
