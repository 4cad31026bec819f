/** @file Pictures and models for tests. */

import { random, uniform } from '../../src/base/random.ts';
import { dcganDiscriminator, dcganGenerator } from '../../src/gan/networks/dcgan.ts';
import { constant, type Value } from '../../src/graph/value.ts';
import { type Image, image, type Mask, mask } from '../../src/image/image.ts';
import { cardSchema } from '../../src/model/card.ts';
import type { Model } from '../../src/model/model.ts';
import type { Initialiser } from '../../src/nn/parameters.ts';

/** A picture whose channel c has the value f(x, y, c), x and y in pixels. */
export function picture(width: number, height: number, f: (x: number, y: number, c: number) => number): Image {
  const area = width * height;
  const data = Float32Array.from({ length: 3 * area }, (_, i) =>
    f(i % width, Math.floor((i % area) / width), Math.floor(i / area)),
  );
  return image(width, height, 3, data);
}

/** A picture of 8-bit noise. */
export function noisePicture(width: number, height: number, seed: number): Image {
  const rng = random('picture', seed);
  return picture(width, height, () => Math.floor(rng() * 256) / 255);
}

/** A mask of a rectangle, given as x, y, width, height in pixels. */
export function rectangle(
  width: number,
  height: number,
  [x0, y0, w, h]: readonly [number, number, number, number],
  soft = 1,
): Mask {
  const data = Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x >= x0 && x < x0 + w && y >= y0 && y < y0 + h ? soft : 0;
  });
  return mask(width, height, data);
}

/** A small untrained DCGAN pair of 16×16 images, the same every time: enough structure for a search to be recovered. */
export function tinyModel(prior: 'uniform' | 'normal' = 'uniform'): Model {
  const size = 16;
  const ask = (name: string, shape: readonly number[], initialise: Initialiser): Value =>
    constant(initialise(random('tiny', name), shape), shape);
  const context = { ask, norm: 'none' } as const;
  const zeros = '0'.repeat(64);
  return {
    card: cardSchema.parse({
      format: 1,
      name: 'tiny',
      image: { size, channels: 3, range: [-1, 1] },
      latent: { size: 8, prior },
      text: null,
      calibration: { real: 0, generated: 0 },
      training: { recipe: {}, epoch: 1, discriminatorSteps: 1, images: 1 },
      view: { share: 0 },
      data: { name: 'none', licence: 'none', attribution: 'none' },
      files: { 'generator.onnx': zeros, 'discriminator.onnx': zeros },
    }),
    generator: (z) => dcganGenerator(context, z, { size, width: 8 }),
    text: null,
    discriminator: (x) => dcganDiscriminator(context, x, { size, width: 8 }),
  };
}

/** Uniform latents for {@link tinyModel}. */
export function latents(rows: number, seed: number): Float32Array {
  return uniform(random('latents', seed), rows * 8, -1, 1);
}
