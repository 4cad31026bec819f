/**
 * @file `npm run bench:sizes -- [COUNT]`: the same faces and holes at the model's size and at 2, 4 and 8 times that size, by
 * default. Each result is brought to the model's size and compared there; hole PSNR at the full size stands beside it.
 */

import { random } from '../src/base/random.ts';
import { openDataset } from '../src/data/open-dataset.ts';
import { psnr } from '../src/eval/measures/psnr.ts';
import { centreHole, strokeHole } from '../src/image/holes.ts';
import { type Mask, mask } from '../src/image/image.ts';
import { resizeImage } from '../src/image/resize.ts';
import { openHere } from '../src/inpaint/inpainter.ts';
import { loadModel } from '../src/model/folder.ts';
import { printTable } from './table.ts';

const count = Number(process.argv[2] ?? 64);
const model = await loadModel('toon-64');
const { size } = model.card.image;
const holes: Readonly<Record<string, (i: number) => Mask>> = {
  centre: () => centreHole(size, size),
  strokes: (i) => strokeHole(size, size, random('sizes', i)),
  eyes: () => rectangle(22, 24, 20, 12),
};
await using inpainter = await openHere(model);
const rows: string[][] = [];
for (const [name, holeOf] of Object.entries(holes)) {
  let atOwn: number | undefined;
  for (const times of [1, 2, 4, 8]) {
    const { small, full } = await run(holeOf, times);
    atOwn ??= small;
    rows.push([name, `${size * times}`, small.toFixed(2), (small - atOwn).toFixed(2), full.toFixed(2)]);
  }
}
printTable(['hole', 'pixels a side', `hole PSNR at ${size}`, 'beside 1x', 'at full size'], rows);

/** Mean hole PSNR over the faces, at the model's size and at the full one. */
async function run(holeOf: (i: number) => Mask, times: number): Promise<{ small: number; full: number }> {
  const faces = await openDataset('toon', { size: size * times, split: 'heldout', count });
  let [small, full] = [0, 0];
  for (let start = 0; start < count; start += 16) {
    const masked = [];
    for (let i = start; i < Math.min(count, start + 16); i++) {
      masked.push({ image: await faces.image(i), mask: enlarged(holeOf(i), times) });
    }
    for (const [i, filled] of (await inpainter.inpaintAll(masked)).entries()) {
      const { image, mask } = masked[i]!;
      const result = await filled.blended();
      full += psnr(result, image, mask).hole / count;
      small += psnr(resizeImage(result, size, size), resizeImage(image, size, size), holeOf(start + i)).hole / count;
    }
  }
  return { small, full };
}

function enlarged({ width, height, data }: Mask, times: number): Mask {
  const wide = width * times;
  const pixels = Float32Array.from({ length: wide * height * times }, (_, i) => {
    const [x, y] = [Math.floor((i % wide) / times), Math.floor(i / wide / times)];
    return data[y * width + x]!;
  });
  return mask(wide, height * times, pixels);
}

function rectangle(x0: number, y0: number, width: number, height: number): Mask {
  const hole = mask(size, size);
  for (let y = y0; y < y0 + height; y++) hole.data.fill(1, y * size + x0, y * size + x0 + width);
  return hole;
}
