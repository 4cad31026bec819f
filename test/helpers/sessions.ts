/** @file Counts what ONNX Runtime is asked for, for tests that replace runtime/session.ts by {@link countedSessions}. */

import { expect } from 'vitest';
import type * as Session from '../../src/runtime/session.ts';
import { ofExtent } from './extent.ts';

/** What happened since {@link Counts.reset}. */
export interface Counts {
  opened: number;
  released: number;
  runs: number;
  /** Called when a run begins, with its number. */
  onRun: (run: number) => void;
  /** Called before a session is opened, with its number. */
  onOpen: (open: number) => void;
  reset(): void;
}

/** The counts of this test file. */
export const sessions: Counts = {
  opened: 0,
  released: 0,
  runs: 0,
  onRun: () => {},
  onOpen: () => {},
  reset() {
    Object.assign(this, { opened: 0, released: 0, runs: 0, onRun: () => {}, onOpen: () => {} });
  },
};

/** The real module, counting. */
export function countedSessions(real: typeof Session): typeof Session {
  return {
    ...real,
    async openSession(...args) {
      sessions.onOpen(sessions.opened + 1);
      const session = await real.openSession(...args);
      sessions.opened++;
      const [run, release] = [session.run.bind(session), session.release.bind(session)] as const;
      Object.assign(session, {
        run: (...given: Parameters<typeof run>) => {
          sessions.onRun(++sessions.runs);
          return run(...given);
        },
        release: () => {
          sessions.released++;
          return release();
        },
      });
      return session;
    },
  };
}

let warm = false;

/**
 * Expects that a signal ends `call` within the run of a program, and within the opening of a session, in which it is aborted:
 * nothing runs or is opened after it, and all that was opened is released. `ended` is called after each end.
 */
export async function expectStops(
  call: (signal: AbortSignal) => Promise<unknown>,
  ended: (moment: string) => unknown = () => {},
): Promise<void> {
  if (!warm) await call(new AbortController().signal); // what is tried once for the device is not counted
  warm = true;
  sessions.reset();
  await call(new AbortController().signal);
  const { runs, opened } = sessions;
  expect(runs).toBeGreaterThan(1);
  expect(sessions.released).toBe(opened);
  const opens = ofExtent({ sample: [1, opened], whole: Array.from({ length: opened }, (_, i) => i + 1) });
  const begun = ofExtent({ sample: [1, Math.ceil(runs / 2)], whole: [1, 2, Math.ceil(runs / 2), runs - 1] });
  const moments = [
    ...[...new Set(begun)].map((at) => ['onRun', at] as const),
    ...[...new Set(opens)].map((at) => ['onOpen', at] as const),
  ];
  for (const [event, at] of moments) {
    const moment = `${event === 'onRun' ? 'in run' : 'while opening'} ${at} of ${event === 'onRun' ? runs : opened}`;
    sessions.reset();
    const controller = new AbortController();
    let before = [0, 0];
    sessions[event] = (number) => {
      if (number !== at) return;
      before = [sessions.runs, event === 'onOpen' ? at : sessions.opened];
      controller.abort(new Error(`stopped ${moment}`));
    };
    await expect(call(controller.signal), moment).rejects.toThrow(`stopped ${moment}`);
    expect([sessions.runs, sessions.opened], moment).toEqual(before);
    expect(sessions.released, moment).toBe(sessions.opened);
    sessions.reset();
    await ended(moment);
  }
}

/** Expects that nothing is run or opened by `call` when its signal was aborted before. */
export async function expectNotBegun(call: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  sessions.reset();
  await expect(call(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  expect([sessions.opened, sessions.runs]).toEqual([0, 0]);
}
