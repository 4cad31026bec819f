/** @file Counts what ONNX Runtime is asked for, for tests that replace runtime/session.ts by {@link countedSessions}. */

import type * as Session from '../../src/runtime/session.ts';

/** What happened since {@link Counts.reset}. */
export interface Counts {
  opened: number;
  released: number;
  runs: number;
  /** Called when a run begins, with its number. */
  onRun: (run: number) => void;
  reset(): void;
}

/** The counts of this test file. */
export const sessions: Counts = {
  opened: 0,
  released: 0,
  runs: 0,
  onRun: () => {},
  reset() {
    Object.assign(this, { opened: 0, released: 0, runs: 0, onRun: () => {} });
  },
};

/** The real module, counting. */
export function countedSessions(real: typeof Session): typeof Session {
  return {
    ...real,
    async openSession(...args) {
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
