import { describe, expect, it } from 'vitest';
import { alertSchema } from '../../src/alert/alert.ts';
import { type DemoEvent, makeDemoStory } from '../../src/evaluation/story/demo-story.ts';

const END = Date.UTC(2026, 2, 5, 10);
const story = makeDemoStory({ seed: 7, endMs: END });
const ofKind = <K extends DemoEvent['kind']>(kind: K): Extract<DemoEvent, { kind: K }>[] =>
  story.events.filter((event): event is Extract<DemoEvent, { kind: K }> => event.kind === kind);

describe('makeDemoStory', () => {
  it('tells three days in the order of time, at least 2,000 judged, and ends where it is told to', () => {
    const times = story.events.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThan(END - 72 * 3_600_000);
    expect(times.at(-1)).toBeLessThan(END);
    expect(story.judged).toBeGreaterThanOrEqual(2_000);
    expect(ofKind('judgements').reduce((sum, { judgements }) => sum + judgements.length, 0)).toBe(
      story.judged,
    );
    const told = ofKind('alerts').flatMap(({ alerts }) => alerts);
    expect(told.length + story.last.length).toBe(story.alerts);
    expect(story.last.length).toBeGreaterThan(10);
    for (const alert of [...told, ...story.last]) expect(() => alertSchema.parse(alert)).not.toThrow();
  });

  it('judges each alert once, after it came in', () => {
    const seen = new Map<string, number>();
    for (const event of story.events) {
      if (event.kind === 'alerts') for (const { id } of event.alerts) seen.set(id, event.atMs);
      if (event.kind !== 'judgements') continue;
      for (const { alert_id: id } of event.judgements) {
        expect(seen.get(id)).toBeLessThanOrEqual(event.atMs);
        seen.delete(id);
      }
    }
  });

  it('forbids an alert before one check and frees it before the next, and leaves fewer than a retrain waits for', () => {
    const [guard] = ofKind('guard');
    const [release] = ofKind('release');
    const checks = ofKind('check').map(({ atMs }) => atMs);
    expect(checks.some((atMs) => atMs > guard!.atMs && atMs < release!.atMs)).toBe(true);
    expect(checks.some((atMs) => atMs > release!.atMs)).toBe(true);
    const last = checks.at(-1)!;
    const fresh = ofKind('judgements').at(-1)!;
    expect(fresh.atMs).toBeLessThan(last);
    expect(fresh.judgements.length).toBeLessThan(50);
  });

  it('is the same story for the same seed and end, and a short one where little is asked', () => {
    expect(makeDemoStory({ seed: 7, endMs: END })).toEqual(story);
    const short = makeDemoStory({ seed: 7, endMs: END, hours: 8, volume: 0.4 });
    expect(short.alerts).toBeLessThan(story.alerts / 4);
    expect(short.events.some(({ kind }) => kind === 'guard')).toBe(true);
  });
});
