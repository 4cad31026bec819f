/** @file Pictures of any shape as the square RGB pictures of a dataset. */

import { cropImage } from '../image/crop.ts';
import { type Image, image } from '../image/image.ts';
import type { ImageFile } from '../image/image-file.ts';
import { resizeImage } from '../image/resize.ts';

/**
 * The largest square of a picture at `size` pixels a side, on white where it is transparent. `at` says where along the
 * longer side the square lies, from 0 (left or top) to 1.
 */
export function squareOf(file: ImageFile, size: number, at = 0.5): Image {
  return windowOf(file, size, { share: 1, x: at, y: at });
}

/** A square within a picture. */
export interface Window {
  /** Its side, as a part of the picture's shorter side: above 0, up to 1. */
  readonly share: number;
  /** Where it lies, from 0 (left) to 1 and from 0 (top) to 1. */
  readonly x: number;
  readonly y: number;
}

/** A square of a picture at `size` pixels a side, on white where it is transparent. */
export function windowOf(file: ImageFile, size: number, { share, x, y }: Window): Image {
  const picture = onWhite(file);
  const side = Math.max(1, Math.floor(Math.min(picture.width, picture.height) * share));
  const [left, top] = [Math.floor((picture.width - side) * x), Math.floor((picture.height - side) * y)];
  return resizeImage(cropImage(picture, { x: left, y: top, width: side, height: side }), size, size);
}

/** Bytes of a square picture, plane by plane, at `size` pixels a side; one plane is grey and becomes three. */
export function fromPlanes(bytes: Uint8Array, side: number, size: number): Image {
  const data = new Float32Array(3 * side * side);
  for (let i = 0; i < data.length; i++) data[i] = bytes[i % bytes.length]! / 255;
  return resizeImage(image(side, side, 3, data), size, size);
}

/** The image on white, as a viewer shows it: the colours of transparent pixels are arbitrary. */
function onWhite({ image: picture, alpha }: ImageFile): Image {
  if (!alpha) return picture;
  const shown = picture.data.map((v, i) => 1 + (v - 1) * alpha[i % alpha.length]!);
  return image(picture.width, picture.height, picture.channels, shown);
}
