import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { normal, random } from '../../src/base/random.ts';
import { openDataset } from '../../src/data/open-dataset.ts';
import { sampleCheckpoint } from '../../src/gan/open-checkpoint.ts';
import { type Recipe, recipeSchema } from '../../src/gan/recipe.ts';
import { train } from '../../src/gan/train.ts';
import { writeImage } from '../../src/image/image-file.ts';
import { sampleLatents } from '../../src/model/latents.ts';
import { mosaic } from '../../src/report/inline.ts';
import { openPainter, ways } from '../../src/watch/painter.ts';
import { readPictures } from '../../src/watch/pictures.ts';
import { rankCheckpoints } from '../../src/watch/rank.ts';
import { readScores } from '../../src/watch/scores.ts';
import { openWatch } from '../../src/watch/watch.ts';
import { picture } from '../helpers/pictures.ts';

const folder = mkdtempSync(join(tmpdir(), 'latentfill-watch-'));
const data = join(folder, 'pictures');
const run = join(folder, 'run <b>');
const counts = { samples: 64, gallery: 64 };
const rates = { learningRate: 3e-3, finalLearningRate: 1e-3 };
const recipe = recipeSchema.parse({
  ...{ data, size: 16, width: 8, latent: 8, batch: 16, seed: 3, epochs: 6, checkpointEvery: 3, ema: 0.9 },
  ...{ generator: rates, discriminator: rates, prior: 'normal', flip: true },
  captions: { encoder: 'words', minimum: 1, size: 8 },
});

async function trained(on: Recipe, out: string): Promise<string[]> {
  const warnings: string[] = [];
  const dataset = await openDataset(on.data, { size: on.size, split: 'train' });
  await using watch = openWatch(out, { counts, warn: (sentence) => warnings.push(sentence) });
  for await (const event of train(on, dataset, { out })) await watch.see(event);
  return warnings;
}

/** Discs of any place and colour, with a caption that a page must not run. */
async function writeDiscs(to: string, count: number): Promise<void> {
  const lines = [];
  for (let i = 0; i < count; i++) {
    const [dx, dy, hue] = normal(random('disc', i), 3) as unknown as [number, number, number];
    const inside = (x: number, y: number) => (x - 8 - 1.5 * dx) ** 2 + (y - 8 - 1.5 * dy) ** 2 < 16;
    const disc = picture(16, 16, (x, y, c) => (inside(x, y) ? [0.9, hue > 0 ? 0.8 : 0.2, 0.3][c]! : 0.1));
    await writeImage(join(to, `${i}.png`), disc);
    lines.push(
      JSON.stringify({ file: `${i}.png`, caption: `${hue > 0 ? 'yellow' : 'red'} <script>alert(1)</script>` }),
    );
  }
  writeFileSync(join(to, 'captions.jsonl'), lines.join('\n'));
}

const report = () => readFileSync(join(run, 'report.html'), 'utf8');

beforeAll(async () => {
  await writeDiscs(data, 300);
  expect(await trained(recipe, run)).toEqual([]);
});

