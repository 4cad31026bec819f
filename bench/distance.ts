/**
 * @file `npm run bench:distance -- MODEL SOURCE [COUNT]`: the kernel distance of a model's samples to held-out images, beside
 * that of training images (what a perfect generator comes to) and of noise and blur.
 */

import { normal, random } from '../src/base/random.ts';
import type { Split } from '../src/data/dataset.ts';
import { openDataset } from '../src/data/open-dataset.ts';
import { openFeatures } from '../src/eval/measures/features.ts';
import { kernelDistance } from '../src/eval/measures/kid.ts';
import { type Image, image } from '../src/image/image.ts';
import { resizeImage } from '../src/image/resize.ts';
import { latentSpace } from '../src/model/card.ts';
import { loadModel } from '../src/model/folder.ts';
import { generate } from '../src/model/generate.ts';
import { sampleLatents } from '../src/model/latents.ts';
import { printTable } from './table.ts';

const [name = 'toon-64', source = 'toon', asked = '1000'] = process.argv.slice(2);
const model = await loadModel(name);
const { size } = model.card.image;

async function load(split: Split) {
  const dataset = await openDataset(source, { size, split, count: Number(asked) });
  const images: Image[] = [];
  for (let i = 0; i < dataset.length; i++) images.push(await dataset.image(i));
  return { images, captions: images.map((_, i) => dataset.captions(i)[0] ?? null) };
}

const [train, heldout] = [await load('train'), await load('heldout')];
const latents = sampleLatents(latentSpace(model.card), heldout.images.length);
const draw = (captions?: readonly (string | null)[]) =>
  generate(model, latents, captions && model.text ? { captioned: { captions } } : {});
const noisy = (level: number) =>
  train.images.map((picture, i) => {
    const noise = normal(random('bench', 'noise', i), picture.data.length);
    const data = picture.data.map((v, p) => Math.min(1, Math.max(0, v + (level / 255) * noise[p]!)));
    return image(size, size, 3, data);
  });
const blurred = train.images.map((picture) => resizeImage(resizeImage(picture, size / 2, size / 2), size, size));

await using network = await openFeatures(size);
const target = await network.of(heldout.images);
const rows: [string, string, string][] = [];
const distances: Record<string, number> = {};
for (const [what, images] of [
  [`${name}, no captions`, () => draw()],
  ...(model.text ? [[`${name}, held-out captions`, () => draw(heldout.captions)] as const] : []),
  ['training images', () => train.images],
  ['with noise of 5/255', () => noisy(5)],
  ['shrunk to half and back', () => blurred],
] as const) {
  const { value, standardError } = await kernelDistance(await network.of(await images()), target);
  rows.push([what, value.toFixed(5), standardError.toFixed(5)]);
  distances[what] = value;
}
printTable([`against ${heldout.images.length} held-out images of ${source}`, 'distance', 'standard error'], rows);
console.log(JSON.stringify(distances));
