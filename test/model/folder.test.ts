/** A model folder that is written over, by processes that are killed. `npm test` builds what they run first. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { random } from '../../src/base/random.ts';
import { openDataset } from '../../src/data/open-dataset.ts';
import { exportModel } from '../../src/gan/export.ts';
import { recipeSchema } from '../../src/gan/recipe.ts';
import { train } from '../../src/gan/train.ts';
import { loadModel, type ModelFiles, saveModel } from '../../src/model/folder.ts';
import { ofExtent } from '../helpers/extent.ts';

const made = mkdtempSync(join(tmpdir(), 'latentfill-models-'));
const [one, two] = [join(made, 'one'), join(made, 'two')];
const FILES = ['CARD.md', 'discriminator.onnx', 'generator.onnx', 'model.json', 'samples.png'];
let folder: string;

const read = (model: string): ModelFiles => ({
  card: JSON.parse(readFileSync(join(model, 'model.json'), 'utf8')),
  generator: readFileSync(join(model, 'generator.onnx')),
  discriminator: readFileSync(join(model, 'discriminator.onnx')),
  text: readFileSync(join(model, 'CARD.md'), 'utf8'),
  samples: readFileSync(join(model, 'samples.png')),
});
const names = () => readdirSync(folder).sort();

beforeAll(async () => {
  const recipe = recipeSchema.parse({
    size: 16,
    width: 4,
    latent: 8,
    batch: 8,
    images: 16,
    epochs: 2,
    checkpointEvery: 1,
  });
  const dataset = await openDataset('toon', { size: 16, split: 'train', count: 16 });
  for await (const _ of train(recipe, dataset, { out: join(made, 'run') }));
  await exportModel(join(made, 'run'), { out: one, name: 'one', epoch: 1 });
  await exportModel(join(made, 'run'), { out: two, name: 'two', epoch: 2 });
});
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'latentfill-models-')), 'model');
});

/** A process that writes one model and the other over it, on and on, once it has said so. */
async function writer(): Promise<ChildProcess> {
  const script = join(folder, '..', 'writer.mjs');
  writeFileSync(
    script,
    `import { readFileSync } from 'node:fs';
    import { saveModel } from '${new URL('../../dist/model/folder.js', import.meta.url)}';
    const models = ['${one}', '${two}'].map((model) => ({
      card: JSON.parse(readFileSync(model + '/model.json', 'utf8')),
      generator: readFileSync(model + '/generator.onnx'),
      discriminator: readFileSync(model + '/discriminator.onnx'),
      text: readFileSync(model + '/CARD.md', 'utf8'),
      samples: readFileSync(model + '/samples.png'),
    }));
    console.log('begun');
    for (let i = 0; ; i++) await saveModel('${folder}', models[(i + 1) % 2]);`,
  );
  const child = spawn('node', [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await Promise.race([
    once(child.stdout!, 'data'),
    once(child, 'close').then(() => Promise.reject(new Error('no writer'))),
  ]);
  return child;
}

test('killed at any moment, a writer leaves a whole model and the other files of the folder', async () => {
  cpSync(one, folder, { recursive: true });
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  const rng = random('kills');
  const found = new Set<string>();
  for (let kill = 0; kill < ofExtent({ sample: 5, whole: 15 }) || found.size < 2; kill++) {
    const child = await writer();
    await setTimeout(60 * rng());
    child.kill('SIGKILL');
    await once(child, 'close');
    const { card } = await loadModel(folder);
    const [whole] = [one, two].filter((model) => model.endsWith(card.name));
    for (const name of FILES)
      expect(readFileSync(join(folder, name)).equals(readFileSync(join(whole!, name)))).toBe(true);
    found.add(card.name);
  }
  await saveModel(folder, read(two));
  expect(names()).toEqual([...FILES, 'notes.txt'].sort());
  expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
});

test('who reads meanwhile finds the one model or the other', async () => {
  cpSync(one, folder, { recursive: true });
  const child = await writer();
  const found = new Set<string>();
  for (let i = 0; i < 60 || found.size < 2; i++) found.add((await loadModel(folder)).card.name);
  child.kill('SIGKILL');
  await once(child, 'close');
});

/** As a kill just after the moment of change leaves the folder: the second model's card, its files not moved up yet. */
function interrupt(): string {
  const card = readFileSync(join(two, 'model.json'));
  const staged = join(folder, `.new-${createHash('sha256').update(card).digest('hex').slice(0, 16)}`);
  cpSync(one, folder, { recursive: true });
  cpSync(two, staged, { recursive: true });
  rmSync(join(staged, 'model.json'));
  writeFileSync(join(folder, 'model.json'), card);
  return staged;
}

test('what was left to be moved up is moved up when the model is opened, or read where it lies', async () => {
  const staged = interrupt();
  writeFileSync(join(folder, '.write.lock'), JSON.stringify({ pid: process.pid, host: 'elsewhere', began: null })); // no writing here
  expect((await loadModel(folder)).card.name).toBe('two');
  expect(existsSync(staged)).toBe(true);
  rmSync(join(folder, '.write.lock'));
  expect((await loadModel(folder)).card.name).toBe('two');
  expect(names()).toEqual(FILES);
  expect(readFileSync(join(folder, 'CARD.md'), 'utf8')).toContain('# two');
});

test('a model without a discriminator takes away that of the model before, and no other', async () => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'vocabulary.json'), 'of a person');
  await saveModel(folder, read(one));
  await saveModel(folder, { ...read(two), discriminator: null });
  expect(names()).toEqual(['CARD.md', 'generator.onnx', 'model.json', 'samples.png', 'vocabulary.json']);
  expect((await loadModel(folder)).discriminator).toBeNull();
});

test('what is written through a link stays behind it; a file in the way is told, and nothing is left', async () => {
  mkdirSync(folder);
  symlinkSync(folder, `${folder}-link`);
  await saveModel(`${folder}-link`, read(one));
  expect(names()).toEqual(FILES);
  await expect(saveModel(join(folder, 'CARD.md'), read(two))).rejects.toThrow(/^Expected to write .* in the way/);
  rmSync(join(folder, 'model.json'));
  mkdirSync(join(folder, 'model.json'));
  await expect(saveModel(folder, read(two))).rejects.toThrow(/^Expected to write .* in the way; all is as it was\.$/);
  expect(names()).toEqual(FILES);
});

test('a person\u2019s own files of the same names are no older model', async () => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'samples.png'), 'of a person');
  await expect(saveModel(folder, read(one))).rejects.toThrow(
    /got '.*' with samples\.png and no model\.json: name another/,
  );
  expect(names()).toEqual(['samples.png']);
  expect(readFileSync(join(folder, 'samples.png'), 'utf8')).toBe('of a person');
});
