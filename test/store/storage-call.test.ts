import { afterEach, describe, expect, it, vi } from 'vitest';
import { isLastingRefusal, Refused, StorageCaller } from '../../src/store/azure/storage-call.ts';

const serviceError = (statusCode: number | undefined, more: object = {}): Error =>
  Object.assign(new Error('refused'), { name: 'RestError', statusCode }, more);

const failing = (error: unknown): { attempt: () => Promise<never>; nTries: () => number } => {
  let nTries = 0;
  return {
    attempt: async () => {
      nTries += 1;
      throw error;
    },
    nTries: () => nTries,
  };
};

const caller = new StorageCaller({ timeoutMs: 60_000, tries: 3, retryDelayMs: 1 });

afterEach(() => {
  vi.useRealTimers();
});

describe('StorageCaller', () => {
  it('gives an expected refusal back as a value, with the word of the service', async () => {
    const { attempt } = failing(serviceError(404, { details: { odataError: { code: 'TableNotFound' } } }));
    const refused = await caller.call('read', attempt, [404]);
    expect(refused).toBeInstanceOf(Refused);
    expect(refused).toEqual({ status: 404, code: 'TableNotFound' });
  });

  it('throws STORE_UNAVAILABLE for the same refusal where nobody expects it', async () => {
    const { attempt, nTries } = failing(serviceError(404));
    await expect(caller.call('read head.json', attempt)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'Cannot read head.json: storage is not available (refused).',
      cause: { statusCode: 404 },
      retryAfterSeconds: 5,
    });
    expect(nTries()).toBe(1);
  });

  it('says what the service answered where it fails by itself, with its word where it has one', async () => {
    const bare = Object.assign(serviceError(500), { message: '' });
    await expect(caller.call('write head.json', failing(bare).attempt)).rejects.toThrow(
      'Cannot write head.json: storage is not available (it answered 500).',
    );
    const busy = serviceError(503, { details: { errorCode: 'ServerBusy' } });
    await expect(caller.call('write head.json', failing(busy).attempt)).rejects.toThrow(
      'Cannot write head.json: storage is not available (it answered 503: ServerBusy).',
    );
  });

  it('tries again what may pass and nothing else', async () => {
    for (const [status, expected] of [
      [undefined, 3],
      [408, 3],
      [429, 3],
      [500, 3],
      [503, 3],
      [400, 1],
      [401, 1],
      [403, 1],
      [413, 1],
    ] as const) {
      const { attempt, nTries } = failing(serviceError(status));
      await expect(caller.call('read', attempt)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect([status, nTries()]).toEqual([status, expected]);
    }
  });

  it('lets mistakes of the calling code through', async () => {
    const { attempt, nTries } = failing(new TypeError('x is not a function'));
    await expect(caller.call('read', attempt)).rejects.toThrow(TypeError);
    expect(nTries()).toBe(1);
  });

  it('ends a silent try and makes another', async () => {
    vi.useFakeTimers();
    let nTries = 0;
    const answer = caller.call('read', ({ abortSignal }) => {
      nTries += 1;
      if (nTries === 2) return Promise.resolve('answer');
      return new Promise((_, reject) => {
        abortSignal.addEventListener('abort', () => reject(serviceError(undefined, { name: 'AbortError' })));
      });
    });
    await vi.advanceTimersByTimeAsync(29_999);
    expect(nTries).toBe(1);
    // The wait between two tries is a promise timer, which the fake clock does not drive.
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    expect(await answer).toBe('answer');
    expect(nTries).toBe(2);
  });

  it('gives a try more time while bytes are on their way, and none when they stop', async () => {
    vi.useFakeTimers();
    let signal: AbortSignal | undefined;
    let isAlive: () => void = () => {};
    const answer = new StorageCaller({ timeoutMs: 1_000, tries: 1 }).call(
      'read',
      ({ abortSignal, onProgress }) =>
        new Promise((_, reject) => {
          signal = abortSignal;
          isAlive = onProgress;
          abortSignal.addEventListener('abort', () =>
            reject(serviceError(undefined, { name: 'AbortError' })),
          );
        }),
    );
    const outcome = expect(answer).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('no answer in time'),
    });
    for (let part = 0; part < 10; part++) {
      await vi.advanceTimersByTimeAsync(900);
      isAlive();
    }
    expect(signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(signal?.aborted).toBe(true);
    await outcome;
  });

  it('refuses settings that make no sense', () => {
    expect(() => new StorageCaller({ timeoutMs: 0 })).toThrow('Expected `timeoutMs` > 0, got 0.');
    expect(() => new StorageCaller({ tries: 0 })).toThrow('Expected `tries` >= 1, got 0.');
  });
});

describe('isLastingRefusal', () => {
  it('tells what storage will never take from an outage', async () => {
    for (const [status, expected] of [
      [400, true],
      [413, true],
      [403, false],
      [503, false],
      [undefined, false],
    ] as const) {
      const { attempt } = failing(serviceError(status));
      const error = await caller.call('write', attempt).catch((caught: unknown) => caught);
      expect(isLastingRefusal(error)).toBe(expected);
    }
    expect(isLastingRefusal(undefined)).toBe(false);
  });
});
