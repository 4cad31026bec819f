/** @file Networks as other people export them, small and untrained, written as ONNX. */

import { normal, random } from '../../src/base/random.ts';
import { dcganDiscriminator, dcganGenerator } from '../../src/gan/networks/dcgan.ts';
import { writeOnnx } from '../../src/graph/onnx/write.ts';
import { add, leakyRelu, mul, sigmoid, tanh } from '../../src/graph/ops/elementwise.ts';
import { concat, expand, reshape, slice, transpose } from '../../src/graph/ops/layout.ts';
import { conv, matmul } from '../../src/graph/ops/linear.ts';
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

const dense = (x: Value, name: string, outputs: number): Value =>
  matmul(
    x,
    context.ask(name, [x.shape[1]!, outputs], (rng, [rows, columns]) => normal(rng, rows! * columns!)),
  );

/**
 * As StyleGAN: a mapping from 8 numbers to w of 6 that ends in a leaky ReLU, broadcast to a copy for each of four layers,
 * each of which scales its channels by its own copy (Karras et al. 2019).
 */
export const styled = (z: Value): Value => synthesised(mapped(z));

const mapped = (z: Value): Value => leakyRelu(mul(dense(leakyRelu(mul(dense(z, 'm1', 16), 0.35)), 'm2', 6), 0.25));

function synthesised(w: Value): Value {
  const n = w.shape[0]!;
  const copies = expand(reshape(w, [n, 1, 6]), [n, 4, 6]);
  const style = (layer: number, channels: number) => {
    const own = reshape(slice(copies, [0, layer, 0], [n, layer + 1, 6]), [n, 6]);
    return reshape(add(mul(dense(own, `s${layer}`, channels), 0.6), 1), [n, channels, 1, 1]);
  };
  const kernel = (layer: number, from: number, to: number, side: number) =>
    context.ask(`k${layer}`, [to, from, side, side], (rng, [a, b, c, d]) =>
      normal(rng, a! * b! * c! * d!).map((x) => x / Math.sqrt(2 * from * side)),
    );
  const twice = (x: Value) => {
    const [, c, h, v] = x.shape as [number, number, number, number];
    return reshape(expand(reshape(x, [n, c, h, 1, v, 1]), [n, c, h, 2, v, 2]), [n, c, 2 * h, 2 * v]);
  };
  const start = context.ask('start', [1, 8, 4, 4], (rng) => normal(rng, 128));
  let x = mul(start, style(0, 8));
  for (const layer of [1, 2]) {
    x = leakyRelu(conv(mul(twice(x), style(layer, 8)), kernel(layer, 8, 8, 3), { pads: 1 }));
  }
  return tanh(mul(conv(mul(x, style(3, 8)), kernel(3, 8, 3, 1)), 0.5));
}

export const styleGenerator = () => write({ image: styled(input('z', [1, 8])) });
/** The same in two files. */
export const styleMapping = () => write({ style: mapped(input('z', [1, 8])) });
export const styleSynthesis = () => write({ image: synthesised(input('style', [1, 6])) });
