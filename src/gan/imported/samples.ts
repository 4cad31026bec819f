/** @file Samples of a model, both as its values and as images. */

import { random } from '../../base/random.ts';
import { input } from '../../graph/value.ts';
import { type Image, image } from '../../image/image.ts';
import { compile } from '../../runtime/compile.ts';
import { latentSpace } from '../card.ts';
import { drawLatents } from '../latents.ts';
import type { Model } from '../model.ts';

/** Images per run: few, since an imported generator may be large. */
const BATCH = 4;

/** `runs` times four samples: values as the generator gives them, [rows, 3, size, size], and images in [0, 1]. */
export async function drawSamples(
  model: Model,
  runs: number,
  seed: number,
): Promise<{ values: Float32Array; images: Image[] }> {
  const { size, range } = model.card.image;
  const width = model.card.latent.size;
  const area = 3 * size * size;
  const latents = drawLatents(latentSpace(model.card), random(seed, 'samples'), runs * BATCH);
  const y = model.generator(input('latent', [BATCH, width]));
  await using program = await compile({ y });
  const values = new Float32Array(runs * BATCH * area);
  for (let run = 0; run < runs; run++) {
    const latent = latents.subarray(run * BATCH * width, (run + 1) * BATCH * width);
    values.set((await program.run({ latent })).y!, run * BATCH * area);
  }
  const [black, white] = range;
  const images = Array.from({ length: runs * BATCH }, (_, i) => {
    const own = values.subarray(i * area, (i + 1) * area);
    const data = Float32Array.from(own, (v) => Math.min(1, Math.max(0, (v - black) / (white - black))));
    return image(size, size, 3, data);
  });
  return { values, images };
}
