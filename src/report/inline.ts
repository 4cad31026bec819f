/** @file Pictures to embed in other files. Node only. */

import { LatentfillError } from '../base/errors.ts';
import { checkImage, type Image, image } from '../image/image.ts';
import { pixelsOf } from '../image/pixels.ts';
import { loadSharp } from '../image/sharp.ts';

/**
 * JPEG bytes of a picture with all of its colour, about 2 kB for 64×64. (WebP halves colour's resolution, which at such sizes
 * hides what a generator does wrong; without loss it takes five times as much.)
 */
export async function encodeJpeg(picture: Image): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const { width, height, data } = pixelsOf(picture);
  return sharp(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .jpeg({ quality: 90, chromaSubsampling: '4:4:4', mozjpeg: true })
    .toBuffer();
}

/** A picture as a `data:` address, in JPEG. */
export async function dataUrl(picture: Image): Promise<string> {
  return `data:image/jpeg;base64,${Buffer.from(await encodeJpeg(picture)).toString('base64')}`;
}

/** Pictures of one size side by side, `across` in a row, with nothing between; what is missing in the last row is grey. */
export function mosaic(pictures: readonly Image[], across: number): Image {
  const [first] = pictures;
  if (!first) throw new LatentfillError('image', 'Expected at least one picture to lay out, got none: give one.');
  const { width, height, channels } = first;
  for (const picture of pictures) {
    checkImage(picture);
    if (picture.width === width && picture.height === height && picture.channels === channels) continue;
    throw new LatentfillError(
      'image',
      `Expected pictures of ${width}×${height}×${channels} like the first to lay out, got one of ${picture.width}×${picture.height}×${picture.channels}: resize it first.`,
    );
  }
  const rows = Math.ceil(pictures.length / across);
  const [w, h] = [across * width, rows * height];
  const data = new Float32Array(w * h * channels).fill(0.5);
  for (const [i, picture] of pictures.entries()) {
    const [x, y] = [(i % across) * width, Math.floor(i / across) * height];
    for (let line = 0; line < channels * height; line++) {
      const to = (Math.floor(line / height) * h + y + (line % height)) * w + x;
      data.set(picture.data.subarray(line * width, (line + 1) * width), to);
    }
  }
  return image(w, h, channels, data);
}
