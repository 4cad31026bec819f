/** @file The waist of a generator as a space to search: from numbers that are normal, through waist.onnx, to images. */

import type { OpenOnnx } from '../graph/onnx/read.ts';
import { reshape, slice } from '../graph/ops/layout.ts';
import { constant, count, input, type Value } from '../graph/value.ts';
import { untied } from '../graph/waist.ts';
import { type Draft, latentParts } from './card.ts';
import { cutPoint } from './wiring.ts';

/** The waist of a generator, as numbers that are normal where the latent has its prior. */
export interface WaistSpaces {
  /** Numbers of one copy. */
  readonly size: number;
  /** The places where layers use the waist. */
  readonly uses: number;
  /**
   * From points [N, …] to images [N, 3, size, size] in the card's range: `size` numbers for all uses, or as many for each,
   * followed by those of the generator's other searched inputs.
   */
  image(point: Value, text?: Value): Value;
}

/** G at its searched inputs, `rows` images; `tensors` are used in place of those within it. */
export type Draw = (
  searched: Readonly<Record<string, Value>>,
  rows: number,
  text: Value | undefined,
  tensors?: Readonly<Record<string, Value>>,
) => Value;

/** The waist that a card names, whose tensor `whitened` makes of numbers that are normal. */
export function waistSpaces(card: Draft, whitened: () => OpenOnnx, draw: Draw): WaistSpaces {
  const { tensor, shape, uses } = card.waist!;
  const size = count(shape);
  const [main, ...others] = latentParts(card);
  const after = others.reduce((sum, part) => sum + count(part.shape), 0);
  return {
    size,
    uses,
    image(point, text) {
      const [rows, numbers] = point.shape as [number, number];
      const copies = (numbers - after) / size;
      const own = reshape(slice(point, [0, 0], [rows, copies * size]), [rows * copies, size]);
      const tensors = reshape(Object.values(whitened().read({ inputs: { point: own } }).outputs)[0]!, [
        ...[rows, copies],
        ...shape,
      ]);
      const searched = {
        [main!.input]: constant(new Float32Array(rows * count(main!.shape)), [rows, ...main!.shape]), // not used
        ...cutPoint(others, point, copies * size),
      };
      if (copies === 1) return draw(searched, rows, text, { [tensor]: reshape(tensors, [rows, ...shape]) });
      const stand = input(tensor, [rows, ...shape]);
      const each = Array.from({ length: copies }, (_, use) => copyOf(tensors, use));
      return untied(draw(searched, rows, text, { [tensor]: stand }), stand, each);
    },
  };
}

/** Copy `use` of [N, uses, …], [N, …]. */
function copyOf(tensors: Value, use: number): Value {
  const { shape } = tensors;
  const starts = shape.map((_, axis) => (axis === 1 ? use : 0));
  const ends = shape.map((size, axis) => (axis === 1 ? use + 1 : size));
  return reshape(slice(tensors, starts, ends), shape.toSpliced(1, 1));
}
