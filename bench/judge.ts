/** @file `npm run bench:judge -- [FACES] [SIZE]`: how often the attribute classifier is right, on clean and on degraded faces. */

import { random } from '../src/base/random.ts';
import { toonFaces } from '../src/data/sources/toon.ts';
import { openJudge } from '../src/eval/measures/judge.ts';
import type { Image } from '../src/image/image.ts';
import { type Face, faceOf } from './judge/attributes.ts';
import { degrade } from './judge/degrade.ts';
import { STREAM, toonJudge } from './judge/judge.ts';
import { printTable } from './table.ts';

const COUNT = Number(process.argv[2] ?? 2000);
const SIZE = Number(process.argv[3] ?? 64);
const began = performance.now();
const folder = await toonJudge('out/judge', SIZE, console.error);
await using judge = await openJudge(folder);
console.error(`judge ready after ${((performance.now() - began) / 1000).toFixed(0)} s`);

// Fresh faces: neither the judge nor any GAN has seen them.
const faces = toonFaces(`${STREAM} test`, SIZE, COUNT);
const truth = Array.from({ length: COUNT }, (_, i) => faceOf(faces, i));
const pictures: Image[] = [];
for (let i = 0; i < COUNT; i++) pictures.push(await faces.image(i));

const clean = await judge.classify(pictures);
const degraded = await judge.classify(pictures.map((picture, i) => degrade(picture, random('judge test', i))));
const compressed = await judge.classify(await Promise.all(pictures.map((picture) => throughJpeg(picture, 40))));
const right = (seen: readonly Face[], key: string) =>
  seen.filter((face, i) => face[key] === truth[i]![key]).length / COUNT;
const rows = judge.card.heads.map(({ attribute, values }) => ({
  attribute,
  values: values.length,
  majority: Math.max(...values.map((value) => truth.filter((face) => face[attribute] === value).length)) / COUNT,
  clean: right(clean, attribute),
  degraded: right(degraded, attribute),
  jpeg: right(compressed, attribute),
}));
const percent = (share: number) => (100 * share).toFixed(1);
printTable(
  ['attribute', 'values', 'majority %', 'clean %', 'degraded %', 'JPEG 40 %'],
  rows.map((r) => [r.attribute, r.values, ...[r.majority, r.clean, r.degraded, r.jpeg].map(percent)]),
);
console.log(JSON.stringify({ faces: COUNT, accuracy: rows }));
console.log(
  `Which attributes fills keep, by this judge: latentfill eval toon-64 --data toon --captions --judge ${folder} --out out/captioned`,
);

/** A degradation that the judge was not trained on. */
async function throughJpeg(picture: Image, quality: number): Promise<Image> {
  const { default: sharp } = await import('sharp');
  const { encodePng } = await import('../src/image/image-file.ts');
  const jpeg = await sharp(await encodePng(picture))
    .jpeg({ quality })
    .toBuffer();
  const bytes = await sharp(jpeg).raw().toBuffer();
  const area = SIZE * SIZE;
  const data = Float32Array.from({ length: 3 * area }, (_, i) => bytes[(i % area) * 3 + Math.floor(i / area)]! / 255);
  return { ...picture, data };
}
