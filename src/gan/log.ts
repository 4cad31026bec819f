/** @file A run's log: one JSON line per cycle of training. Node only. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Means over one cycle: `d.loss`, `g.loss`, `d.realLogit`, `d.fakeLogit` and, where used, `d.r1`, `d.r2`. */
export interface LogLine {
  /** Cycles done. */
  readonly cycle: number;
  /** Passes over the data, with its fraction. */
  readonly epoch: number;
  readonly [mean: string]: number;
}

export const logPath = (run: string): string => join(run, 'log.jsonl');

/** The lines of a run's log; what a kill cut off in the middle of a line is left out. */
export async function readLog(run: string): Promise<LogLine[]> {
  const text = await readFile(logPath(run), 'utf8').catch(() => '');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}
