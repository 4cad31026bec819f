import { expect, test } from 'vitest';
import { earlyMeans } from '../../src/graph/cell-means.ts';
import { grad } from '../../src/graph/grad.ts';
import { add, div, mul, relu, sub } from '../../src/graph/ops/elementwise.ts';
import { slice } from '../../src/graph/ops/layout.ts';
import { convTranspose } from '../../src/graph/ops/linear.ts';
import { meanOfCells } from '../../src/graph/ops/pooling.ts';
import { sum } from '../../src/graph/ops/reduce.ts';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { constant, count, input, is, topological, type Value } from '../../src/graph/value.ts';
import { expectClose, noise } from '../helpers/numbers.ts';

const x = input('x', [2, 4, 4, 4]);
const kernel = (name: string, shape: readonly number[]) => constant(noise(name, count(shape)), shape);
const s = Math.SQRT1_2;

/** Rows or columns of two bands, as the inverse Haar transform lays them out. */
function haar(low: Value, high: Value, axis: 0 | 1): Value {
  const c = low.shape[1]!;
  const [shape, strides] = axis === 0 ? [[c, 1, 2, 1], [2, 1] as const] : [[c, 1, 1, 2], [1, 2] as const];
  const of = (pair: readonly number[]) => constant(Array<readonly number[]>(c).fill(pair).flat(), shape);
  const laid = (x: Value, pair: readonly number[]) => convTranspose(x, of(pair), { strides, group: c });
  return add(laid(low, [s, s]), laid(high, [s, -s]));
}

const band = (from: Value, at: number) => slice(from, [0, at, 0, 0], [2, at + 1, ...from.shape.slice(2)]);

/** The size of the largest value that the means are computed from, once they and their gradient are found to agree. */
function largest(y: Value, side: number): number {
  const [w] = [kernel('w', [2, y.shape[1]!, y.shape[2]! / side, y.shape[3]! / side])];
  const outputs = [meanOfCells(y, side), earlyMeans(y, side)].flatMap((means) => [
    means,
    grad(sum(mul(mul(means, means), w)), [x])[0]!,
  ]);
  const [was, wasGradient, now, nowGradient] = evaluate(outputs, { x: noise('x', count(x.shape)) });
  expectClose(now!, was!, 1e-6);
  expectClose(nowGradient!, wasGradient!, 1e-6);
  return Math.max(...topological([outputs[2]!]).map((value) => (is(value, 'Constant') ? 0 : count(value.shape))));
}

test('the means of an inverse wavelet transform are those of its low band', () => {
  const bands = [0, 1, 2, 3].map((at) => band(x, at)) as [Value, Value, Value, Value];
  const image = haar(haar(bands[0], bands[1], 0), haar(bands[2], bands[3], 0), 1);
  expect(image.shape).toEqual([2, 1, 8, 8]);
  expect(largest(add(mul(image, 0.5), kernel('bias', [1, 1, 1])), 4)).toBe(count(x.shape));
  expect(topological([earlyMeans(image, 4)]).filter(({ op }) => op === 'ConvTranspose')).toEqual([]);
  expect(largest(haar(relu(bands[0]), relu(bands[1]), 0), 2)).toBeLessThanOrEqual(count(x.shape));
});

test('… and of other cells, with channels mixed or not, in sums, differences and quotients', () => {
  const each = convTranspose(x, kernel('each', [4, 1, 2, 2]), { strides: 2, group: 4 });
  const mixed = convTranspose(x, kernel('mixed', [4, 3, 2, 2]), { strides: 2 });
  const grouped = convTranspose(x, kernel('grouped', [4, 3, 2, 2]), { strides: 2, group: 2 });
  for (const y of [each, mixed, grouped]) {
    expect(largest(y, 2)).toBeLessThan(count(y.shape));
    expect(largest(y, 4)).toBeLessThan(count(y.shape));
    expect(largest(sub(kernel('bias', [1, y.shape[1]!, 1, 1]), div(y, 3)), 4)).toBeLessThan(count(y.shape));
  }
  expect(largest(sub(mixed, convTranspose(relu(x), kernel('other', [4, 3, 2, 2]), { strides: 2 })), 2)).toBe(
    count(x.shape),
  );
});

test('means are taken of the whole where cells overlap, are cut, or do not fill a mean', () => {
  const laid = (size: number, options: Parameters<typeof convTranspose>[2]) =>
    convTranspose(x, kernel(`k${size}`, [4, 1, size, size]), { group: 4, ...options });
  const whole = [
    laid(4, { strides: 2, pads: 1 }), // overlap
    laid(3, { strides: 2, pads: [0, 0, 1, 1] }), // overlap, without rows before
    laid(1, { strides: 2, outputPadding: 1 }), // zeros between them
    laid(2, { strides: 2, outputPadding: 1, pads: [1, 1, 0, 0] }), // cut
    laid(4, { strides: 4 }), // larger than a mean's
    relu(laid(2, { strides: 2 })),
    mul(laid(2, { strides: 2 }), laid(2, { strides: 2 })),
    convTranspose(x, mul(kernel('k', [4, 1, 2, 2]), 2), { strides: 2, group: 4 }), // not known to be constant
  ];
  for (const y of whole) expect(largest(y, 2)).toBe(count(y.shape));
  const overlapping = laid(6, { strides: 2 });
  expect(largest(overlapping, 3)).toBe(count(overlapping.shape));
});
