import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openDataset } from '../../src/data/open-dataset.ts';
import { exportModel } from '../../src/gan/export.ts';
import { recipeSchema } from '../../src/gan/recipe.ts';
import { train } from '../../src/gan/train.ts';
import { centreHole } from '../../src/image/holes.ts';
import { concatRows, textRow } from '../../src/inpaint/caption.ts';
import type { MaskedImage } from '../../src/inpaint/inpaint.ts';
import { inpaintAll } from '../../src/inpaint/inpainter.ts';
import { loadModel } from '../../src/model/folder.ts';
import { openModel } from '../../src/model/model.ts';
import { expectClose } from '../helpers/numbers.ts';
import { tinyModel } from '../helpers/pictures.ts';

const folder = join(mkdtempSync(join(tmpdir(), 'latentfill-')), 'model');
const options = { restarts: 2, steps: 4, screen: 32 };
let holes: MaskedImage[];
let captions: string[];

beforeAll(async () => {
  const recipe = recipeSchema.parse({
    ...{ size: 16, width: 4, latent: 8, batch: 16, images: 160, epochs: 3, norm: 'none' },
    captions: { encoder: 'words', augmentation: 0.1 },
  });
  const run = join(folder, '..', 'run');
  const faces = await openDataset('toon', { size: 16, split: 'train', count: 160 });
  for await (const _ of train(recipe, faces, { out: run }));
  await exportModel(run, { out: folder, name: 'tiny' });
  captions = [0, 1, 2].map((i) => faces.captions(i)[0]!);
  holes = await Promise.all([0, 1, 2].map(async (i) => ({ image: await faces.image(i), mask: centreHole(16, 16) })));
});

const losses = async (given: MaskedImage[]) =>
  (await inpaintAll(await loadModel(folder), given, options)).map(({ candidates }) => candidates[0]!.losses.total);

test('a caption changes what fills the hole; an image has the same result alone and beside others with other captions', async () => {
  const described = holes.map((hole, i) => ({ ...hole, caption: captions[i] }));
  const together = await losses([...described.slice(0, 2), holes[2]!]);
  expectClose([together[0]!], await losses([described[0]!]), 1e-5);
  expectClose([together[1]!], await losses([described[1]!]), 1e-5);
  expectClose([together[2]!], await losses([holes[2]!]), 1e-5);
  expect(Math.abs(together[0]! - (await losses([holes[0]!]))[0]!)).toBeGreaterThan(1e-4);
});

test('a model names the words that it never learned', async () => {
  const { text } = await loadModel(folder);
  expect(text!.unknown('A person with zebra hair')).toEqual(['zebra']);
  expect(text!.unknown(captions[0]!)).toEqual([]);
});

test('captions that a model cannot use end in one sentence', async () => {
  expect(() => textRow(tinyModel(), { caption: 'red hair' })).toThrow(
    /Expected no caption for the model 'tiny', got the caption 'red hair'/,
  );
  const model = await loadModel(folder);
  expect(() => textRow(model, { embedding: new Float32Array(3) })).toThrow(/a caption in words .* an embedding of 3/);
  const { card } = model;
  const embedded = openModel({ ...card, text: { kind: 'embedding', size: 4 } }, new Uint8Array(), new Uint8Array());
  expect(() => textRow(embedded, { caption: 'red hair' })).toThrow(/an embedding of 4 numbers/);
  expect(() => textRow(embedded, { embedding: new Float32Array(3) })).toThrow(/embedding of 4 .* embedding of 3/);
  const row = textRow(embedded, { embedding: Float32Array.of(1, 2, 3, 4) })!;
  expect(concatRows([row, textRow(embedded, {})!])).toEqual(Float32Array.of(1, 2, 3, 4, 0, 0, 0, 0));
});

test('a vocabulary that is missing or not the one of the card is told', async () => {
  const { card } = await loadModel(folder);
  expect(() => openModel(card, new Uint8Array(), new Uint8Array())).toThrow(
    /Expected a vocabulary of \d+ entries.*none/,
  );
  const path = join(folder, 'vocabulary.json');
  const before = readFileSync(path);
  writeFileSync(path, before.toString().replace('hair', 'hare'));
  await expect(loadModel(folder)).rejects.toThrow(/vocabulary\.json' to be the file that model\.json names/);
  rmSync(path);
  await expect(loadModel(folder)).rejects.toThrow(/vocabulary\.json'.* got no such file/);
  writeFileSync(path, before);
});
