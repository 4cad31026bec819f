/** @file `npm run demo`: held-out faces under holes of four shapes, filled by each preset; a sheet, a report, a table. */

import { fileURLToPath } from 'node:url';
import { random } from '../src/base/random.ts';
import { writeWhole } from '../src/base/write-whole.ts';
import { openDataset } from '../src/data/open-dataset.ts';
import { type Method, type MethodResult, runMethod, summary } from '../src/eval/compare.ts';
import { corrupted, meanColour } from '../src/eval/methods/baselines.ts';
import { centreHole, halfHole, randomHole, strokeHole } from '../src/image/holes.ts';
import type { Mask } from '../src/image/image.ts';
import { encodePng } from '../src/image/image-file.ts';
import type { MaskedImage } from '../src/inpaint/inpaint.ts';
import { loadModel } from '../src/model/folder.ts';
import { drawSheet } from '../src/report/sheet.ts';
import { printTable } from './table.ts';

const FACES_PER_MASK = 3;
/** The course project let its search run for up to 250 000 steps; a demo cannot. */
const IFT6266_STEPS = 300;

const sides = ['left', 'right', 'top', 'bottom'] as const;
const masks: Record<string, (size: number, i: number) => Mask> = {
  centre: (size) => centreHole(size, size),
  half: (size, i) => halfHole(size, size, sides[i % 4]!),
  'random 80 %': (size, i) => randomHole(size, size, 0.8, random('demo', 'random', i)),
  strokes: (size, i) => strokeHole(size, size, random('demo', 'strokes', i)),
};
const methods: Method[] = [
  { name: 'mean colour', fill: meanColour },
  { name: `ift6266 (${IFT6266_STEPS} steps)`, options: { preset: 'ift6266', steps: IFT6266_STEPS } },
  { name: 'yeh2017', options: { preset: 'yeh2017' } },
  { name: 'default', options: {} },
];

const root = fileURLToPath(new URL('..', import.meta.url));
const model = await loadModel(`${root}/models/toon-64`);
const { size } = model.card.image;
const faces = await openDataset('toon', { size, split: 'heldout' });
const names = Object.keys(masks);
const holes: MaskedImage[] = [];
for (const [m, name] of names.entries()) {
  for (let i = 0; i < FACES_PER_MASK; i++) {
    holes.push({ image: await faces.image(m * FACES_PER_MASK + i), mask: masks[name]!(size, i) });
  }
}

console.log(`Filling ${holes.length} holes in faces that the model never saw, with each method in turn …`);
const began = performance.now();
const results: MethodResult[] = [];
for (const method of methods) results.push(await runMethod(method, model, holes));

const of = (result: MethodResult, mask: number): MethodResult => ({
  ...result,
  outcomes: result.outcomes.slice(mask * FACES_PER_MASK, (mask + 1) * FACES_PER_MASK),
});
const rows = names.flatMap((mask, m) =>
  results.map((result) => {
    const { hole, whole, ssim } = summary(of(result, m));
    return { mask, method: result.method, hole, whole, ssim, secondsPerImage: result.secondsPerImage };
  }),
);
printTable(
  ['mask', 'method', 'hole PSNR', 'whole PSNR', 's/image'],
  rows.map((r) => [r.mask, r.method, r.hole.toFixed(2), r.whole.toFixed(2), r.secondsPerImage.toFixed(2)]),
);
console.log(
  `ift6266 stops after ${IFT6266_STEPS} steps here; its own cap is 250 000. PSNR in dB; each image's true pixels are only used to score it.`,
);

const best = results.at(-1)!;
const sheet = await drawSheet({
  title: 'Faces that the model never saw: filled by latent search (default)',
  columns: Array.from({ length: FACES_PER_MASK }, () => ['corrupted', 'reconstructed', 'blended', 'true']).flat(),
  rows: names.map((label, m) => ({
    label,
    images: Array.from({ length: FACES_PER_MASK }, (_, i) => m * FACES_PER_MASK + i).flatMap((i) => {
      const { image, mask } = holes[i]!;
      const { generated, image: blended } = best.outcomes[i]!;
      return [corrupted(image, mask), generated!, blended, image];
    }),
  })),
  scale: 2,
});
await writeWhole('out/demo/sheet.png', await encodePng(sheet));
const seconds = (performance.now() - began) / 1000;
await writeWhole(
  'out/demo/report.json',
  `${JSON.stringify({ model: model.card.name, ift6266Steps: IFT6266_STEPS, rows, seconds }, null, 2)}\n`,
);
console.log(`Wrote out/demo/sheet.png and out/demo/report.json in ${seconds.toFixed(0)} s.`);
