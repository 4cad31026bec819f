/**
 * @file Features of images, by a network that was trained on other data, for distances between sets of images. Node
 * only.
 */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { LatentfillError } from '../../base/errors.ts';
import { openOnnx } from '../../graph/onnx/read.ts';
import { input } from '../../graph/value.ts';
import type { Image } from '../../image/image.ts';
import { resizeImage } from '../../image/resize.ts';
import type { Wanted } from '../../runtime/devices.ts';
import { openPrograms } from '../../runtime/programs.ts';
import { type RowGraph, runRows } from '../../runtime/rows.ts';
import type { Matrix } from './inner-products.ts';

/** The network; models/features/CARD.md has its source. */
const NETWORK = new URL('../../../models/features/mobilenet-v2.onnx', import.meta.url);
/** Numbers in a feature. */
const FEATURES = 576;
/**
 * Smaller images are enlarged to this size, since a position in the network's last layer corresponds to 16×16 pixels.
 */
const SMALLEST = 64;
/** An opened feature network. Dispose of it to free what ONNX Runtime holds. */
export interface FeatureNetwork extends AsyncDisposable {
  /** Features of images, [images, 576], each at least 0. */
  of(images: readonly Image[], signal?: AbortSignal): Promise<Matrix>;
}

/**
 * Opens MobileNetV2 (Sandler et al. 2018) up to its fourteenth block, for square RGB images of `size` pixels a side: a feature
 * is the mean over space of an activation there. Images under 64 pixels are enlarged to 64; features of images that were seen
 * at different sizes do not compare.
 */
export async function openFeatures(size: number, device?: Wanted): Promise<FeatureNetwork> {
  const seen = Math.max(SMALLEST, size);
  const bytes = await readFile(NETWORK).catch((cause) => {
    throw new LatentfillError(
      'missing',
      `Expected the feature network at '${fileURLToPath(NETWORK)}', got none: install the package again.`,
      { cause },
    );
  });
  const network = openOnnx(bytes);
  const graph: RowGraph = {
    key: 'features',
    build: (rows) => {
      const { features } = network.read({ inputs: { image: input('image', [rows, 3, seen, seen]) } }).outputs;
      return { outputs: { features: features! } };
    },
  };
  const programs = openPrograms({ device });
  const area = 3 * seen * seen;
  return {
    async of(images, signal) {
      const data = new Float32Array(images.length * FEATURES);
      const feeds = (start: number, rows: number) => {
        const image = new Float32Array(rows * area);
        for (const [i, one] of images.slice(start, start + rows).entries()) {
          image.set(resizeImage(one, seen, seen).data, i * area);
        }
        return { image };
      };
      for await (const { start, outputs } of runRows(programs, graph, images.length, feeds, { signal })) {
        data.set(outputs.features!, start * FEATURES);
      }
      return { rows: images.length, columns: FEATURES, data };
    },
    [Symbol.asyncDispose]: () => programs[Symbol.asyncDispose](),
  };
}
