import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepScore, readScores } from '../../src/watch/scores.ts';

test('scores that are kept at the same time are all kept', async () => {
  const run = mkdtempSync(join(tmpdir(), 'latentfill-scores-'));
  const none = { samples: 16, heldout: 0, gallery: 0, distance: null, captioned: null, memorisation: null };
  const epochs = Array.from({ length: 12 }, (_, i) => i + 1);
  await Promise.all(epochs.map((epoch) => keepScore(run, { ...none, epoch, cycle: epoch })));
  expect((await readScores(run)).map(({ epoch }) => epoch)).toEqual(epochs);
});
