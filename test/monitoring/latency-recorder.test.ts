import { describe, expect, it } from 'vitest';
import { LatencyRecorder } from '../../src/serving/latency-recorder.ts';

describe('LatencyRecorder', () => {
  it('gives quantiles within the two digits it keeps', () => {
    const recorder = new LatencyRecorder(() => 0);
    for (let i = 1; i <= 1000; i++) recorder.record('predict', i / 10);
    const { count, p50Ms, p95Ms, p99Ms } = recorder.summary()['predict'] ?? {
      count: 0,
      p50Ms: 0,
      p95Ms: 0,
      p99Ms: 0,
    };
    expect(count).toBe(1000);
    expect(Math.abs(p50Ms - 50) / 50).toBeLessThan(0.02);
    expect(Math.abs(p95Ms - 95) / 95).toBeLessThan(0.02);
    expect(Math.abs(p99Ms - 99) / 99).toBeLessThan(0.02);
  });

  it('forgets a spike after ten minutes', () => {
    let nowMs = 0;
    const recorder = new LatencyRecorder(() => nowMs);
    recorder.record('predict', 900);
    nowMs = 6 * 60_000;
    recorder.record('predict', 1);
    expect(recorder.summary()['predict']?.count).toBe(2);
    nowMs = 17 * 60_000;
    recorder.record('predict', 1);
    expect(recorder.summary()['predict']).toMatchObject({ count: 1 });
    expect(recorder.summary()['predict']?.p99Ms).toBeLessThan(2);
  });

  it('keeps a point for each five minutes of the last day in which anything came', () => {
    let nowMs = 1_000;
    const recorder = new LatencyRecorder(() => nowMs);
    recorder.record('predict', 10);
    recorder.record('predict', 10);
    nowMs = 20 * 60_000;
    recorder.record('predict', 30);
    const { predict = [] } = recorder.history();
    expect(predict.map(({ startMs, count }) => [startMs, count])).toEqual([
      [0, 2],
      [20 * 60_000, 1],
    ]);
    expect(predict[1]?.p95Ms).toBeCloseTo(30, 0);
    nowMs = 24 * 3_600_000 + 60_000;
    expect(recorder.history()['predict']?.map(({ startMs }) => startMs)).toEqual([20 * 60_000]);
  });
});
