import { hasCode } from '../../errors.ts';
import { openText } from '../../logs/open-text.ts';
import { wordsOf } from '../../logs/skip-counts.ts';
import { jsonMisfit, TOO_LONG, textLines } from '../../logs/text-lines.ts';
import { Correlator } from '../../triage/rules/sigma/correlate/correlator.ts';
import { fieldOf, type SigmaEvent } from '../../triage/rules/sigma/match/event-field.ts';
import { parseEvent } from '../../triage/rules/sigma/match/parse-event.ts';
import type { Logsource } from '../../triage/rules/sigma/read/document.ts';
import { Hit, type RuleSet } from '../../triage/rules/sigma/rule-set.ts';
import { eventTimeMs } from '../../triage/rules/sigma/values/event-time.ts';

/** Something that matched an event. */
export interface EventMatch {
  readonly id: string;
  readonly title: string;
  /** Stated where the match holds only because a field is absent. */
  readonly half?: true;
}

/** One line of a file of events and what matched it, or why it could not be read. */
export interface MatchedLine {
  /** From 1. */
  readonly line: number;
  readonly matches: readonly EventMatch[];
  readonly problem?: string;
}

/** An event with what it says about its source; a line can hold several. */
export interface SourcedEvent {
  readonly event: SigmaEvent;
  readonly logsource: Logsource | undefined;
  /** Time of the event, where it is known otherwise than by a field. */
  readonly time?: string;
}

export interface MatchOptions {
  /** Events of one line's JSON. */
  readonly eventsOf: (payload: SigmaEvent) => readonly SourcedEvent[];
  /** Field of the event time, where `@timestamp` is absent. */
  readonly timeField: string | undefined;
  readonly correlations: 'crossing' | 'holds';
}

/**
 * Matches the events of a file line by line; blank lines are passed over. A correlation stands in the matches of the
 * event that completes it.
 */
export async function* matchFile(
  rules: RuleSet,
  path: string,
  { eventsOf, timeField, correlations }: MatchOptions,
): AsyncGenerator<MatchedLine> {
  const correlator = new Correlator(rules.correlations, { report: correlations });
  for await (const { line, text } of textLines(openText(path))) {
    if (text === undefined) {
      yield { line, matches: [], problem: wordsOf(TOO_LONG) };
      continue;
    }
    if (text.trim() === '') continue;
    let payload: unknown;
    try {
      payload = parseEvent(text);
    } catch {
      yield { line, matches: [], problem: wordsOf(jsonMisfit(text)) };
      continue;
    }
    if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
      yield { line, matches: [], problem: 'no JSON object' };
      continue;
    }
    const matches = new Map<string, EventMatch>();
    const add = (key: string, match: EventMatch): void => {
      const known = matches.get(key);
      // one event that settles it is enough
      if (known === undefined || (known.half && !match.half)) matches.set(key, match);
    };
    let events: readonly SourcedEvent[];
    try {
      events = eventsOf(payload as SigmaEvent);
    } catch (error) {
      if (!hasCode(error, 'ALERT_INVALID')) throw error;
      yield { line, matches: [], problem: error.message };
      continue;
    }
    for (const { event, logsource, time } of events) {
      const matched = rules.matchedRules(event, logsource);
      for (const rule of matched) {
        if (!rule.isReported) continue;
        const half = new Hit(rule, event).isHalf;
        add(`r${rule.index}`, { id: rule.id, title: rule.title, ...(half ? { half } : {}) });
      }
      if (rules.correlations.length === 0) continue;
      const indexes = matched.map(({ index }) => index);
      for (const { correlation } of correlator.observe(
        event,
        indexes,
        eventTimeMs(time) ?? timeOf(event, timeField),
      )) {
        const { id, title } = correlation.document;
        add(`c${correlation.index}`, { id, title });
      }
    }
    yield { line, matches: [...matches.values()] };
  }
  const { untimed, groups, entries } = correlator.dropped;
  if (untimed > 0) console.error(`${untimed} matching events have no time and took no part in correlations`);
  if (groups + entries > 0)
    console.error(`${groups} groups with ${entries} events were dropped for want of room`);
}

function timeOf(event: SigmaEvent, timeField: string | undefined): number | undefined {
  return (
    eventTimeMs(fieldOf(event, '@timestamp')) ??
    (timeField === undefined ? undefined : eventTimeMs(fieldOf(event, timeField)))
  );
}
