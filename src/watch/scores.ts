/** @file scores.json: what is measured at each checkpoint of a run. Node only. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { lockFolder } from '../base/lock.ts';
import { writeWhole } from '../base/write-whole.ts';
import { type Scores, scoresSchema } from '../model/card.ts';

const scoreSchema = scoresSchema.extend({ epoch: z.int().positive(), cycle: z.int().min(0) });

/** What was measured at a checkpoint. */
export type Score = z.output<typeof scoreSchema>;

const path = (run: string) => join(run, 'scores.json');

/** A run's scores by epoch, in order; none where none are kept, or in a form of another version. */
export async function readScores(run: string): Promise<Score[]> {
  const text = await readFile(path(run), 'utf8').catch(() => '[]');
  try {
    const scores = z.array(scoreSchema).parse(JSON.parse(text));
    return scores.sort((a, b) => a.epoch - b.epoch);
  } catch {
    return []; // scores can be measured again
  }
}

/** Saves a score in place of the epoch's earlier one; scores that another process saves meanwhile stay. */
export async function keepScore(run: string, score: Score): Promise<Score[]> {
  await using _lock = await lockFolder(run, { name: '.scores.lock', patience: 10 });
  const others = (await readScores(run)).filter(({ epoch }) => epoch !== score.epoch);
  const scores = [...others, score].sort((a, b) => a.epoch - b.epoch);
  await writeWhole(path(run), `${JSON.stringify(scores, null, 1)}\n`);
  return scores;
}

/** A score in the form of a model's card, which names the checkpoint elsewhere. */
export function scoresOf({ epoch: _, cycle: __, ...scores }: Score): Scores {
  return scores;
}
