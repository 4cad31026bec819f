/** @file The caption encoder. Each network has its own, as part of its graph, and learns it with its loss. */

import { add, exp, leakyRelu, mul, square, sub } from '../../graph/ops/elementwise.ts';
import { gather } from '../../graph/ops/indexing.ts';
import { concat, split } from '../../graph/ops/layout.ts';
import { mean, sum } from '../../graph/ops/reduce.ts';
import { constant, type Value } from '../../graph/value.ts';
import type { TextForm } from '../../model/text/input-form.ts';
import { FIRST } from '../../model/text/tokeniser.ts';
import { dense } from '../../nn/layers.ts';
import { type Ask, heNormal } from '../../nn/parameters.ts';

/**
 * Captions, in the form of {@link textInput}, to codes [N, size]: one layer, applied to the sum of the learned vectors
 * of their words and bigrams, or to their embedding.
 */
export function encodeText(ask: Ask, text: Value, form: TextForm, size: number): Value {
  return leakyRelu(dense({ ask, norm: 'none' }, 'text.dense', gatherWords(ask, text, form, size), size));
}

function gatherWords(ask: Ask, text: Value, form: TextForm, size: number): Value {
  if (form.kind === 'embedding') return text;
  const learned = ask('text.words', [form.entries + FIRST - 1, size], heNormal(1, 1));
  const table = concat([constant(new Float32Array(size), [1, size]), learned], 0); // padding adds nothing
  return mul(sum(gather(table, text), [1]), 1 / Math.sqrt(form.length));
}

/** A caption's code as input of the generator, and the divergence of its distribution from the standard normal. */
export interface Conditioned {
  readonly condition: Value;
  /** Mean divergence, a scalar. */
  readonly divergence: Value;
}

/**
 * Conditioning augmentation (Zhang et al. 2017, StackGAN, section 3.2): the code is drawn from N(μ(text), σ(text)²) by
 * means of the standard normal `noise` [N, size]. The divergence, as a loss, keeps that distribution near N(0, I).
 * Without noise the code is μ, as in a finished model.
 */
export function augmentCondition(ask: Ask, text: Value, noise: Value | undefined): Conditioned {
  const size = text.shape[1]!;
  const [mu, logSigma] = split(dense({ ask, norm: 'none' }, 'text.condition', text, 2 * size), [size, size], 1);
  const condition = noise ? add(mu!, mul(noise, exp(logSigma!))) : mu!;
  const terms = sub(add(square(mu!), exp(mul(logSigma!, 2))), add(1, mul(logSigma!, 2)));
  return { condition, divergence: mul(0.5, mean(sum(terms, [1]))) };
}
