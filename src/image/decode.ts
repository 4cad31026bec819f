/** @file The pixels of an image file, through sharp. Node only; sharp is loaded when first needed. */

import { readFile, stat } from 'node:fs/promises';
import { LatentfillError } from '../base/errors.ts';
import { loadSharp } from './sharp.ts';

/** Pixels of an image at most; a larger one would take gigabytes as floats. */
const MAX_PIXELS = 50_000_000;

/** The largest file that is opened: twice what 50 megapixels of 16-bit RGBA need. */
const MAX_BYTES = 800_000_000;

/**
 * The formats that are read, whatever a file's name. SVG and PDF, which sharp reads too, are programs rather than
 * pixels.
 */
const KINDS = ['png', 'jpeg', 'webp', 'tiff', 'gif', 'heif'];

/** What is decoded of a file. */
export interface Decoded {
  /** Red, green, blue and alpha, pixel by pixel, in sRGB: 8 bits each, or 16 where these are `deep`. */
  readonly rgba: Uint8Array | Uint16Array;
  readonly width: number;
  readonly height: number;
  /** `png`, `jpeg`, `webp` …: what the file is, whatever its name. */
  readonly format: string;
  /** Whether the file itself has more than 8 bits a channel. */
  readonly isDeep: boolean;
  /** Whether the file's colours are in another space than sRGB. */
  readonly isForeign: boolean;
}

/** How a file is decoded. */
export interface DecodeOptions {
  /**
   * Pixels needed on the shorter side: a picture with more than eight times as many is shrunk to four times as many.
   */
  readonly wanted?: number | undefined;
  /** Keeps the 16 bits of a file that has them. */
  readonly deep?: boolean;
}

/**
 * Decodes PNG, JPEG, WebP, TIFF, GIF or AVIF, turned upright. Errors call the file `path`.
 * @throws LatentfillError for a file that is damaged, of another kind, or above 50 megapixels.
 */
export async function decode(
  bytes: Uint8Array,
  path: string,
  { wanted, deep = false }: DecodeOptions = {},
): Promise<Decoded> {
  const sharp = await loadSharp();
  try {
    const { width, height, format, depth, space, icc } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (!KINDS.includes(format)) throw new Error(`a file of the kind ${format}`);
    if (width * height > MAX_PIXELS) {
      throw new LatentfillError(
        'image',
        `Expected at most ${MAX_PIXELS / 1e6} megapixels in '${path}', got ${width}×${height}: shrink it or crop it to the part to fill.`,
      );
    }
    const isDeep = depth !== 'uchar' && depth !== 'char' && depth !== undefined;
    const at16 = deep && isDeep;
    // A truncated file must give an error, not an image that ends in grey.
    const opened = sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PIXELS }).autoOrient();
    const large = wanted !== undefined && Math.min(width, height) > 8 * wanted;
    const { data, info } = await (large ? opened.resize(4 * wanted, 4 * wanted, { fit: 'outside' }) : opened)
      .toColourspace(at16 ? 'rgb16' : 'srgb')
      .ensureAlpha()
      .raw({ depth: at16 ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return {
      rgba: at16 ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data,
      width: info.width,
      height: info.height,
      format,
      isDeep,
      isForeign: !/^(srgb|b-w|rgb16|grey16)$/.test(space) || (icc !== undefined && !isSrgb(icc)),
    };
  } catch (cause) {
    if (cause instanceof LatentfillError) throw cause;
    throw new LatentfillError(
      'image',
      `Expected an image in '${path}', got a file that is damaged or of another kind: save it again as PNG or JPEG.`,
      { cause },
    );
  }
}

/** Whether a profile calls itself sRGB, in either form of text that profiles have. */
function isSrgb(icc: Buffer): boolean {
  return icc.includes('sRGB') || icc.includes(Buffer.from('sRGB', 'utf16le').swap16());
}

/**
 * The bytes of an image file.
 * @throws LatentfillError when there is none, when it is no file, is too large, or may not be read.
 */
export async function readable(path: string): Promise<Buffer> {
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
