/**
 * @file Converts between the search's tensors and a network's: names, layouts, grey, fixed inputs, patch logits,
 * sigmoids.
 */

import { concat, reshape, slice, transpose } from '../graph/ops/layout.ts';
import { mean } from '../graph/ops/reduce.ts';
import { constant, count, type Data, type Value } from '../graph/value.ts';
import type { Fixed, latentParts, Networks } from './card.ts';

type Planes = Pick<Networks['generator'], 'layout' | 'channels'>;

/** Splits a point [N, numbers], from number `from` on, into inputs of the generator, [N, ...shape] each. */
export function cutPoint(parts: ReturnType<typeof latentParts>, latent: Value, from = 0): Record<string, Value> {
  const rows = latent.shape[0]!;
  let at = from;
  return Object.fromEntries(
    parts.map(({ input, shape }) => {
      const start = at;
      at += count(shape);
      return [input, reshape(slice(latent, [0, start], [rows, at]), [rows, ...shape])];
    }),
  );
}

/** The fixed inputs for a batch of `rows`. */
export function fixedInputs(fixed: readonly Fixed[], rows: number): Record<string, Value> {
  return Object.fromEntries(
    fixed.map(({ input, type, shape, batch, values }) => {
      const full = batch ? [rows, ...shape] : shape;
      return [input, constant(filled(type, count(full), values), full)];
    }),
  );
}

/** A network's images as [N, 3, H, W]; grey ones are three equal channels. */
export function toPlanes(image: Value, { layout, channels }: Planes): Value {
  const planes = layout === 'NCHW' ? image : transpose(image, [0, 3, 1, 2]);
  return channels === 3 ? planes : concat([planes, planes, planes], 1);
}

/** Images [N, 3, H, W] in a network's layout; for a grey network, the mean of the channels. */
export function fromPlanes(image: Value, { layout, channels }: Planes): Value {
  const planes = channels === 3 ? image : mean(image, [1], { keep: true });
  return layout === 'NCHW' ? planes : transpose(planes, [0, 2, 3, 1]);
}

/**
 * A discriminator's output as one logit for each of `rows` images, [N]. Patch logits are averaged (Isola et al. 2017).
 * A final sigmoid is removed, since the losses take logits, and a saturated probability has no gradient.
 */
export function toLogits(output: Value, rows: number): Value {
  const each = reshape(beforeSigmoid(output), [rows, -1]);
  return each.shape[1] === 1 ? reshape(each, [rows]) : mean(each, [1]);
}

/** The input of a sigmoid that ends the network, possibly with reshapes after it; otherwise the value itself. */
function beforeSigmoid(output: Value): Value {
  let value = output;
  while (value.op === 'Reshape' || value.op === 'Identity') value = value.inputs[0]!;
  return value.op === 'Sigmoid' ? value.inputs[0]! : output;
}

function filled(type: Fixed['type'], length: number, values: readonly number[]): Data {
  const at = (i: number) => values[i % values.length]!; // repeats a single number, or one image's numbers for each row
  if (type === 'int64') return BigInt64Array.from({ length }, (_, i) => BigInt(at(i)));
  return type === 'bool'
    ? Uint8Array.from({ length }, (_, i) => at(i))
    : Float32Array.from({ length }, (_, i) => at(i));
}
