/** @file Looking at checkpoints stops when told, and keeps no half-measured score. */

import { cpSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { recipeSchema } from '../../src/gan/recipe.ts';
import { type TrainEvent, train } from '../../src/gan/train.ts';
import { rankCheckpoints } from '../../src/watch/rank.ts';
import { readScores } from '../../src/watch/scores.ts';
import { openWatch } from '../../src/watch/watch.ts';
import { expectNotBegun, expectStops } from '../helpers/sessions.ts';

vi.mock('../../src/runtime/session.ts', async (original) => {
  const { countedSessions } = await import('../helpers/sessions.ts');
  return countedSessions(await original());
});

const folder = mkdtempSync(join(tmpdir(), 'latentfill-stop-'));
const trained = join(folder, 'trained');
const counts = { samples: 16, gallery: 32 };
const recipe = recipeSchema.parse({
  ...{ data: 'toon', images: 32, size: 16, width: 4, latent: 8, batch: 8, seed: 3, flip: true },
  ...{ epochs: 1, checkpointEvery: 1 },
});
let saved: TrainEvent;

beforeAll(async () => {
  const data = { source: 'toon', size: 16, split: 'train', count: 32 } as const;
  for await (const event of train(recipe, data, { out: trained })) saved = event;
});

let run: string;
/** The run as training left it. */
function again(): string {
  run = join(mkdtempSync(join(folder, 'run-')), 'run');
  cpSync(trained, run, { recursive: true });
  return run;
}
const nothingKept = async () => {
  expect(await readScores(run)).toEqual([]);
  expect([existsSync(join(run, 'report')), existsSync(join(run, 'ranking.html'))]).toEqual([false, false]);
};

test('rankCheckpoints stops within one run of a program', async () => {
  const call = (signal: AbortSignal) => rankCheckpoints(again(), { counts, signal });
  await expectNotBegun(call);
  await expectStops(call, nothingKept);
}, 120_000);

test('a watch stops within one run of a program', async () => {
  const call = async (signal: AbortSignal) => {
    await using watch = openWatch(again(), { counts, signal });
    await watch.see(saved);
  };
  await expectNotBegun(call);
  await expectStops(call, nothingKept);
}, 120_000);
