/** @file A run's log: one JSON line per cycle of training. Node only. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LatentfillError } from '../../base/errors.ts';

/** Means over one cycle: `d.loss`, `g.loss`, `d.realLogit`, `d.fakeLogit` and, where used, `d.r1`, `d.r2`. */
export interface LogLine {
  /** Number of cycles done. */
  readonly cycle: number;
  /** Passes over the data, fractions included. */
  readonly epoch: number;
  readonly [mean: string]: number;
}

export const logPath = (run: string): string => join(run, 'log.jsonl');

const lineSchema: z.ZodType<LogLine> = z.object({ cycle: z.number(), epoch: z.number() }).catchall(z.number());

/** Parses a line of a log; undefined for anything else. */
export function parseLine(text: string): LogLine | undefined {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * The lines of a run's log, without a last line that a killed process left incomplete.
 * @throws LatentfillError for a damaged line that ends with a newline: a killed process leaves no such line.
 */
export async function readLog(run: string): Promise<LogLine[]> {
  const text = await readFile(logPath(run), 'utf8').catch(() => '');
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line, i) => {
    const parsed = parseLine(line);
    if (parsed) return parsed;
    throw new LatentfillError(
      'run',
      `Expected the means of a cycle in line ${i + 1} of '${logPath(run)}', got '${line.slice(0, 60)}': delete that line.`,
    );
  });
}
