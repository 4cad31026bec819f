/** @file Pictures with transparency: what is seen of them, and how a fill is laid into one. */

import { type Image, image, type Mask } from './image.ts';

/** A picture and its alpha [height, width], 0 to 1 (opaque); none where all of it is opaque. */
export interface Layer {
  readonly image: Image;
  readonly alpha: Float32Array | undefined;
}

/** The picture on white, as a viewer shows it: the colours of transparent pixels are arbitrary. */
export function onWhite({ image: picture, alpha }: Layer): Image {
  if (!alpha) return picture;
  const shown = picture.data.map((v, i) => 1 + (v - 1) * alpha[i % alpha.length]!);
  return image(picture.width, picture.height, picture.channels, shown);
}

/**
 * The layer with its hole filled by `filled`, which is {@link onWhite} of the layer with the fill in its hole m: alpha
 * becomes α + m (1 − α), so that the fill is visible, and on white the result looks like `filled`. Where m is 0,
 * colours and alpha stay as they are, also the colours under alpha 0.
 */
export function layInto({ image: picture, alpha }: Layer, hole: Mask, filled: Image): Layer {
  if (!alpha) return { image: filled, alpha };
  const area = alpha.length;
  const opacity = alpha.map((a, i) => a + hole.data[i]! * (1 - a));
  const data = picture.data.map((own, i) => {
    const at = i % area;
    if (hole.data[at] === 0) return own;
    // Rounding may put the colour a hair outside of [0, 1].
    return Math.min(1, Math.max(0, 1 + (filled.data[i]! - 1) / opacity[at]!));
  });
  const isOpaque = opacity.every((a) => a === 1);
  return { image: image(picture.width, picture.height, picture.channels, data), alpha: isOpaque ? undefined : opacity };
}
