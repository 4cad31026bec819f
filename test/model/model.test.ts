import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { random } from '../../src/base/random.ts';
import { openDataset } from '../../src/data/open-dataset.ts';
import { exportModel } from '../../src/gan/export.ts';
import { freeze, writeNetworks } from '../../src/gan/freeze.ts';
import { networksOf } from '../../src/gan/networks/networks.ts';
import { buildPhases } from '../../src/gan/phases.ts';
import { recipeSchema } from '../../src/gan/recipe.ts';
import { train } from '../../src/gan/train.ts';
import type { Value } from '../../src/graph/value.ts';
import { loadModel } from '../../src/model/folder.ts';
import { generate, meanLogit } from '../../src/model/generate.ts';
import { drawLatents } from '../../src/model/latents.ts';
import { openModel } from '../../src/model/model.ts';
import { asConstants } from '../../src/nn/parameters.ts';
import { openPrograms } from '../../src/runtime/programs.ts';
import { expectClose } from '../helpers/numbers.ts';

const recipe = recipeSchema.parse({ size: 16, width: 4, latent: 8, batch: 8, images: 16, epochs: 2 });
const made = mkdtempSync(join(tmpdir(), 'latentfill-'));
let folder: string;

beforeAll(async () => {
  const dataset = await openDataset('toon', { size: 16, split: 'train', count: 16 });
  for await (const _ of train(recipe, dataset, { out: join(made, 'run') }));
});
beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'latentfill-')), 'model');
  await exportModel(join(made, 'run'), { out: folder, name: 'tiny' });
});

test('a run becomes a model folder with a card, and both networks work', async () => {
  const model = await loadModel(folder);
  expect(model.card).toMatchObject({
    name: 'tiny',
    image: { size: 16 },
    latent: { size: 8, prior: 'uniform' },
    data: { licence: 'CC BY 4.0' },
  });
  expect(readFileSync(join(folder, 'CARD.md'), 'utf8')).toContain('Johan Melin');
  const latents = drawLatents({ latent: 8, prior: 'uniform' }, random(1), 40);
  const images = await generate(model, latents);
  expect(images).toHaveLength(40);
  const alone = await generate(model, latents.slice(33 * 8, 34 * 8));
  expectClose(alone[0]!.data, images[33]!.data, 1e-5);
  const pixels = Float32Array.from(
    images.flatMap(({ data }) => [...data]),
    (v) => 2 * v - 1,
  );
  await using programs = openPrograms();
  expect(Number.isFinite(await meanLogit({ model, programs }, pixels))).toBe(true);
});

test('float16 weights change no pixel by a grey level', async () => {
  const { state } = buildPhases(recipeSchema.parse({ size: 32, width: 8 }));
  const wide = recipeSchema.parse({ size: 32, width: 8 });
  const frozen = await freeze(wide, null, state);
  const { generator, discriminator } = writeNetworks(wide, null, frozen);
  const sizes = {
    image: { size: 32, channels: 3, range: [-1, 1] as [number, number] },
    latent: { size: 100, prior: 'uniform' },
  } as const;
  const latents = drawLatents(wide, random(2), 8);
  const model = openModel({ ...(await loadModel(folder)).card, ...sizes }, generator, discriminator);
  const { generator: drawn } = networksOf({ ...wide, norm: 'none' }, null);
  const exact = { ...model, generator: (z: Value) => drawn({ ask: asConstants(frozen.generator) }, { z }).image };
  const [full, half] = [await generate(exact, latents), await generate(model, latents)];
  half.forEach(({ data }, i) => {
    expectClose(data, full[i]!.data, 1 / 255);
  });
});

test('a missing, changed or foreign file is told in one sentence', async () => {
  const reject = (message: RegExp) => expect(loadModel(folder)).rejects.toThrow(message);
  const path = join(folder, 'generator.onnx');
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
  await reject(/generator\.onnx' to be the file that model\.json names \(sha256\), got another/);
  rmSync(path);
  await reject(/got no such file/);
  writeFileSync(join(folder, 'model.json'), '{"format": 2}');
  await reject(/model card of format 1/);
  rmSync(join(folder, 'model.json'));
  await reject(/Expected a model folder, .*got none there/);
});
