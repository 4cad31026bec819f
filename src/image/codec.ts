/** @file Image files, through sharp. Node only; sharp is loaded when first needed. */

import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { LatentfillError } from '../base/errors.ts';
import { writeWhole } from '../base/files.ts';
import { type Image, image, type Mask, mask } from './image.ts';

/** The most pixels that are read: above, a picture would take gigabytes as floats. */
const MAX_PIXELS = 50_000_000;

/** What a file holds: its picture in sRGB, and its transparency [height, width] where it has any (0: transparent). */
export interface ImageFile {
  readonly image: Image;
  readonly alpha: Float32Array | undefined;
}

/** Reads PNG, JPEG, WebP, TIFF, GIF or AVIF, turned upright, as 3 channels. @throws LatentfillError when it cannot. */
export async function readImage(path: string): Promise<ImageFile> {
  const { data, width, height } = await decode(path, 4);
  const area = width * height;
  const planes = new Float32Array(4 * area);
  for (let i = 0; i < area; i++) for (let c = 0; c < 4; c++) planes[c * area + i] = data[4 * i + c]! / 255;
  const alpha = planes.subarray(3 * area);
  return {
    image: image(width, height, 3, planes.slice(0, 3 * area)),
    alpha: alpha.every((a) => a === 1) ? undefined : alpha.slice(),
  };
}

/** Reads a mask file: white is the hole, black is kept, grey is a soft edge; the other way round with `invert`. */
export async function readMask(path: string, { invert = false } = {}): Promise<Mask> {
  const { data, width, height } = await decode(path, 1);
  return mask(
    width,
    height,
    Float32Array.from(data, (v) => (invert ? 255 - v : v) / 255),
  );
}

/** PNG bytes of an image, with transparency if given. */
export async function encodePng(picture: Image, alpha?: Float32Array): Promise<Uint8Array> {
  return (await raw(picture, alpha)).png().toBuffer();
}

/** Writes an image in the format that the file's name says, whole or not at all. @throws LatentfillError when it cannot. */
export async function writeImage(
  path: string,
  picture: Image,
  { alpha, signal }: { alpha?: Float32Array | undefined; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  checkOutput(path);
  const pixels = await raw(picture, alpha);
  const suffix = extname(path).toLowerCase();
  const encoded =
    suffix === '.png'
      ? pixels.png()
      : suffix === '.webp'
        ? pixels.webp({ lossless: true })
        : pixels.jpeg({ quality: 95 });
  await writeWhole(path, await encoded.toBuffer(), signal);
}

/** @throws LatentfillError unless {@link writeImage} knows the format that the file's name says. */
export function checkOutput(path: string): void {
  if (!/\.(png|jpe?g|webp)$/i.test(path)) {
    throw new LatentfillError(`Expected an output file that ends in .png, .jpg or .webp, got '${path}': rename it.`);
  }
}

async function decode(path: string, channels: 1 | 4): Promise<{ data: Uint8Array; width: number; height: number }> {
  const bytes = await readable(path);
  const { default: sharp } = await import('sharp');
  const broken = (cause: unknown) =>
    new LatentfillError(
      `Expected an image in '${path}', got a file that is damaged or of another kind: save it again as PNG or JPEG.`,
      {
        cause,
      },
    );
  const { width, height } = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((cause) => {
      throw broken(cause);
    });
  if (width * height > MAX_PIXELS) {
    throw new LatentfillError(
      `Expected at most ${MAX_PIXELS / 1e6} megapixels in '${path}', got ${width}×${height}: shrink it or cut out the part to fill.`,
    );
  }
  // A truncated file must not pass as a grey rest: warnings are failures.
  const upright = sharp(bytes, { failOn: 'warning' })
    .autoOrient()
    .toColourspace(channels === 1 ? 'b-w' : 'srgb');
  const pixels = channels === 1 ? upright.flatten({ background: '#000' }).extractChannel(0) : upright.ensureAlpha();
  const decoded = await pixels
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((cause) => {
      throw broken(cause);
    });
  return { data: decoded.data, width: decoded.info.width, height: decoded.info.height };
}

async function readable(path: string): Promise<Buffer> {
  const file = await open(path).catch(() => {
    throw new LatentfillError(`Expected an image file at '${path}', got none that can be opened: check the name.`);
  });
  try {
    if (!(await file.stat()).isFile()) throw new LatentfillError(`Expected an image file at '${path}', got a folder.`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

async function raw({ width, height, channels, data }: Image, alpha?: Float32Array) {
  const { default: sharp } = await import('sharp');
  const area = width * height;
  const all = channels + (alpha ? 1 : 0);
  const bytes = new Uint8Array(area * all);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < channels; c++) bytes[i * all + c] = Math.round(data[c * area + i]! * 255);
    if (alpha) bytes[i * all + channels] = Math.round(alpha[i]! * 255);
  }
  return sharp(bytes, { raw: { width, height, channels: all as 1 | 3 | 4 } });
}
