/** @file Samples of a model, as the network's values and as images. */

import { type Image, image } from '../../image/image.ts';
import { latentSpace } from '../card.ts';
import { drawRows, type LiveModel, shown } from '../generate.ts';
import { sampleLatents } from '../latents.ts';

/** `count` samples: values as the generator gives them, [count, 3, size, size], and images in [0, 1]. */
export async function drawSamples(
  live: LiveModel,
  count: number,
  seed: number,
  signal?: AbortSignal,
): Promise<{ values: Float32Array; images: Image[] }> {
  const { card } = live.model;
  const { size, range } = card.image;
  const area = 3 * size * size;
  const latents = sampleLatents(latentSpace(card), count, seed);
  const values = new Float32Array(count * area);
  for await (const drawn of drawRows(live, latents, undefined, { signal })) {
    values.set(drawn.values, drawn.start * area);
  }
  const images = Array.from({ length: count }, (_, i) =>
    image(size, size, 3, shown(values.subarray(i * area, (i + 1) * area), range)),
  );
  return { values, images };
}
