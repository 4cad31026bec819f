/** @file Pictures and logits from finished networks. */

import { input, type Value } from '../graph/value.ts';
import { type Image, image } from '../image/image.ts';
import { compile } from '../runtime/compile.ts';
import type { Wanted } from '../runtime/devices.ts';
import type { TextRows } from './text/codec.ts';
import { type TextForm, textInput } from './text/encoder.ts';

/** Images per run of a network. */
const BATCH = 32;

/** How {@link generate} draws. */
export interface GenerateOptions {
  /** The network's black and white. @default [−1, 1] */
  readonly range?: readonly [number, number];
  /** One caption for each latent, for a model that knows them; left out: none has one. */
  readonly text?: { readonly form: TextForm; readonly rows: TextRows } | undefined;
  readonly device?: Wanted | undefined;
}

/** G at each latent of `latents` [rows, latent], as images in [0, 1]. */
export async function generate(
  generator: (latent: Value, text?: Value) => Value,
  latents: Float32Array,
  latentSize: number,
  { range: [black, white] = [-1, 1], text, device }: GenerateOptions = {},
): Promise<Image[]> {
  const rows = latents.length / latentSize;
  const batch = Math.min(BATCH, rows);
  const y = generator(input('latent', [batch, latentSize]), text && textInput('text', text.form, batch));
  const [, channels, height, width] = y.shape as [number, number, number, number];
  const area = channels * height * width;
  await using program = await compile({ y }, { device });
  const images: Image[] = [];
  for (let start = 0; start < rows; start += batch) {
    // The last run may be short: the rest is zeros, left out.
    const latent = part(latents, start * latentSize, batch * latentSize);
    const perRow = text ? text.rows.length / rows : 0;
    const captions = text && { text: part(text.rows, start * perRow, batch * perRow) };
    const outputs = await program.run({ latent, ...captions });
    for (let i = 0; i < Math.min(batch, rows - start); i++) {
      const values = outputs.y!.subarray(i * area, (i + 1) * area);
      const shown = Float32Array.from(values, (v) => clamp((v - black) / (white - black)));
      images.push(image(width, height, channels, shown));
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

/** `length` elements from `start` on; zeros where there are no more. */
function part<T extends TextRows>(all: T, start: number, length: number): T {
  const some = all.slice(start, start + length) as T;
  if (some.length === length) return some;
  const full = new (all.constructor as new (length: number) => T)(length);
  full.set(some as never);
  return full;
}

function clamp(x: number): number {
  return Math.min(1, Math.max(0, x));
}
