/**
 * @file `npm run bench:landscapes -- [MODEL] [COUNT]`: held-out photographs with centre and half holes, filled by search, by
 * harmonic interpolation and by OpenCV: how far what is in the holes lies from real photographs, and from those of training.
 */

import { writeWhole } from '../src/base/write-whole.ts';
import type { Dataset } from '../src/data/dataset.ts';
import { openDataset } from '../src/data/open-dataset.ts';
import { type Method, type MethodResult, runMethod, summary } from '../src/eval/compare.ts';
import { openFeatures } from '../src/eval/measures/features.ts';
import { type KernelDistance, kernelDistance } from '../src/eval/measures/kid.ts';
import { type Memorisation, memorisation, nearerOf, nearest } from '../src/eval/measures/memorisation.ts';
import { corrupted } from '../src/eval/methods/baselines.ts';
import { openOpencv } from '../src/eval/methods/opencv.ts';
import { cropImage } from '../src/image/crop.ts';
import { centreHole, halfHole } from '../src/image/holes.ts';
import { type Image, image, type Mask } from '../src/image/image.ts';
import { writeImage } from '../src/image/image-file.ts';
import { harmonicFill } from '../src/image/poisson.ts';
import type { MaskedImage } from '../src/inpaint/inpaint.ts';
import { loadModel } from '../src/model/folder.ts';
import { drawSheet } from '../src/report/sheet.ts';
import { printTable } from './table.ts';

const model = await loadModel(process.argv[2] ?? 'landscape-64');
const { size } = model.card.image;
const half = size / 2;
const sides = ['left', 'right', 'top', 'bottom'] as const;
const corners = { left: [0, 0], right: [half, 0], top: [0, 0], bottom: [0, half] } as const;

/** A hole, and the squares of half the side that it is made of. */
interface Kind {
  readonly name: string;
  readonly hole: (i: number) => Mask;
  readonly squares: (i: number) => readonly (readonly [x: number, y: number])[];
}
const kinds: readonly Kind[] = [
  { name: 'centre', hole: () => centreHole(size, size), squares: () => [[size / 4, size / 4]] },
  {
    name: 'half',
    hole: (i) => halfHole(size, size, sides[i % 4]!),
    squares: (i) => {
      const side = sides[i % 4]!;
      const [x, y] = corners[side];
      const along = side === 'left' || side === 'right' ? [x, half] : [half, y];
      return [[x, y], along as [number, number]];
    },
  },
];
const { telea, navierStokes } = await openOpencv();
const methods: readonly Method[] = [
  { name: 'harmonic', fill: harmonicFill },
  { name: 'Telea', fill: telea },
  { name: 'Navier-Stokes', fill: navierStokes },
  { name: 'default', options: {} },
];

const heldout = await openDataset('landscapes', { size, split: 'heldout', count: Number(process.argv[3] ?? 999) });
const truths = await all(heldout);
const training = await all(await openDataset('landscapes', { size, split: 'train' }));
await using holeFeatures = await openFeatures(half);
await using wholeFeatures = await openFeatures(size);
// A model that mirrors its photographs may give back a mirror image.
const gallery = await wholeFeatures.of(training);
const mirrored = await wholeFeatures.of(training.map(mirror));
const nearestTraining = async (images: readonly Image[]) => {
  const features = await wholeFeatures.of(images);
  return nearerOf(await nearest(features, gallery), await nearest(features, mirrored));
};
const ofTruths = await nearestTraining(truths);

/** What a method made of one kind of hole. */
interface Row extends ReturnType<typeof summary>, Memorisation {
  readonly kind: string;
  readonly method: string;
  readonly distance: KernelDistance;
}
const rows: Row[] = [];
for (const kind of kinds) {
  const holes: MaskedImage[] = truths.map((truth, i) => ({ image: truth, mask: kind.hole(i) }));
  const squares = (images: readonly Image[]) =>
    images.flatMap((picture, i) =>
      kind.squares(i).map(([x, y]) => cropImage(picture, { x, y, width: half, height: half })),
    );
  const real = await holeFeatures.of(squares(truths));
  const results: MethodResult[] = [];
  for (const method of methods) {
    const result = await runMethod(method, model, holes);
    results.push(result);
    const images = result.outcomes.map((outcome) => outcome.image);
    const distance = await kernelDistance(await holeFeatures.of(squares(images)), real);
    const near = await nearestTraining(result.outcomes.map(({ generated, image: filled }) => generated ?? filled));
    const { share, nearer } = memorisation(near.distance, ofTruths.distance);
    rows.push({ kind: kind.name, method: method.name, distance, ...summary(result), share, nearer });
  }
  await drawKind(kind, holes, results);
}

printTable(
  ['hole', 'method', 'KID-like of holes', '±', 'hole PSNR', 'whole PSNR', 'SSIM'],
  rows.map((r) => [
    ...[r.kind, r.method, r.distance.value.toFixed(4), r.distance.standardError.toFixed(4)],
    ...[r.hole.toFixed(2), r.whole.toFixed(2), r.ssim.toFixed(3)],
  ]),
);
for (const { name } of kinds) {
  const of = (method: string) => rows.find((r) => r.kind === name && r.method === method)!;
  const ours = of('default');
  const against = methods
    .slice(0, -1)
    .map((m) => `${(ours.distance.value / of(m.name).distance.value).toFixed(2)} of ${m.name}'s`);
  console.log(`${name}: the distance of default is ${against.join(', ')}.`);
  console.log(
    `${name}: ${(100 * ours.share).toFixed(0)} % of what G drew lies nearer to a training photograph than 95 % of held-out ones do (5 % without copying); nearer than a held-out one with probability ${ours.nearer.toFixed(2)} (0.5 without copying).`,
  );
}
await writeWhole(
  'out/landscapes/report.json',
  `${JSON.stringify({ model: model.card.name, images: truths.length, rows }, null, 2)}\n`,
);

/** Rows of held-out photographs: the hole, every method, the truth, and the training photograph nearest to what G drew. */
async function drawKind(kind: Kind, holes: readonly MaskedImage[], results: readonly MethodResult[]): Promise<void> {
  const shown = Array.from({ length: Math.min(12, holes.length) }, (_, r) => Math.floor((r * holes.length) / 12));
  const ours = results.at(-1)!.outcomes;
  const near = await nearestTraining(shown.map((i) => ours[i]!.generated!));
  const sheet = await drawSheet({
    title: `Held-out photographs, ${kind.name} holes`,
    columns: ['corrupted', ...methods.map(({ name }) => name), 'G(z)', 'true', 'nearest trained'],
    rows: shown.map((i, row) => ({
      images: [
        corrupted(holes[i]!.image, holes[i]!.mask),
        ...results.map(({ outcomes }) => outcomes[i]!.image),
        ours[i]!.generated!,
        holes[i]!.image,
        training[near.index[row]!]!,
      ],
    })),
    scale: 2,
  });
  await writeImage(`out/landscapes/${kind.name}.png`, sheet);
}

async function all(dataset: Dataset): Promise<Image[]> {
  return Promise.all(Array.from({ length: dataset.length }, (_, i) => dataset.image(i)));
}

function mirror({ width, height, channels, data }: Image): Image {
  const turned = data.map((_, i) => data[i + width - 1 - 2 * (i % width)]!);
  return image(width, height, channels, turned);
}
