/** @file From a caption to numbers, as a part of each network's own graph: learned with it, by its loss. */

import { add, exp, leakyRelu, mul, square, sub } from '../../graph/ops/elementwise.ts';
import { gather } from '../../graph/ops/indexing.ts';
import { concat, split } from '../../graph/ops/layout.ts';
import { mean, sum } from '../../graph/ops/reduce.ts';
import { constant, input, type Value } from '../../graph/value.ts';
import { dense } from '../../nn/layers.ts';
import { type Ask, heNormal } from '../../nn/parameters.ts';
import { FIRST, NO_CAPTION, PADDING } from './vocabulary.ts';

/** What a model's captions come as. */
export type TextForm =
  /** Tokens [N, length] (int64) over so many entries. */
  | { readonly kind: 'words'; readonly entries: number; readonly length: number }
  /** Embeddings [N, size]; zeros stand for no caption. */
  | { readonly kind: 'embedding'; readonly size: number };

/** The input that holds the captions of `rows` images. */
export function textInput(name: string, form: TextForm, rows: number): Value {
  return form.kind === 'words' ? input(name, [rows, form.length], 'int64') : input(name, [rows, form.size]);
}

/** What {@link textInput} holds where no image has a caption. */
export function noCaptions(form: TextForm, rows: number): Value {
  if (form.kind === 'embedding') return constant(new Float32Array(rows * form.size), [rows, form.size]);
  const row = BigInt64Array.from({ length: form.length }, (_, i) => BigInt(i === 0 ? NO_CAPTION : PADDING));
  return constant(
    BigInt64Array.from({ length: rows * form.length }, (_, i) => row[i % form.length]!),
    [rows, form.length],
  );
}

/**
 * Captions, as {@link textInput} has them, to [N, size]: the sum of the learned vectors of their words and bigrams, or their
 * embedding, through one layer.
 */
export function encodeText(ask: Ask, text: Value, form: TextForm, size: number): Value {
  return leakyRelu(dense({ ask, norm: 'none' }, 'text.dense', gatherWords(ask, text, form, size), size));
}

function gatherWords(ask: Ask, text: Value, form: TextForm, size: number): Value {
  if (form.kind === 'embedding') return text;
  const learned = ask('text.words', [form.entries + FIRST - 1, size], heNormal(1, 1));
  const table = concat([constant(new Float32Array(size), [1, size]), learned], 0); // the padding is nothing
  return mul(sum(gather(table, text), [1]), 1 / Math.sqrt(form.length));
}

/** A caption's place in the generator's input, and how far its distribution is from the standard normal. */
export interface Conditioned {
  readonly condition: Value;
  /** Mean divergence, a scalar. */
  readonly divergence: Value;
}

/**
 * Conditioning augmentation (Zhang et al. 2017, StackGAN, section 3.2): the condition is drawn from N(μ(text), σ(text)²) by
 * the standard normal `noise` [N, size], and kept near N(0, I) by its divergence. Without noise it is μ, as when drawing
 * with a finished model.
 */
export function augmentCondition(ask: Ask, text: Value, noise: Value | undefined): Conditioned {
  const size = text.shape[1]!;
  const [mu, logSigma] = split(dense({ ask, norm: 'none' }, 'text.condition', text, 2 * size), [size, size], 1);
  const condition = noise ? add(mu!, mul(noise, exp(logSigma!))) : mu!;
  const terms = sub(add(square(mu!), exp(mul(logSigma!, 2))), add(1, mul(logSigma!, 2)));
  return { condition, divergence: mul(0.5, mean(sum(terms, [1]))) };
}
