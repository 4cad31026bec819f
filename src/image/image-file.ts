/** @file Image files, through sharp. Node only; sharp is loaded when first needed. */

import { extname } from 'node:path';
import { LatentfillError } from '../base/errors.ts';
import { writeWhole } from '../base/write-whole.ts';
import { type Decoded, decode, readable } from './decode.ts';
import { checkImage, type Image, image } from './image.ts';
import { checkMaskValues } from './mask.ts';
import { loadSharp } from './sharp.ts';
import type { Layer } from './transparency.ts';

/** The contents of a file, at 8 bits a channel, in sRGB; the colours of transparent pixels are those of the file. */
export interface ImageFile extends Layer {
  /** Whether the file has more than 8 bits a channel, which were rounded. */
  readonly isDeep: boolean;
  /** Whether the file's colours were in another space than sRGB, and were converted. */
  readonly isForeign: boolean;
}

/** Settings of {@link readImage}. */
export interface ReadOptions {
  /**
   * Pixels needed on the shorter side. A picture with more than eight times as many is shrunk to four times as many
   * while it is decoded, which is much faster and takes less memory. Left out: full resolution.
   */
  readonly wanted?: number;
}

/**
 * Reads PNG, JPEG, WebP, TIFF, GIF or AVIF, turned upright, as 3 channels.
 * @throws LatentfillError when it cannot: no file, damaged, of another kind, or above 50 megapixels.
 */
export async function readImage(path: string, options: ReadOptions = {}): Promise<ImageFile> {
  return decodeImage(await readable(path), path, options);
}

/** Reads the bytes of an image file as {@link readImage} does. Errors call it `name`. */
export async function decodeImage(bytes: Uint8Array, name: string, options: ReadOptions = {}): Promise<ImageFile> {
  const { rgba, width, height, isDeep, isForeign } = await decode(bytes, name, options);
  const area = width * height;
  const data = new Float32Array(3 * area);
  for (let i = 0; i < area; i++) for (let c = 0; c < 3; c++) data[c * area + i] = rgba[4 * i + c]! / 255;
  return { image: image(width, height, 3, data), alpha: alphaOf(rgba), isDeep, isForeign };
}

/** PNG bytes of an image, with transparency if given. @throws LatentfillError for values that no image has. */
export async function encodePng(picture: Image, alpha?: Float32Array): Promise<Uint8Array> {
  return (await raw(picture, alpha)).png().toBuffer();
}

/**
 * Writes an image in the format that the file's name says, whole or not at all: PNG and WebP without loss, JPEG at
 * quality 95 and without transparency.
 * @throws LatentfillError for another suffix, for values that no image has, and when the file cannot be written.
 */
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
        ? pixels.webp({ lossless: true, exact: true })
        : pixels.removeAlpha().jpeg({ quality: 95, chromaSubsampling: '4:4:4' });
  await writeWhole(path, await encoded.toBuffer(), signal);
}

/** @throws LatentfillError unless {@link writeImage} knows the format that the file's name says. */
export function checkOutput(path: string): void {
  if (!/\.(png|jpe?g|webp)$/i.test(path)) {
    throw new LatentfillError(
      'file',
      `Expected an output file that ends in .png, .jpg or .webp, got '${path}': rename it.`,
    );
  }
}

/** The transparency, or nothing where every pixel is opaque. */
function alphaOf(rgba: Decoded['rgba']): Float32Array | undefined {
  const alpha = new Float32Array(rgba.length / 4);
  let opaque = true;
  for (let i = 0; i < alpha.length; i++) {
    alpha[i] = rgba[4 * i + 3]! / 255;
    if (alpha[i] !== 1) opaque = false;
  }
  return opaque ? undefined : alpha;
}

async function raw(picture: Image, alpha?: Float32Array) {
  checkImage(picture);
  const { width, height, channels, data } = picture;
  if (alpha) checkMaskValues({ width, height, data: alpha }, 'the transparency');
  const sharp = await loadSharp();
  const area = width * height;
  const all = channels + (alpha ? 1 : 0);
  const bytes = new Uint8Array(area * all);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < channels; c++) bytes[i * all + c] = Math.round(data[c * area + i]! * 255);
    if (alpha) bytes[i * all + channels] = Math.round(alpha[i]! * 255);
  }
  return sharp(bytes, { raw: { width, height, channels: all as 1 | 2 | 3 | 4 } });
}