describe('a watched run', () => {
  test('is scored at each checkpoint, and comes nearer to the data', async () => {
    const scores = await readScores(run);
    expect(scores.map(({ epoch }) => epoch)).toEqual([3, 6]);
    const [first, last] = scores;
    expect(first!.distance!.value - last!.distance!.value).toBeGreaterThan(2 * first!.distance!.standardError);
    expect(last!.captioned!.value).toBeGreaterThan(0);
    expect(last!.heldout).toBeGreaterThan(16);
    for (const { share, nearer } of Object.values(last!.memorisation!)) {
      for (const x of [share, nearer]) expect(x >= 0 && x <= 1).toBe(true);
    }
  });

  test('has a report that stands alone, runs nothing and shows every part', async () => {
    const html = report();
    expect(html.length).toBeLessThan(3e6);
    expect(html).not.toMatch(/<script|<b>:|https?:|url\(/);
    expect([...html.matchAll(/(?:src|href)="([^"]{10})/g)].every(([, start]) => start === 'data:image')).toBe(true);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    const headings = [...html.matchAll(/<h2>([^<]*)/g)].map(([, heading]) => heading);
    expect(headings).toEqual([
      ...['Samples at epoch 6', 'By checkpoint', 'With captions', 'Interpolations'],
      ...['Distance to held-out images', 'Copies of training images', 'Training'],
    ]);
    for (const chart of ['Losses', 'Gradient norms', 'Gradient penalties', 'Learning rates', 'Speed']) {
      expect(html).toContain(`<h3>${chart}</h3>`);
    }
  });

  test('shows what sample draws', async () => {
    await using painter = await openPainter(run, 6);
    const drawn = await painter.draw(sampleLatents(recipe, 20));
    const [a, b] = [mosaic(drawn, 5), mosaic(await sampleCheckpoint(run, 6, 20, 0), 5)];
    expect(Math.max(...a.data.map((v, i) => Math.abs(v - b.data[i]!)))).toBeLessThan(1e-4);
  });

  test('has event files that TensorBoard reads', () => {
    const tags = readFileSync(join(run, eventFile()), 'latin1');
    for (const tag of ['d/loss', 'g/gradientNorm', 'heldout/distance', 'samples', 'interpolations', 'described']) {
      expect(tags).toContain(tag);
    }
  });

  test('is ranked from what is known; the same again is not measured again', async () => {
    const asked: number[] = [];
    const options = { counts, onCheckpoint: (epoch: number) => asked.push(epoch) };
    const ranked = await rankCheckpoints(run, options);
    expect(ranked.map(({ epoch }) => epoch)).toEqual([6, 3]);
    expect(asked).toEqual([]);
    expect(readFileSync(join(run, 'ranking.html'), 'utf8')).toContain('<tr class="best"><td>1</td><td>6</td>');

    writeFileSync(join(run, 'scores.json'), '[{"of": "another version"}]');
    rmSync(join(run, 'report.html'));
    expect((await rankCheckpoints(run, options)).map(({ epoch }) => epoch)).toEqual([6, 3]);
    expect(asked).toEqual([3, 6]);
    expect(await readScores(run)).toHaveLength(2);
    expect(existsSync(join(run, 'report.html'))).toBe(true);
    expect((await readPictures(run, 3))?.neighbours).toHaveLength(12);
  });
});

test('data without held-out images is watched without a distance, and cannot be ranked', async () => {
  const few = join(folder, 'few');
  await writeDiscs(few, 12);
  const out = join(folder, 'short');
  const short = recipeSchema.parse({ ...recipe, data: few, batch: 4, epochs: 1, captions: {} });
  expect(await trained(short, out)).toEqual([]);
  expect((await readScores(out))[0]).toMatchObject({ distance: null, captioned: null, memorisation: null });
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('Not measured');
  await expect(rankCheckpoints(out, { counts })).rejects.toThrow('Expected at least 16 held-out images');
});

test('interpolations begin and end at random latents; normal ones keep their length between', () => {
  const norm = (v: Float32Array) => Math.hypot(...v);
  const normal = { ...recipe, latent: 64 };
  const path = ways(normal, 1, 9);
  const at = (i: number) => path.subarray(i * 64, (i + 1) * 64);
  for (let i = 0; i < 9; i++) {
    expect(norm(at(i))).toBeGreaterThan(0.9 * Math.min(norm(at(0)), norm(at(8))));
  }
  const straight = ways({ ...normal, prior: 'uniform' }, 1, 3);
  for (let k = 0; k < 64; k++) expect(straight[64 + k]).toBeCloseTo((straight[k]! + straight[128 + k]!) / 2, 5);
});

function eventFile(): string {
  return readdirSync(run).find((name) => name.startsWith('events.out.tfevents.'))!;
}
