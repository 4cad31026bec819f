/** @file Mirror images. */

import { type Image, image } from './image.ts';

/** The picture with left and right exchanged. */
export function mirror({ width, height, channels, data }: Image): Image {
  const turned = data.map((_, i) => data[i + width - 1 - 2 * (i % width)]!);
  return image(width, height, channels, turned);
}
