import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { sampleCheckpoint } from '../../src/gan/open-checkpoint.ts';
import { type Recipe, recipeSchema } from '../../src/gan/recipe.ts';
import { checkpointEpochs, loadCheckpoint } from '../../src/gan/run/checkpoint.ts';
import { readLog } from '../../src/gan/run/log.ts';
import { type TrainEvent, train } from '../../src/gan/train.ts';
import type { Image } from '../../src/image/image.ts';
import { ofExtent } from '../helpers/extent.ts';
import { picture } from '../helpers/pictures.ts';

let out: string;
beforeEach(() => {
  out = join(mkdtempSync(join(tmpdir(), 'latentfill-')), 'run');
});

/** Discs of random place and colour on a dark ground, 16×16. */
const discs: Dataset = {
  name: 'discs',
  length: 64,
  size: 16,
  captions: () => [],
  licence: { licence: 'none', attribution: 'none' },
  image: async (i) => {
    const [cx, cy] = [5 + (i % 6), 5 + ((i * 7) % 6)];
    return picture(16, 16, (x, y, c) => ((x - cx) ** 2 + (y - cy) ** 2 < 16 ? [0.9, (i % 5) / 5, 0.2][c]! : 0.1));
  },
};
const tiny = { size: 16, width: 8, latent: 8, batch: 16, seed: 3 };
const recipeOf = (more: object): Recipe => recipeSchema.parse({ ...tiny, ...more });

async function run(
  recipe: Recipe,
  options: { resume?: boolean; stopAfter?: number; out?: string } = {},
): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of train(recipe, discs, { out: options.out ?? out, resume: options.resume ?? false })) {
    events.push(event);
    if (events.length === options.stopAfter) break;
  }
  return events;
}

const pixelMean = (images: readonly Image[]) =>
  images[0]!.data.map((_, i) => images.reduce((s, { data }) => s + data[i]!, 0) / images.length);

const weightsHash = (folder: string) => {
  const last = readdirSync(join(folder, 'checkpoints')).sort().at(-1)!;
  return createHash('sha256')
    .update(readFileSync(join(folder, 'checkpoints', last)))
    .digest('hex');
};

describe.each(['relativistic', 'nonSaturating', 'leastSquares'])('%s', (loss) => {
  test('the discriminator learns, and samples come to look like the data', async () => {
    const rates = { learningRate: 3e-3, finalLearningRate: 1e-3 };
    const recipe = recipeOf({
      loss,
      epochs: 60,
      checkpointEvery: 1,
      ema: 0.9,
      generator: rates,
      discriminator: rates,
      ...(loss === 'relativistic' ? {} : { r1: 0.1, r2: 0 }),
    });
    const events = await run(recipe);
    const mean = (key: string, part: TrainEvent[]) => part.reduce((s, e) => s + e.losses[key]!, 0) / part.length;
    expect(mean('d.loss', events.slice(4, 24))).toBeLessThan(events[0]!.losses['d.loss']! * 0.9);
    const data = await Promise.all(Array.from({ length: 64 }, (_, i) => discs.image(i)));
    const distance = async (epoch: number) => {
      const samples = await sampleCheckpoint(out, epoch, 64, 0);
      const [a, b] = [pixelMean(samples), pixelMean(data)];
      return a.reduce((s, v, i) => s + Math.abs(v - b[i]!), 0) / a.length;
    };
    expect(await distance(60)).toBeLessThan(0.5 * (await distance(1)));
  });
});

test('phases alternate as the recipe says, an epoch is a pass of the discriminator', async () => {
  const events = await run(recipeOf({ discriminatorSteps: 3, generatorSteps: 2, epochs: 3, checkpointEvery: 1 }));
  expect(events).toHaveLength(4); // 12 discriminator steps
  const { state } = await loadCheckpoint(out, 3);
  expect([(await state.read('d.step'))[0], (await state.read('g.step'))[0]]).toEqual([12, 8]);
  expect(await checkpointEpochs(out)).toEqual([1, 2, 3]);
});

test('a run writes its recipe, log and checkpoints', async () => {
  await run(recipeOf({ epochs: 2, checkpointEvery: 1 }));
  expect(JSON.parse(readFileSync(join(out, 'recipe.json'), 'utf8'))).toEqual(
    recipeOf({ epochs: 2, checkpointEvery: 1 }),
  );
  const lines = await readLog(out);
  expect(lines.map(({ cycle }) => cycle)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(Object.keys(lines[0]!)).toEqual(expect.arrayContaining(['d.loss', 'g.loss', 'd.r1', 'd.r2', 'd.realLogit']));
  await expect(run(recipeOf({ epochs: 2 }))).rejects.toThrow(/holds one: set the option 'resume'/);
  await expect(run(recipeOf({ epochs: 3 }), { resume: true })).rejects.toThrow(/begun with, got another/);
});

test('stopped in the middle and resumed, training ends with exactly the same weights and log', async () => {
  const recipe = recipeOf({ epochs: 6, checkpointEvery: 2, flip: true });
  await run(recipe);
  const other = `${out}-other`;
  for (const stopAfter of [11, 9, 100]) await run(recipe, { out: other, resume: stopAfter !== 11, stopAfter });
  expect(weightsHash(other)).toBe(weightsHash(out));
  const untimed = async (run: string) => (await readLog(run)).map((line) => ({ ...line, imagesPerSecond: 0 }));
  expect(await untimed(other)).toEqual(await untimed(out));
});

test('killed (SIGKILL) at any moment and resumed, training ends with exactly the same weights', async () => {
  const root = join(import.meta.dirname, '../..');
  const cli = join(root, 'dist/cli/main.js');
  const flags = [
    '--size',
    '16',
    '--width',
    '4',
    '--latent',
    '8',
    '--batch',
    '8',
    '--images',
    '32',
    '--epochs',
    ofExtent({ sample: '9', whole: '30' }),
    '--checkpoint-every',
    '3',
  ];
  execFileSync('node', [cli, 'train', '--out', out, ...flags]);
  const killed = `${out}-killed`;
  let kills = 0;
  for (let i = 0; !existsSync(join(killed, 'model', 'model.json')); i++) {
    const resume = existsSync(join(killed, 'recipe.json')) ? ['--resume'] : flags;
    const child = spawn('node', [cli, 'train', '--out', killed, ...resume]);
    // Soon after a checkpoint, each time a little later: in training, while the next one is written, while the model is.
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), 60 * i));
    if ((await new Promise((resolve) => child.on('exit', (_code, signal) => resolve(signal)))) === 'SIGKILL') kills++;
  }
  expect(kills).toBeGreaterThan(0);
  expect(weightsHash(killed)).toBe(weightsHash(out));
  expect(readFileSync(join(killed, 'model', 'generator.onnx'))).toEqual(
    readFileSync(join(out, 'model', 'generator.onnx')),
  );
}, 120_000);

test('a damaged checkpoint is told by its name', async () => {
  await run(recipeOf({ epochs: 1 }));
  await expect(loadCheckpoint(out, 9)).rejects.toThrow(/epoch-0009.* got none/);
  const path = join(out, 'checkpoints', 'epoch-0001.safetensors');
  writeFileSync(path, readFileSync(path).subarray(0, 5000));
  await expect(loadCheckpoint(out, 1)).rejects.toThrow(/got a damaged one/);
});

test('unknown keys of a recipe are errors', () => {
  expect(() => recipeSchema.parse({ learningrate: 1 })).toThrow(/learningrate/);
  expect(() => recipeSchema.parse({ generator: { rate: 1 } })).toThrow(/rate/);
});
