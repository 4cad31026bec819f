/** @file Pictures of any shape as the square RGB pictures of a dataset. */

import type { ImageFile } from '../image/codec.ts';
import { type Image, image } from '../image/image.ts';
import { cropImage, resizeImage } from '../image/resize.ts';

/**
 * The largest square of a picture at `size` pixels a side, on white where it is transparent. `at` says where along the
 * longer side the square lies, from 0 (left or top) to 1.
 */
export function squareOf(file: ImageFile, size: number, at = 0.5): Image {
  const picture = onWhite(file);
  const side = Math.min(picture.width, picture.height);
  const [x, y] = [Math.floor((picture.width - side) * at), Math.floor((picture.height - side) * at)];
  return resizeImage(cropImage(picture, { x, y, width: side, height: side }), size, size);
}

/** Bytes of a square picture, plane by plane, at `size` pixels a side; one plane is grey and becomes three. */
export function fromPlanes(bytes: Uint8Array, side: number, size: number): Image {
  const data = new Float32Array(3 * side * side);
  for (let i = 0; i < data.length; i++) data[i] = bytes[i % bytes.length]! / 255;
  return resizeImage(image(side, side, 3, data), size, size);
}

/** What a viewer shows: the colours under transparent pixels are any encoder's leftovers. */
function onWhite({ image: picture, alpha }: ImageFile): Image {
  if (!alpha) return picture;
  const shown = picture.data.map((v, i) => 1 + (v - 1) * alpha[i % alpha.length]!);
  return image(picture.width, picture.height, picture.channels, shown);
}
