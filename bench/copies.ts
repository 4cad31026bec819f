/**
 * @file `npm run bench:copies -- FOLDER [DATA]`: whether what a model drew in an evaluation copies training pictures: how near
 * the reconstructions of `default` come to them, beside how near the held-out pictures themselves do.
 */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDataset } from '../src/data/open-dataset.ts';
import { openFeatures } from '../src/eval/measures/features.ts';
import { memorisation, nearerOf, nearest } from '../src/eval/measures/memorisation.ts';
import { type Image, image } from '../src/image/image.ts';
import { readImage } from '../src/image/image-file.ts';
import { printTable } from './table.ts';

/** Training pictures that are looked through at most. */
const GALLERY = 10_000;

const folder = process.argv[2] ?? 'out/landscape-64';
const [settings] = (await readFile(join(folder, 'results.jsonl'), 'utf8')).split('\n', 1);
const { data, size, masks } = JSON.parse(settings!) as { data: string; size: number; masks: string[] };
const source = process.argv[3] ?? data;
const train = await openDataset(source, { size, split: 'train' });
const heldout = await openDataset(source, { size, split: 'heldout' });
await using network = await openFeatures(size);
const training: Image[] = [];
for (let i = 0; i < Math.min(GALLERY, train.length); i++) training.push(await train.image(i));
// A model that mirrors its pictures may give back a mirror image.
const galleries = [await network.of(training), await network.of(training.map(mirror))];

const rows: string[][] = [];
for (const mask of masks) {
  const files = (await readdir(join(folder, 'reconstructions/default', mask))).sort();
  const drawn: Image[] = [];
  const truths: Image[] = [];
  for (const file of files) {
    drawn.push((await readImage(join(folder, 'reconstructions/default', mask, file))).image);
    truths.push(await heldout.image(Number.parseInt(file, 10)));
  }
  const [ours, theirs] = [await distances(drawn), await distances(truths)];
  const { share, nearer } = memorisation(ours, theirs);
  rows.push([mask, `${files.length}`, `${(100 * share).toFixed(0)} %`, nearer.toFixed(2)]);
}
printTable(['holes', 'n', 'nearer than 95 % of held-out pictures', 'nearer than a held-out one'], rows);
console.log('Without copying 5 % and 0.5 at most.');

/** How far each picture is from the training picture nearest to it. */
async function distances(pictures: readonly Image[]): Promise<Float64Array> {
  const features = await network.of(pictures);
  return nearerOf(await nearest(features, galleries[0]!), await nearest(features, galleries[1]!)).distance;
}

function mirror({ width, height, channels, data }: Image): Image {
  const turned = data.map((_, i) => data[i + width - 1 - 2 * (i % width)]!);
  return image(width, height, channels, turned);
}
