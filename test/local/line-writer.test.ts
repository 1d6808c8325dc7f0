import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LineWriter } from '../../src/local/line-writer.ts';

describe('LineWriter', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('writes the lines of a moment together and in order', () => {
    const written: string[] = [];
    const lines = new LineWriter((text) => written.push(text));
    lines.add('a\n');
    lines.add('b\n');
    expect(written).toEqual([]);
    vi.advanceTimersByTime(20);
    lines.add('c\n');
    vi.advanceTimersByTime(20);
    expect(written).toEqual(['a\nb\n', 'c\n']);
  });

  it('does not let much wait, and loses nothing when it is flushed', () => {
    const written: string[] = [];
    const lines = new LineWriter((text) => written.push(text));
    lines.add(`${'x'.repeat(20_000)}\n`);
    expect(written).toHaveLength(1);
    lines.add('end\n');
    lines.flush();
    lines.flush();
    expect(written.join('')).toBe(`${'x'.repeat(20_000)}\nend\n`);
  });
});
