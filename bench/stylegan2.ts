/** @file StyleGAN2 networks (Karras et al. 2020) of random weights: a shape that many bring. */

import { add, div, leakyRelu, mul, sqrt, square } from '../src/graph/ops/elementwise.ts';
import { expand, pad, reshape, slice, transpose } from '../src/graph/ops/layout.ts';
import { conv, matmul } from '../src/graph/ops/linear.ts';
import { mean, sum } from '../src/graph/ops/reduce.ts';
import { constant, type Value } from '../src/graph/value.ts';
import { noise } from './rate.ts';

let names = 0;

const weights = (shape: readonly number[], scale: number): Value =>
  constant(
    noise(`weights ${names++}`, shape).map((x) => x * scale),
    shape,
  );

const dense = (x: Value, outputs: number): Value =>
  add(matmul(x, weights([x.shape[1]!, outputs], (3 / x.shape[1]!) ** 0.5)), weights([outputs], 0.1));

/** Modulate, convolve, demodulate (section 2.2), in the form that shares one kernel between images. */
function modulated(x: Value, style: Value, outputs: number, kernel: number, demodulate: boolean): Value {
  const [n, c] = x.shape as [number, number];
  const w = weights([outputs, c, kernel, kernel], (3 / (c * kernel * kernel)) ** 0.5);
  const s = add(dense(style, c), 1);
  const y = conv(mul(x, reshape(s, [n, c, 1, 1])), w, { pads: (kernel - 1) / 2 });
  if (!demodulate) return y;
  const energy = transpose(sum(square(w), [2, 3]), [1, 0]);
  return mul(y, reshape(div(1, sqrt(add(matmul(square(s), energy), 1e-8))), [n, outputs, 1, 1]));
}

/** Twice the size: zeros between the pixels, then the [1, 3, 3, 1] filter on each channel. */
function upsample(x: Value): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const apart = pad(reshape(x, [n, c, h, 1, w, 1]), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1]);
  const taps = [1, 3, 3, 1];
  const filter = constant(
    taps.flatMap((a) => taps.map((b) => (a * b) / 16)),
    [1, 1, 4, 4],
  );
  const padded = pad(reshape(apart, [n, c, 2 * h, 2 * w]), [0, 0, 2, 2, 0, 0, 1, 1]);
  return conv(padded, expand(filter, [c, 1, 4, 4]), { group: c });
}

/** Latents [N, 512] to images [N, 3, size, size] with skip connections to RGB. */
export function stylegan2(z: Value, size: number, channels: (side: number) => number): Value {
  const n = z.shape[0]!;
  let w = div(z, sqrt(add(mean(square(z), [1], { keep: true }), 1e-8)));
  for (let layer = 0; layer < 8; layer++) w = leakyRelu(dense(w, 512), 0.2);
  const layerAt = (x: Value, side: number) => {
    const y = modulated(x, w, channels(side), 3, true);
    const noisy = add(y, weights([1, 1, side, side], 0.1));
    return mul(leakyRelu(add(noisy, weights([channels(side), 1, 1], 0.1)), 0.2), Math.SQRT2);
  };
  let x = layerAt(expand(weights([1, channels(4), 4, 4], 1), [n, channels(4), 4, 4]), 4);
  let image = modulated(x, w, 3, 1, false);
  for (let side = 8; side <= size; side *= 2) {
    x = layerAt(layerAt(upsample(x), side), side);
    image = add(upsample(image), modulated(x, w, 3, 1, false));
  }
  return slice(image, [0, 0, 0, 0], image.shape);
}

/** Images [N, 3, size, size] to logits [N, 1]: residual blocks (section 4.1), without blur and minibatch statistics. */
export function stylegan2Discriminator(image: Value, channels: (side: number) => number): Value {
  const [n, , size] = image.shape as [number, number, number];
  const convolved = (x: Value, outputs: number, kernel: number, stride = 1) => {
    const c = x.shape[1]!;
    const w = weights([outputs, c, kernel, kernel], (3 / (c * kernel * kernel)) ** 0.5);
    return conv(x, w, { pads: (kernel - 1) / 2, strides: stride });
  };
  const act = (x: Value) => mul(leakyRelu(add(x, weights([x.shape[1]!, 1, 1], 0.1)), 0.2), Math.SQRT2);
  let x = act(convolved(image, channels(size), 1));
  for (let side = size; side > 4; side /= 2) {
    const y = act(convolved(act(convolved(x, channels(side), 3)), channels(side / 2), 3, 2));
    x = mul(add(y, convolved(x, channels(side / 2), 1, 2)), Math.SQRT1_2);
  }
  x = act(convolved(x, channels(4), 3));
  return dense(leakyRelu(dense(reshape(x, [n, channels(4) * 16]), channels(4)), 0.2), 1);
}
