/** @file `latentfill mask`: how a mask is understood, as a picture and in words. */

import { defineCommand } from 'citty';
import { checkOutput, writeImage } from '../image/image-file.ts';
import { boundingBox } from '../image/mask.ts';
import { shareText } from '../image/mask-meaning.ts';
import { piecesOf } from '../image/pieces.ts';
import { overlay } from '../report/overlay.ts';
import { interruptSignal } from './exit-code.ts';
import { commonFlags } from './flags.ts';
import { checkPlaces } from './outputs.ts';
import { maskFlags, maskOptionsOf, readHole, toldOf } from './read-hole.ts';
import { teller } from './say-once.ts';
import { print, printJson } from './terminal.ts';

const args = {
  picture: { type: 'positional', required: true, description: 'The picture to fill.' },
  mask: {
    type: 'positional',
    required: false,
    description: "Its mask; left out, the picture's transparent part is the hole.",
  },
  out: {
    type: 'string',
    required: true,
    valueHint: 'file',
    description: 'Where to write the picture with its hole marked (.png, .jpg or .webp).',
  },
  ...maskFlags,
  ...commonFlags,
} as const;

export default defineCommand({
  meta: { name: 'mask', description: 'Show which part of a picture a mask would have filled.' },
  args,
  async run({ args: given }) {
    const signal = interruptSignal('nothing was written');
    const { picture, mask: maskPath, out } = given;
    const options = maskOptionsOf(given);
    checkOutput(out);
    await checkPlaces([{ image: picture, mask: maskPath, out, candidates: undefined }]);
    const hole = await readHole({ image: picture, mask: maskPath }, options);
    const { width, height, data } = hole.mask;
    await writeImage(out, overlay(hole.image, hole.mask), { signal });
    const pieces = piecesOf(width, height, (i) => data[i]! > 0).areas.length;
    const box = boundingBox(hole.mask)!;
    const file = maskPath ?? picture;
    teller().note(file, hole);
    if (given.json) {
      printJson({ image: picture, mask: toldOf(hole), pieces, box, out });
      return;
    }
    const { from, note } = hole.understood;
    const means = { luma: 'white', alpha: 'transparent', colour: 'painted' }[from];
    const what = note === undefined ? `the hole is what is ${means}${options.invert ? ' not' : ''}: ` : '';
    print([
      `${file}: ${what}${shareText(toldOf(hole).hole)}, in ${pieces} ${pieces === 1 ? 'piece' : 'pieces'}, ` +
        `${box.width}×${box.height} pixels from (${box.x}, ${box.y}) of ${width}×${height}`,
      `${out}: the hole in magenta, soft edges in yellow`,
    ]);
  },
});
