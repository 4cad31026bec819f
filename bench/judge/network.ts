/** @file The judge's network: four strided convolutions, one dense layer, a softmax per attribute. */

import { leakyRelu, mul, neg } from '../../src/graph/ops/elementwise.ts';
import { concat, split } from '../../src/graph/ops/layout.ts';
import { logSoftmax, mean, sum } from '../../src/graph/ops/reduce.ts';
import type { Value } from '../../src/graph/value.ts';
import { type Context, dense, downsample } from '../../src/nn/layers.ts';
import type { Ask } from '../../src/nn/parameters.ts';
import { type Head, width } from './attributes.ts';

/** Channels of the convolutions. */
export const WIDTHS = [24, 48, 96, 128] as const;

/** Images [N, 3, size, size] in [−1, 1] to the logits of all heads, end to end: [N, {@link width}]. */
export function logitsOf(ask: Ask, heads: readonly Head[], images: Value): Value {
  const context: Context = { ask, norm: 'none' };
  let x = images;
  for (const [i, channels] of WIDTHS.entries()) x = leakyRelu(downsample(context, `conv${i}`, x, channels));
  return dense(context, 'heads', x, width(heads));
}

/** Cross-entropy, summed over heads, mean over images; `labels` [N, width] are one-hot in each head. */
export function crossEntropy(heads: readonly Head[], logits: Value, labels: Value): Value {
  const sizes = heads.map(({ values }) => values.length);
  const logProbabilities = concat(
    split(logits, sizes, 1).map((own) => logSoftmax(own)),
    1,
  );
  return neg(mean(sum(mul(labels, logProbabilities), [1])));
}
