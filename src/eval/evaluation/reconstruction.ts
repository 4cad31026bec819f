/** @file What the model drew of a picture, known pixels included, where the picture is. */

import { paste } from '../../image/crop.ts';
import { type Image, type Mask, mask } from '../../image/image.ts';
import type { Box } from '../../image/mask.ts';
import { resizeImage } from '../../image/resize.ts';

/** A picture as the model redrew it. */
export interface Reconstruction {
  /** G(ẑ) in each view, the picture around them. */
  readonly image: Image;
  /** 1 where no view shows the picture, or its pixel is missing: 0 where G(ẑ) can be compared with a known pixel. */
  readonly unknown: Mask;
}

/** The picture with G(ẑ) in the square of each view. */
export function reconstructed(
  picture: Image,
  hole: Mask,
  views: readonly { readonly box: Box; readonly generated: Image }[],
): Reconstruction {
  const { width, height } = picture;
  const unknown = new Float32Array(width * height).fill(1);
  let image = picture;
  for (const { box, generated } of views) {
    const seen = within(box, picture);
    const part = { ...seen, x: seen.x - box.x, y: seen.y - box.y };
    image = paste(image, resizeImage(generated, box.width, box.height, part), seen);
    for (let y = seen.y; y < seen.y + seen.height; y++) {
      for (let x = seen.x; x < seen.x + seen.width; x++) unknown[y * width + x] = hole.data[y * width + x]! > 0 ? 1 : 0;
    }
  }
  return { image, unknown: mask(width, height, unknown) };
}

/** The part of a square that lies in the picture. */
function within({ x, y, width, height }: Box, whole: Image): Box {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  const [right, bottom] = [Math.min(whole.width, x + width), Math.min(whole.height, y + height)];
  return { x: left, y: top, width: right - left, height: bottom - top };
}
