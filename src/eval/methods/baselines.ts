/** @file Baselines: ways to fill a hole without a model, which every method must beat. */

import { type Image, image, type Mask } from '../../image/image.ts';

/** The hole in the mean colour of the known pixels. */
export function meanColour(picture: Image, { data: hole }: Mask): Image {
  const area = hole.length;
  const known = hole.reduce((count, m) => count + (m === 0 ? 1 : 0), 0);
  const filled = picture.data.slice();
  for (let c = 0; c < picture.channels; c++) {
    let sum = 0;
    for (let i = 0; i < area; i++) if (hole[i] === 0) sum += picture.data[c * area + i]!;
    for (let i = 0; i < area; i++) if (hole[i]! > 0) filled[c * area + i] = sum / known;
  }
  return image(picture.width, picture.height, picture.channels, filled);
}

/** The picture with its hole in one grey: how a corrupted image is shown. */
export function corrupted(picture: Image, { data: hole }: Mask, grey = 0.5): Image {
  const data = picture.data.map((v, i) => (hole[i % hole.length]! > 0 ? grey : v));
  return image(picture.width, picture.height, picture.channels, data);
}
