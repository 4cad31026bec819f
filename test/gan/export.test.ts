import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openDataset } from '../../src/data/open-dataset.ts';
import { ofSplit } from '../../src/data/split.ts';
import { exportModel } from '../../src/gan/export.ts';
import { recipeSchema } from '../../src/gan/recipe.ts';
import { train } from '../../src/gan/train.ts';
import { writeImage } from '../../src/image/image-file.ts';
import { loadModel } from '../../src/model/folder.ts';
import { noisePicture } from '../helpers/pictures.ts';

let folder: string;
let data: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latentfill-export-'));
  data = join(folder, 'pictures');
});

/** Trains for an epoch on `count` pictures; `before` hears their names when the run is over and its export not begun. */
async function exported(count: number, { captions = {}, before = (_: string[]) => {} } = {}) {
  const names = Array.from({ length: count }, (_, i) => `frame${String(i + 1).padStart(3, '0')}.png`);
  for (const [i, name] of names.entries()) await writeImage(join(data, name), noisePicture(16, 16, i));
  const lines = names.map((file) => JSON.stringify({ file, caption: 'a grey picture of noise' }));
  writeFileSync(join(data, 'captions.jsonl'), `${lines.join('\n')}\n`);
  const recipe = recipeSchema.parse({ data, size: 16, width: 4, latent: 8, batch: 4, epochs: 1, captions });
  const run = join(folder, 'run');
  for await (const _ of train(recipe, await openDataset(data, { size: 16, split: 'train' }), { out: run }));
  before(names);
  const notes = await exportModel(run, { out: join(folder, 'model'), name: 'small' });
  return {
    notes,
    card: (await loadModel(join(folder, 'model'))).card,
    told: readFileSync(join(folder, 'model/CARD.md'), 'utf8'),
  };
}

test('seventy frames, none of which the hash alone holds out, become a calibrated model', async () => {
  const { notes, card } = await exported(70);
  expect(notes).toEqual([]);
  expect(card.training!.images).toBe(63);
  expect(Number.isFinite(card.calibration!.real)).toBe(true);
  expect(card.view).toEqual({ share: 1 }); // folders give the largest square of a picture
});

test('captions of fewer than thirty held-out pictures are drawn more than once', async () => {
  const { card, told } = await exported(40, { captions: { encoder: 'words' } });
  expect(card.text).toMatchObject({ kind: 'words' });
  expect(told).toContain('three with captions of held-out images');
});

test('without held-out pictures the model is written, and says what is missing', async () => {
  const { notes, card, told } = await exported(8, { captions: { encoder: 'words' } });
  expect(card.calibration).toBeNull();
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(/^Nothing is held out, so .* not calibrated\. Expected .* got only 8: add some\.$/);
  expect(told).toContain(
    `- **Calibration**: none; the logits of the discriminator are used raw.\n- **Missing**: ${notes[0]}`,
  );
  expect(told).toContain('three with captions of training images');
});

test('damaged held-out pictures are counted; where all are, the model is not calibrated', async () => {
  const damage = (share: number) => (names: string[]) => {
    const heldout = ofSplit(names, 'heldout');
    for (const name of heldout.slice(0, heldout.length * share)) writeFileSync(join(data, name), 'no picture');
  };
  const all = await exported(40, { before: damage(1) });
  expect(all.card.calibration).toBeNull();
  const count = /^(\d+) of (\d+) held-out images cannot be read and are all there are/.exec(all.notes[0]!)!;
  expect(count[1]).toBe(count[2]);
  rmSync(join(folder, 'run'), { recursive: true });
  const half = await exported(40, { before: damage(0.5) });
  expect(half.card.calibration).not.toBeNull();
  expect(half.notes[0]).toMatch(/held-out images cannot be read and were left out; the first: .*frame\d+\.png/);
  expect(half.told).toContain(half.notes[0]);
});
