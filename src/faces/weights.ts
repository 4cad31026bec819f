/** @file The weights of a network of face-api, from the files of the package that carries them. Node only. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { optional } from '../base/optional-package.ts';
import { constant, count, type Value } from '../graph/value.ts';

/** The package with the weights; none of its code is run. */
const PACKAGE = '@vladmandic/face-api';

const require = createRequire(import.meta.url);

/** Networks by the names of their files. */
type NetworkName = 'tiny_face_detector_model' | 'face_landmark_68_model';

/** A tensor in a weights file of TensorFlow.js: in bytes of its range if `quantization` is there, or as float32. */
interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly quantization?: { readonly dtype: 'uint8'; readonly scale: number; readonly min: number };
}

/** Parameters of a network by name. Kernels are [out, in, height, width], as convolutions here take them. */
export type Parameters = (name: string) => Value;

/**
 * The parameters of one network.
 * @throws LatentfillError that says what to install, where the package is missing.
 */
export async function readParameters(network: NetworkName): Promise<Parameters> {
  const folder = await optional(
    () => join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'model'),
    PACKAGE,
    'finding faces',
  );
  const [{ weights }] = JSON.parse(await readFile(join(folder, `${network}-weights_manifest.json`), 'utf8')) as [
    { weights: readonly Entry[] },
  ];
  const bytes = await readFile(join(folder, `${network}.bin`));
  const values = new Map<string, Value>();
  let at = 0;
  for (const { name, shape, quantization } of weights) {
    const size = count(shape);
    const data = new Float32Array(size);
    for (let i = 0; i < size; i++) {
      data[i] = quantization ? bytes[at + i]! * quantization.scale + quantization.min : bytes.readFloatLE(at + 4 * i);
    }
    at += quantization ? size : 4 * size;
    values.set(
      name,
      shape.length === 4 ? kernel(data, shape, name.endsWith('depthwise_filter')) : constant(data, shape),
    );
  }
  return (name) => values.get(name)!;
}

/** A kernel [height, width, in, out] as [out, in, height, width]; of a depthwise one, each channel is a group. */
function kernel(data: Float32Array, shape: readonly number[], depthwise: boolean): Value {
  const [height, width, from, to] = shape as [number, number, number, number];
  const area = height * width;
  const turned = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const [out, into, tap] = [i % to, Math.floor(i / to) % from, Math.floor(i / (to * from))];
    turned[(depthwise ? into : out * from + into) * area + tap] = data[i]!;
  }
  return constant(turned, depthwise ? [from, 1, height, width] : [to, from, height, width]);
}
