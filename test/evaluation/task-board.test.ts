import { describe, expect, it } from 'vitest';
import { type BoardTask, newSplitBoard, TaskBoard, take } from '../../src/evaluation/labour/task-board.ts';
import type { Task } from '../../src/evaluation/labour/tasks.ts';
import { fc } from '../support/fast-check.ts';

const play = (fold: number, split?: number): Task => ({
  kind: 'play',
  play: { algorithm: 'random_forest', fold },
  ...(split === undefined ? {} : { split }),
});

const put = (id: number, task: Task, isAhead = false): BoardTask => ({
  id,
  task,
  taken: new Int32Array(new SharedArrayBuffer(4)),
  isAhead,
});

describe('boards of threads', () => {
  it('give each task to one of them, and what was asked for before what was not', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ split: fc.option(fc.nat(3), { nil: undefined }), isAhead: fc.boolean() })),
        fc.array(fc.nat(2), { minLength: 60, maxLength: 60 }),
        (made, turns) => {
          const splits = newSplitBoard(3);
          const boards = [0, 1, 2].map((own) => new TaskBoard(splits, own));
          const tasks = made.map(({ split, isAhead }, id) => put(id, play(id, split), isAhead));
          for (const board of boards) board.note({ added: tasks });
          const given = turns.flatMap((thread) => boards[thread]!.take() ?? []);
          expect(given.map(({ id }) => id).sort((a, b) => a - b)).toEqual(tasks.map(({ id }) => id));
          const nAsked = tasks.filter(({ isAhead }) => !isAhead).length;
          expect(given.slice(0, nAsked).some(({ isAhead }) => isAhead)).toBe(false);
        },
      ),
    );
  });

  it('keep a thread on its split, and others off it while there is more', () => {
    const splits = newSplitBoard(2);
    const [first, second] = [new TaskBoard(splits, 0), new TaskBoard(splits, 1)];
    const added = [play(0, 7), play(1, 7), play(2, 7), play(0, 8)].map((task, id) => put(id, task));
    for (const board of [first, second]) board.note({ added });
    expect([first, second, first, second].map((board) => board.take()?.id)).toEqual([0, 3, 1, 2]);
  });

  it('bring a thread back to the split before, which it is not done with, and let no other have it', () => {
    const splits = newSplitBoard(2);
    const [first, second] = [new TaskBoard(splits, 0), new TaskBoard(splits, 1)];
    const begun = [play(0, 7), play(0, 8)].map((task, id) => put(id, task));
    for (const board of [first, second]) board.note({ added: begun });
    expect([first.take()?.id, first.take()?.id]).toEqual([0, 1]);
    const added = [put(3, play(1, 8)), put(4, play(1, 7)), put(5, play(0, 9))];
    for (const board of [first, second]) board.note({ added });
    expect([second.take()?.id, first.take()?.id, first.take()?.id]).toEqual([5, 4, 3]);
  });

  it('keep a thread on the learner it has fitted, or one that runs the same code', () => {
    const board = new TaskBoard(newSplitBoard(1), 0);
    const of = (
      algorithm: 'boosted' | 'ml_cart' | 'ml_random_forest' | 'random_forest',
      fold: number,
    ): Task => ({
      kind: 'play',
      play: { algorithm, fold },
    });
    const tasks = [
      of('ml_cart', 0),
      of('boosted', 0),
      of('ml_random_forest', 0),
      of('random_forest', 0),
      of('random_forest', 1),
      of('ml_random_forest', 1),
    ];
    board.note({ added: tasks.map((task, id) => put(id, task)) });
    expect(tasks.map(() => board.take()?.id)).toEqual([0, 2, 5, 1, 3, 4]);
  });

  it('take what is asked for by now as if it always had been, and nothing that was taken back', () => {
    const board = new TaskBoard(newSplitBoard(1), 0);
    const added = [put(0, play(0), true), put(1, play(1), true), put(2, play(2), true)];
    board.note({ added });
    board.note({ wanted: 2 });
    expect(take(added[0]!)).toBe(true);
    expect(take(added[0]!)).toBe(false);
    expect([board.take(), board.take(), board.take()].map((one) => one?.id)).toEqual([2, 1, undefined]);
  });
});
