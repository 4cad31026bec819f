/** @file `npm run demo`: held-out faces under holes of four shapes, filled by each preset; a sheet, a report, a table. */

import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { writeWhole } from '../src/base/write-whole.ts';
import { bar, liveLine } from '../src/cli/terminal.ts';
import { openDataset } from '../src/data/open-dataset.ts';
import { type Evaluation, evaluate } from '../src/eval/evaluation/evaluate.ts';
import { keptPicture } from '../src/eval/evaluation/pictures.ts';
import { corrupted } from '../src/eval/methods/baselines.ts';
import { methodsOf } from '../src/eval/methods/parse.ts';
import { openProtocols } from '../src/eval/protocols/parse.ts';
import { reportEvaluation } from '../src/eval/reporting/report.ts';
import { writeImage } from '../src/image/image-file.ts';
import { loadModel } from '../src/model/folder.ts';
import { drawSheet } from '../src/report/sheet.ts';
import { printTable } from './table.ts';

/** The course project let its search take up to 250 000 steps; a demo cannot. */
const METHODS = 'mean,ift6266:steps=300,yeh2017,default';
const FACES = 3;
const OUT = 'out/demo';

const began = performance.now();
const model = await loadModel(fileURLToPath(new URL('../models/toon-64', import.meta.url)));
const protocols = await openProtocols('center,half,random80,strokes');
const nearestTraining = () => Promise.reject(new Error('the demo looks for no training picture'));
const evaluation: Evaluation = {
  ...{ model, protocols, source: 'toon', count: FACES, seed: 0, captions: false, out: OUT },
  dataset: await openDataset('toon', { size: model.card.image.size, split: 'heldout', count: FACES }),
  methods: methodsOf(METHODS, { nearestTraining }),
};
await rm(OUT, { recursive: true, force: true }); // a demo shows the work, not what is left of an earlier one

console.log(`Filling ${FACES * protocols.length} holes in faces that the model never saw, with each method in turn …`);
const line = liveLine();
const evaluated = await evaluate(evaluation, {
  onProgress: ({ done, all }, method) => line.update(`${bar(done, all)} ${method}`),
});
line.done();
const { rows, files } = await reportEvaluation(evaluation, evaluated, { reference: 'default' });
for (const [name, text] of Object.entries(files)) await writeWhole(`${OUT}/${name}`, text);
printTable(
  ['hole', 'method', 'hole PSNR', 'whole PSNR', 'SSIM', 's/fill'],
  rows.map(({ protocol, method, figures: { hole, whole, ssim, seconds } }) => [
    ...[protocol, method, hole!.own.mean.toFixed(2), whole!.own.mean.toFixed(2)],
    ...[ssim!.own.mean.toFixed(3), seconds!.own.mean.toFixed(2)],
  ]),
);
console.log(
  `PSNR in dB; each picture's true pixels are only used to score it. ${FACES} faces are an illustration: docs/figures.md has more of them, with intervals.`,
);

const sheetRows = [];
for (const { name } of protocols) {
  const images = [];
  for (const one of evaluated.cases.filter(({ protocol }) => protocol === name)) {
    const drawn = await keptPicture(OUT, 'reconstructions', 'default', one);
    const filled = await keptPicture(OUT, 'fills', 'default', one);
    images.push(corrupted(one.truth, one.mask), drawn, filled, one.truth);
  }
  sheetRows.push({ label: name, images });
}
const sheet = await drawSheet({
  title: 'Faces that the model never saw: filled by latent search (default)',
  columns: Array.from({ length: FACES }, () => ['corrupted', 'reconstructed', 'blended', 'true']).flat(),
  rows: sheetRows,
  scale: 2,
});
await writeImage(`${OUT}/sheet.png`, sheet);
console.log(
  `Wrote ${OUT}/sheet.png, report.html and by-eye.html in ${((performance.now() - began) / 1000).toFixed(0)} s.`,
);
