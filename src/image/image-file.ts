/** @file Image files, through sharp. Node only; sharp is loaded when first needed. */

import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { LatentfillError } from '../base/errors.ts';
import { writeWhole } from '../base/write-whole.ts';
import { checkImage, type Image, image, type Mask, mask } from './image.ts';
import { checkMaskValues } from './mask.ts';
import { loadSharp } from './sharp.ts';

/** Pixels of an image at most; a larger one would take gigabytes as floats. */
const MAX_PIXELS = 50_000_000;

/** The largest file that is opened: twice what 50 megapixels of 16-bit RGBA need. */
const MAX_BYTES = 800_000_000;

/**
 * The contents of a file: its image in sRGB, and its alpha [height, width] (0: transparent) if any pixel is not opaque.
 */
export interface ImageFile {
  readonly image: Image;
  readonly alpha: Float32Array | undefined;
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
  const { rgba, width, height } = await decode(bytes, name, options);
  const area = width * height;
  const data = new Float32Array(3 * area);
  for (let i = 0; i < area; i++) for (let c = 0; c < 3; c++) data[c * area + i] = rgba[4 * i + c]! / 255;
  return { image: image(width, height, 3, data), alpha: alphaOf(rgba) };
}

/**
 * Reads a mask file: white is the hole, black is kept, grey is a soft edge; `invert` swaps white and black. Transparent
 * pixels count as black. But if every opaque pixel is black, the transparent ones are the hole.
 * @throws LatentfillError as {@link readImage} does.
 */
export async function readMask(path: string, { invert = false } = {}): Promise<Mask> {
  const { rgba, width, height, format } = await decode(await readable(path), path);
  const white = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.round((grey(rgba, i) * rgba[4 * i + 3]!) / 255),
  );
  if (white.every((v) => v === 0)) for (let i = 0; i < white.length; i++) white[i] = 255 - rgba[4 * i + 3]!;
  // JPEG leaves artefacts near edges, and each would be a hole.
  const clean = format === 'jpeg' ? white.map(snapped) : white;
  return mask(
    width,
    height,
    Float32Array.from(clean, (v) => (invert ? 255 - v : v) / 255),
  );
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

/**
 * The formats that are read, whatever a file's name. SVG and PDF, which sharp reads too, are programs rather than
 * pixels.
 */
const KINDS = ['png', 'jpeg', 'webp', 'tiff', 'gif', 'heif'];

async function decode(bytes: Uint8Array, path: string, { wanted }: ReadOptions = {}) {
  const sharp = await loadSharp();
  try {
    const { width, height, format } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (!KINDS.includes(format)) throw new Error(`a file of the kind ${format}`);
    if (width * height > MAX_PIXELS) {
      throw new LatentfillError(
        'image',
        `Expected at most ${MAX_PIXELS / 1e6} megapixels in '${path}', got ${width}×${height}: shrink it or crop it to the part to fill.`,
      );
    }
    // A truncated file must give an error, not an image that ends in grey.
    const opened = sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PIXELS }).autoOrient();
    const large = wanted !== undefined && Math.min(width, height) > 8 * wanted;
    const { data, info } = await (large ? opened.resize(4 * wanted, 4 * wanted, { fit: 'outside' }) : opened)
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { rgba: data as Uint8Array, width: info.width, height: info.height, format };
  } catch (cause) {
    if (cause instanceof LatentfillError) throw cause;
    throw new LatentfillError(
      'image',
      `Expected an image in '${path}', got a file that is damaged or of another kind: save it again as PNG or JPEG.`,
      { cause },
    );
  }
}

async function readable(path: string): Promise<Buffer> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new LatentfillError('file', `Expected an image file at '${path}', got none: check the name.`);
  if (!found.isFile()) {
    const kind = found.isDirectory() ? 'a folder' : 'something that is not a file';
    throw new LatentfillError('file', `Expected an image file at '${path}', got ${kind}: give the file itself.`);
  }
  if (found.size > MAX_BYTES) {
    throw new LatentfillError(
      'image',
      `Expected an image file of at most ${MAX_BYTES / 1e6} MB at '${path}', got ${Math.round(found.size / 1e6)} MB: shrink it or crop it to the part to fill.`,
    );
  }
  return readFile(path).catch((cause) => {
    throw new LatentfillError(
      'file',
      `Expected an image file at '${path}', got one that may not be read (${cause.code}): check its permissions.`,
      { cause },
    );
  });
}

/** The transparency, or nothing where every pixel is opaque. */
function alphaOf(rgba: Uint8Array): Float32Array | undefined {
  const alpha = new Float32Array(rgba.length / 4);
  let opaque = true;
  for (let i = 0; i < alpha.length; i++) {
    alpha[i] = rgba[4 * i + 3]! / 255;
    if (alpha[i] !== 1) opaque = false;
  }
  return opaque ? undefined : alpha;
}

/** Luma (Rec. 601) of a pixel, 0 to 255: that of a grey is the grey itself. */
function grey(rgba: Uint8Array, pixel: number): number {
  return Math.round(0.299 * rgba[4 * pixel]! + 0.587 * rgba[4 * pixel + 1]! + 0.114 * rgba[4 * pixel + 2]!);
}

function snapped(v: number): number {
  if (v < 16) return 0;
  return v > 239 ? 255 : v;
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
