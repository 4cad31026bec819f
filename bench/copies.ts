/**
 * @file `npm run bench:copies -- [FOLDER]`: whether what a model drew into the holes of an evaluation (`latentfill eval`) copies the
 * pictures that it was trained on, told by how near they are, beside how near held-out pictures are.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { LatentfillError } from '../src/base/errors.ts';
import { writeWhole } from '../src/base/write-whole.ts';
import type { Dataset } from '../src/data/dataset.ts';
import { openDataset } from '../src/data/open-dataset.ts';
import { keptPicture } from '../src/eval/evaluation/pictures.ts';
import { openFeatures } from '../src/eval/measures/features.ts';
import { memorisation, type Nearest, nearerOf, nearest } from '../src/eval/measures/memorisation.ts';
import type { Image } from '../src/image/image.ts';
import { writeImage } from '../src/image/image-file.ts';
import { mirror } from '../src/image/mirror.ts';
import { drawSheet } from '../src/report/sheet.ts';
import { printTable } from './table.ts';

/** Training pictures that are looked through at most. */
const GALLERY = 10_000;
/** Pairs that are shown. */
const SHOWN = 12;

const folder = process.argv[2] ?? 'out/landscapes';
const { data, size, masks } = settingsIn(folder);
const methods = readdirSync(join(folder, 'reconstructions'));
const training = await all(await openDataset(data, { size, split: 'train', count: GALLERY }));
const heldout = await all(await openDataset(data, { size, split: 'heldout' }));
await using network = await openFeatures(size);
// A model that mirrors its pictures may give back a mirror image.
const gallery = await network.of(training);
const mirrored = await network.of(training.map(mirror));
const { distance: ofHeldout } = await nearestTraining(heldout);

const rows = [];
for (const method of methods) {
  for (const mask of masks) {
    const drawn = await drawnBy(method, mask);
    if (drawn.length === 0) continue;
    const near = await nearestTraining(drawn);
    rows.push({ mask, method, pictures: drawn.length, ...memorisation(near.distance, ofHeldout) });
    await writeImage(join(folder, 'copies', `${method}-${mask}.png`), await sheetOf(drawn, near));
  }
}
printTable(
  ['hole', 'method', 'drawn', 'near %', 'nearer'],
  rows.map((r) => [r.mask, r.method, r.pictures, (100 * r.share).toFixed(1), r.nearer.toFixed(2)]),
);
console.log(
  `near: nearer to a training picture (or its mirror image) than 95 % of ${heldout.length} held-out ones are, 5 % without copying. nearer: the probability of being nearer than a held-out one, 0.5 without copying. ${training.length} training pictures.`,
);
await writeWhole(join(folder, 'copies', 'report.json'), `${JSON.stringify({ data, size, rows }, null, 2)}\n`);
console.log(`The nearest of each with the training picture beside it: ${join(folder, 'copies')}.`);

/** What an evaluation was made on. @throws LatentfillError where the folder holds none. */
function settingsIn(folder: string) {
  const path = join(folder, 'results.jsonl');
  if (!existsSync(path) || !existsSync(join(folder, 'reconstructions'))) {
    throw new LatentfillError(
      'file',
      `Expected an evaluation with searches in '${folder}', got none: npx latentfill eval landscape-64 --data landscapes --masks center,half --methods default --count 999 --out ${folder}`,
    );
  }
  const settings = z.object({ data: z.string(), size: z.int(), masks: z.array(z.string()) });
  return settings.parse(JSON.parse(readFileSync(path, 'utf8').split('\n', 1)[0]!));
}

/** What the model drew of each picture with a kind of hole, known pixels included. */
async function drawnBy(method: string, protocol: string): Promise<Image[]> {
  const place = join(folder, 'reconstructions', method, protocol);
  const files = existsSync(place) ? readdirSync(place).filter((file) => /^\d+\.png$/.test(file)) : [];
  const drawn: Image[] = [];
  for (const file of files.sort()) {
    drawn.push(await keptPicture(folder, 'reconstructions', method, { protocol, picture: Number.parseInt(file, 10) }));
  }
  return drawn;
}

async function nearestTraining(pictures: readonly Image[]): Promise<Nearest> {
  const features = await network.of(pictures);
  return nearerOf(await nearest(features, gallery), await nearest(features, mirrored));
}

/** Those that lie nearest to a training picture, and that picture, in pairs. */
async function sheetOf(drawn: readonly Image[], { index, distance }: Nearest): Promise<Image> {
  const order = [...drawn.keys()].sort((a, b) => distance[a]! - distance[b]!).slice(0, SHOWN);
  return drawSheet({
    title: 'Drawn, and the nearest training picture',
    rows: [
      { label: 'drawn', images: order.map((i) => drawn[i]!) },
      { label: 'trained', images: order.map((i) => training[index[i]!]!) },
    ],
    scale: 2,
  });
}

async function all(dataset: Dataset): Promise<Image[]> {
  return Promise.all(Array.from({ length: dataset.length }, (_, i) => dataset.image(i)));
}
