/** @file Networks as other people export them, small and untrained, written as ONNX. */

import { random } from '../../src/base/random.ts';
import { dcganDiscriminator, dcganGenerator } from '../../src/gan/networks/dcgan.ts';
import { writeOnnx } from '../../src/graph/onnx/write.ts';
import { add, mul, sigmoid } from '../../src/graph/ops/elementwise.ts';
import { concat, reshape, transpose } from '../../src/graph/ops/layout.ts';
import { mean } from '../../src/graph/ops/reduce.ts';
import { constant, input, type Value } from '../../src/graph/value.ts';
import type { Initialiser } from '../../src/nn/parameters.ts';

const SIZE = 16;
const context = {
  ask: (name: string, shape: readonly number[], initialise: Initialiser): Value =>
    constant(
      initialise(random('tiny', name), shape).map((w) => 1.4 * w), // strong enough to fill the range
      shape,
    ),
  norm: 'none',
} as const;
export const draw = (z: Value) => dcganGenerator(context, z, { size: SIZE, width: 8 });
export const judge = (x: Value) => dcganDiscriminator(context, x, { size: SIZE, width: 8 });
export const write = (outputs: Record<string, Value>) => writeOnnx(outputs, { batch: 'batch_size' });
/** [−1, 1] to [0, 1]. */
const toUnit = (x: Value) => mul(add(x, 1), 0.5);
const fromUnit = (x: Value) => add(mul(x, 2), -1);

/** As PyTorch's DCGAN tutorial exports: a latent [N, 8, 1, 1], channels first, [−1, 1]; a probability. */
export const torchGenerator = () => write({ output: draw(reshape(input('noise', [1, 8, 1, 1]), [1, 8])) });
export const torchDiscriminator = () => write({ probability: sigmoid(judge(input('input', [1, 3, SIZE, SIZE]))) });
/** The same without its last layer. */
export const logitDiscriminator = () => write({ logit: judge(input('input', [1, 3, SIZE, SIZE])) });

/** As TensorFlow exports: channels last, [0, 1]; a logit [N, 1]. */
export const kerasGenerator = () =>
  write({ 'Identity:0': transpose(toUnit(draw(input('z:0', [1, 8]))), [0, 2, 3, 1]) });
export const kerasDiscriminator = () => {
  const x = transpose(input('images:0', [1, SIZE, SIZE, 3]), [0, 3, 1, 2]);
  return write({ 'score:0': reshape(judge(fromUnit(x)), [-1, 1]) });
};

/** A latent of 5 with a one-hot class of 3, moved by the mean of a noise map's 4 numbers. */
export const classGenerator = () => {
  const [z, y, noise] = [input('z', [1, 5]), input('class', [1, 3]), input('noise', [1, 1, 2, 2])];
  const shift = mul(mean(reshape(noise, [1, 4]), [1], { keep: true }), 0.5);
  return write({ image: draw(concat([add(z, shift), y], 1)) });
};
