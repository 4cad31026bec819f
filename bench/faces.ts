/** @file `npm run bench:faces`: held-out faces with a centre hole, default search against mean colour and harmonic filling. */

import { fileURLToPath } from 'node:url';
import { openDataset } from '../src/data/open-dataset.ts';
import { type Method, runMethod, summary } from '../src/eval/compare.ts';
import { meanColour } from '../src/eval/methods/baselines.ts';
import { centreHole } from '../src/image/holes.ts';
import { harmonicFill } from '../src/image/poisson.ts';
import { loadModel } from '../src/model/folder.ts';
import { printTable } from './table.ts';

const count = Number(process.argv[2] ?? 64);
const model = await loadModel(process.argv[3] ?? fileURLToPath(new URL('../models/toon-64', import.meta.url)));
const { size } = model.card.image;
const faces = await openDataset('toon', { size, split: 'heldout', count });
const holes = [];
for (let i = 0; i < count; i++) holes.push({ image: await faces.image(i), mask: centreHole(size, size) });

const methods: Method[] = [
  { name: 'mean colour', fill: meanColour },
  { name: 'harmonic', fill: harmonicFill },
  { name: 'default', options: {} },
];
const rows = [];
for (const method of methods) {
  const result = await runMethod(method, model, holes);
  rows.push({ method: method.name, ...summary(result), secondsPerImage: result.secondsPerImage });
}
printTable(
  ['method', 'hole PSNR', 'whole PSNR', 'SSIM', 's/image'],
  rows.map((r) => [r.method, r.hole.toFixed(2), r.whole.toFixed(2), r.ssim.toFixed(3), r.secondsPerImage.toFixed(2)]),
);
const [mean, , ours] = rows;
console.log(JSON.stringify({ images: count, hole: ours!.hole, aboveMeanColour: ours!.hole - mean!.hole }));
