/** @file scores.json: what is measured at each checkpoint of a run. Node only. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../base/files.ts';

const distance = z.strictObject({ value: z.number(), standardError: z.number() });
const copying = z.strictObject({ share: z.number(), nearer: z.number() });

const scoreSchema = z.strictObject({
  epoch: z.int().positive(),
  cycle: z.int().min(0),
  /** Samples looked at, and held-out and training images. */
  samples: z.int().positive(),
  heldout: z.int().min(0),
  gallery: z.int().min(0),
  /** Kernel distance of samples without captions to held-out images; null: there are no held-out images. */
  distance: distance.nullable(),
  /** The same with the captions of those images; null: captions do not reach the generator, or there are none. */
  captioned: distance.nullable(),
  /** How near samples come to training images, in features and in pixels; null: there is nothing to compare with. */
  memorisation: z.strictObject({ features: copying, pixels: copying }).nullable(),
});

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
    return []; // they can be measured again
  }
}

/** Keeps a score in place of the epoch's last one. */
export async function keepScore(run: string, score: Score): Promise<Score[]> {
  const others = (await readScores(run)).filter(({ epoch }) => epoch !== score.epoch);
  const scores = [...others, score].sort((a, b) => a.epoch - b.epoch);
  await writeWhole(path(run), `${JSON.stringify(scores, null, 1)}\n`);
  return scores;
}
