/** @file Pictures and logits from finished networks. */

import { input, type Value } from '../graph/value.ts';
import { type Image, image } from '../image/image.ts';
import { compile } from '../runtime/compile.ts';
import type { Wanted } from '../runtime/devices.ts';

/** Images per run of a network. */
const BATCH = 32;

/**
 * G at each latent of `latents` [rows, latent], as images in [0, 1]. `range` holds the network's black and white.
 */
export async function generate(
  generator: (latent: Value) => Value,
  latents: Float32Array,
  latentSize: number,
  [black, white]: readonly [number, number] = [-1, 1],
  device?: Wanted,
): Promise<Image[]> {
  const rows = latents.length / latentSize;
  const batch = Math.min(BATCH, rows);
  const y = generator(input('latent', [batch, latentSize]));
  const [, channels, height, width] = y.shape as [number, number, number, number];
  const area = channels * height * width;
  await using program = await compile({ y }, { device });
  const images: Image[] = [];
  for (let start = 0; start < rows; start += batch) {
    const latent = new Float32Array(batch * latentSize); // the last run may be short: the rest is zeros, left out
    latent.set(latents.subarray(start * latentSize, (start + batch) * latentSize));
    const outputs = await program.run({ latent });
    for (let i = 0; i < Math.min(batch, rows - start); i++) {
      const values = outputs.y!.subarray(i * area, (i + 1) * area);
      images.push(
        image(
          width,
          height,
          channels,
          Float32Array.from(values, (v) => clamp((v - black) / (white - black))),
        ),
      );
    }
  }
  return images;
}

/** D's mean logit over images [rows, 3, size, size] in the network's range. */
export async function meanLogit(
  discriminator: (image: Value) => Value,
  images: Float32Array,
  size: number,
): Promise<number> {
  const area = 3 * size * size;
  const rows = images.length / area;
  const batch = Math.min(BATCH, rows);
  const y = discriminator(input('image', [batch, 3, size, size]));
  await using program = await compile({ y });
  let sum = 0;
  const runs = Math.floor(rows / batch);
  for (let i = 0; i < runs; i++) {
    const outputs = await program.run({ image: images.subarray(i * batch * area, (i + 1) * batch * area) });
    for (const logit of outputs.y!) sum += logit;
  }
  return sum / (runs * batch);
}

function clamp(x: number): number {
  return Math.min(1, Math.max(0, x));
}
