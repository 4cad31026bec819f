/** @file `latentfill demo`: a first look, with pictures that ship and nothing else. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineCommand } from 'citty';
import { psnr } from '../eval/measures/psnr.ts';
import { corrupted } from '../eval/methods/baselines.ts';
import { holeInTurn } from '../image/holes.ts';
import { type Image, image, type Mask } from '../image/image.ts';
import { readImage, writeImage } from '../image/image-file.ts';
import { resizeImage } from '../image/resize.ts';
import { openHere } from '../inpaint/inpainter.ts';
import { loadModel } from '../model/folder.ts';
import { mosaic } from '../report/inline.ts';
import { interruptSignal } from './exit-code.ts';
import { commonFlags } from './flags.ts';
import { bar, liveLine, print, printJson } from './terminal.ts';

/** Faces that the model was not trained on, beside it in the package. */
const FACES = 8;
const MODEL = 'toon-64';

const args = {
  out: {
    type: 'string',
    default: 'latentfill-demo',
    valueHint: 'folder',
    description: 'Where the pictures are written.',
  },
  ...commonFlags,
} as const;

export default defineCommand({
  meta: { name: 'demo', description: 'Fill holes in eight faces that the model never saw, and write what came of it.' },
  args,
  async run({ args: given }) {
    const signal = interruptSignal('nothing more was written');
    const { out } = given;
    const model = await loadModel(MODEL);
    await using inpainter = await openHere(model);
    const masked = [];
    for (let i = 0; i < FACES; i++) {
      const file = new URL(`../../models/${MODEL}/heldout/${i}.png`, import.meta.url);
      const { image } = await readImage(fileURLToPath(file));
      masked.push({ image, mask: holeInTurn(image.width, i, 'demo') });
    }
    const line = liveLine();
    const began = performance.now();
    const onStep = ({ step: [done, all] }: { step: readonly [number, number] }) =>
      line.update(`${bar(done, all)} ${FACES} faces, step ${done} of ${all}`);
    const filled: Image[] = [];
    for (const one of await inpainter.inpaintAll(masked, {}, { signal, onStep })) {
      filled.push(await one.blended({ signal }));
    }
    const seconds = (performance.now() - began) / 1000;
    line.done();

    const rows = [masked.map(({ image, mask }) => corrupted(image, mask)), filled, masked.map(({ image }) => image)];
    const sheet = mosaic(rows.flat(), FACES);
    const files = {
      sheet: resizeImage(sheet, 2 * sheet.width, 2 * sheet.height),
      picture: masked[0]!.image,
      mask: greyOf(masked[0]!.mask),
      filled: filled[0]!,
    };
    for (const [name, picture] of Object.entries(files))
      await writeImage(join(out, `${name}.png`), picture, { signal });
    const each = masked.map(({ image, mask }, i) => psnr(filled[i]!, image, mask).hole);
    const mean = each.reduce((sum, db) => sum + db, 0) / FACES;
    if (given.json) {
      printJson({ out, model: MODEL, faces: FACES, holePsnr: mean, seconds });
      return;
    }
    print([
      `${join(out, 'sheet.png')}: ${FACES} faces with holes, filled, and as they were; ${mean.toFixed(1)} dB in the holes, ${seconds.toFixed(1)} s`,
      `The first of them again, or a picture and a mask of yours (white is filled):`,
      `  latentfill inpaint ${join(out, 'picture.png')} --mask ${join(out, 'mask.png')} --out filled.png`,
    ]);
  },
});

function greyOf({ width, height, data }: Mask): Image {
  return image(width, height, 1, data);
}
