/** @file Images as features of a network that was trained on others: what distances between sets of images use. Node only. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { LatentfillError } from '../base/errors.ts';
import { readOnnx } from '../graph/onnx/read.ts';
import { input } from '../graph/value.ts';
import type { Image } from '../image/image.ts';
import { resizeImage } from '../image/resize.ts';
import { compile, type Program } from '../runtime/compile.ts';
import type { Wanted } from '../runtime/devices.ts';
import type { Matrix } from './products.ts';

/** The network: models/features/CARD.md tells where it comes from. */
const NETWORK = new URL('../../models/features/mobilenet-v2.onnx', import.meta.url);
/** Numbers in a feature. */
const FEATURES = 1280;
/**
 * Images are shown to the network at twice their size, within these bounds: its last layer has one place for 32×32 pixels.
 * At 64×64 themselves, faces with noise of 40/255 came out nearer to clean ones than with 10/255; at 128×128 they do not.
 */
const SEEN = { least: 64, most: 128 } as const;
/** Images per run of the network. */
const BATCH = 32;

/** An opened feature network. Dispose of it to free what ONNX Runtime holds. */
export interface FeatureNetwork {
  /** Features of images, [images, 1280], each at least 0. */
  of(images: readonly Image[]): Promise<Matrix>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens MobileNetV2 (Sandler et al. 2018) for square RGB images of `size` pixels a side: a feature is the mean over space
 * of its last activation. It sees them at twice their size, at least at 64 and at most at 128 pixels; features of images that
 * were seen at different sizes do not compare.
 */
export async function openFeatures(size: number, device?: Wanted): Promise<FeatureNetwork> {
  const seen = Math.min(SEEN.most, Math.max(SEEN.least, 2 * size));
  const bytes = await readFile(NETWORK).catch((cause) => {
    throw new LatentfillError(
      `Expected the feature network at '${fileURLToPath(NETWORK)}', got none: install the package again.`,
      { cause },
    );
  });
  const { features } = readOnnx(bytes, { inputs: { image: input('image', [BATCH, 3, seen, seen]) } }).outputs;
  const program = await compile({ features: features! }, { device });
  return {
    of: (images) => featuresOf(program, images, seen),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

async function featuresOf(program: Program, images: readonly Image[], size: number): Promise<Matrix> {
  const data = new Float32Array(images.length * FEATURES);
  const area = 3 * size * size;
  for (let start = 0; start < images.length; start += BATCH) {
    const image = new Float32Array(BATCH * area); // the last run may be short: the rest is black, left out
    const some = images.slice(start, start + BATCH);
    for (const [i, picture] of some.entries()) image.set(resizeImage(picture, size, size).data, i * area);
    const { features } = await program.run({ image });
    data.set(features!.subarray(0, some.length * FEATURES), start * FEATURES);
  }
  return { rows: images.length, columns: FEATURES, data };
}
