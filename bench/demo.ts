/**
 * @file `npm run demo`: three held-out faces under holes of four kinds, filled by each preset: a sheet, a report, a table. It is
 * `latentfill eval` on a few faces, done anew each time.
 */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeWhole } from '../src/base/write-whole.ts';
import { bar, liveLine } from '../src/cli/terminal.ts';
import { openDataset } from '../src/data/open-dataset.ts';
import type { Case } from '../src/eval/evaluation/cases.ts';
import { type Evaluation, evaluate } from '../src/eval/evaluation/evaluate.ts';
import { keptPicture } from '../src/eval/evaluation/pictures.ts';
import { corrupted } from '../src/eval/methods/baselines.ts';
import { methodsOf } from '../src/eval/methods/parse.ts';
import { openProtocols } from '../src/eval/protocols/parse.ts';
import { reportEvaluation } from '../src/eval/reporting/report.ts';
import { ALL } from '../src/eval/reporting/summary.ts';
import type { Image } from '../src/image/image.ts';
import { writeImage } from '../src/image/image-file.ts';
import { loadModel } from '../src/model/folder.ts';
import { drawSheet } from '../src/report/sheet.ts';
import { printTable } from './table.ts';

const OUT = 'out/demo';
/** Results and pictures of the evaluation. */
const KEPT = join(OUT, 'evaluation');
const FACES = 3;
/** The course project let its search run for up to 250 000 steps; a demo cannot. */
const IFT6266_STEPS = 300;
const REFERENCE = 'default';

const model = await loadModel(fileURLToPath(new URL('../models/toon-64', import.meta.url)));
const { size } = model.card.image;
const evaluation: Evaluation = {
  model,
  dataset: await openDataset('toon', { size, split: 'heldout', count: FACES }),
  source: 'toon',
  protocols: await openProtocols('center,half,random80,strokes'),
  methods: methodsOf(`mean,ift6266:steps=${IFT6266_STEPS},yeh2017,${REFERENCE}`, {
    nearestTraining: () => Promise.reject(new Error('no method of the demo looks at training pictures')),
  }),
  ...{ count: FACES, seed: 0, captions: false, out: KEPT },
};
const holes = FACES * evaluation.protocols.length;
console.log(`Filling ${holes} holes in faces that the model never saw, with each method in turn …`);
const began = performance.now();
await rm(KEPT, { recursive: true, force: true });
const line = liveLine();
const cases = await evaluate(evaluation, {
  onProgress: (pace, method) => line.update(`${bar(pace.done, pace.all)} ${method}`),
});
line.update('measuring what networks see in the fills');
const report = await reportEvaluation(evaluation, { cases, reference: REFERENCE });
line.done();
for (const page of ['report.html', 'by-eye.html']) await writeWhole(join(OUT, page), report.files[page]!);
await writeImage(join(OUT, 'sheet.png'), await sheetOf(cases));

const rows = report.rows
  .filter(({ protocol }) => protocol !== ALL)
  .map(({ protocol: mask, method, figures: { hole, whole, ssim, seconds } }) => ({
    ...{ mask, method, hole: hole!.own.mean, whole: whole!.own.mean, ssim: ssim!.own.mean },
    secondsPerImage: seconds!.own.mean,
  }));
printTable(
  ['mask', 'method', 'hole PSNR', 'whole PSNR', 's/image'],
  rows.map((r) => [r.mask, r.method, r.hole.toFixed(2), r.whole.toFixed(2), r.secondsPerImage.toFixed(2)]),
);
console.log(
  `PSNR in dB, means of ${FACES} faces: an illustration, not a ranking. ift6266 stops after ${IFT6266_STEPS} steps here; its own cap is 250 000. A face's true pixels are only used to score it.`,
);
const seconds = (performance.now() - began) / 1000;
await writeWhole(
  join(OUT, 'report.json'),
  `${JSON.stringify({ model: model.card.name, ift6266Steps: IFT6266_STEPS, rows, seconds }, null, 2)}\n`,
);
console.log(`Wrote sheet.png, report.json, report.html and by-eye.html in ${OUT} in ${seconds.toFixed(0)} s.`);

/** A row for each kind of hole; of each face, its hole, what the model drew, the fill and the truth. */
async function sheetOf(all: readonly Case[]): Promise<Image> {
  const own = new Map(evaluation.protocols.map(({ name }) => [name, [] as Image[]]));
  for (const one of all) {
    const drawn = await keptPicture(KEPT, 'reconstructions', REFERENCE, one);
    const filled = await keptPicture(KEPT, 'fills', REFERENCE, one);
    own.get(one.protocol)!.push(corrupted(one.truth, one.mask), drawn, filled, one.truth);
  }
  return drawSheet({
    title: 'Faces that the model never saw: filled by latent search (default)',
    columns: Array.from({ length: FACES }, () => ['corrupted', 'reconstructed', 'blended', 'true']).flat(),
    rows: [...own].map(([label, images]) => ({ label, images })),
    scale: 2,
  });
}
