/**
 * @file Means of cells, taken as early in a graph as they can be.
 *
 * A search compares an image of 1024 pixels at a side of 256. What a generator does last is often to lay each element
 * of a smaller map out as a cell of its own: a transposed convolution whose stride is its kernel, as in a wavelet
 * transform. The mean of such cells is the element times the mean of the kernel, so that neither the large image need
 * be computed nor its gradient; and where that mean is 0, as in the high bands of a wavelet, not even the map.
 */

import { add, div, mul, neg, sub } from './ops/elementwise.ts';
import { expand } from './ops/layout.ts';
import { convTranspose } from './ops/linear.ts';
import { meanOfCells } from './ops/pooling.ts';
import { constant, count, is, type Shape, type Value } from './value.ts';

/** Means of cells; `zero` where they are known to be 0. */
type Means = Value | 'zero';

/** The mean of each cell of `side`×`side` elements of x [N, C, H, W], computed from as little as x is made of. */
export function earlyMeans(x: Value, side: number): Value {
  const size = x.shape.slice(2).map((n) => n / side) as [number, number];
  const means = meansBefore(x, size, new Map());
  return means === undefined || means === 'zero' ? meansTo(x, size) : means;
}

/** What was found for each value of one image: it may use a value in several ways. */
type Known = Map<Value, Means | undefined>;

/** The means of x at `size`, of what x is made of; undefined where that spares nothing. */
function meansBefore(x: Value, size: Shape, known: Known): Means | undefined {
  if (!known.has(x)) known.set(x, throughCells(x, size, known) ?? throughSum(x, size, known));
  return known.get(x);
}

/** The means of x itself. */
function meansTo(x: Value, [rows, columns]: Shape): Value {
  const [, , height, width] = x.shape as [number, number, number, number];
  return height === rows && width === columns ? x : meanOfCells(x, height / rows!, width / columns!);
}

/** Of a transposed convolution of constant weights that makes a cell of its own of each element. */
function throughCells(x: Value, size: Shape, known: Known): Means | undefined {
  if (!is(x, 'ConvTranspose')) return undefined;
  const [inner, kernel] = x.inputs as [Value, Value];
  const { strides, pads, dilations, outputPadding, group } = x.attrs;
  const apart = strides.every((stride, i) => stride === kernel.shape[i + 2] && dilations[i] === 1);
  const whole = size.every((n, i) => inner.shape[i + 2]! % n === 0); // each mean is of whole cells
  if (!is(kernel, 'Constant') || !apart || !whole || [...pads, ...outputPadding].some((n) => n > 0)) return undefined;
  const shares = kernelMeans(kernel);
  if (shares.every((share) => share === 0)) return 'zero';
  const means = meansBefore(inner, size, known) ?? meansTo(inner, size);
  if (means === 'zero') return means;
  return group === shares.length
    ? mul(means, constant(shares, [group, 1, 1]))
    : convTranspose(means, constant(shares, [...kernel.shape.slice(0, 2), 1, 1]), { group });
}

/** The mean of each kernel [kh, kw] of a constant [C, M/group, kh, kw]. */
function kernelMeans(kernel: Value): number[] {
  const { data } = kernel.attrs as { data: Float32Array };
  const each = count(kernel.shape.slice(2));
  return Array.from({ length: data.length / each }, (_, i) =>
    data.subarray(i * each, (i + 1) * each).reduce((sum, w) => sum + w / each, 0),
  );
}

/** Of sums, and of products with one number a channel, where a term is laid out in cells: else it would be read twice. */
function throughSum(x: Value, size: Shape, known: Known): Means | undefined {
  const rule = rules[x.op];
  const [a, b] = x.inputs as [Value, Value];
  if (!rule || x.dtype !== 'float32' || ![a, b].every((term) => isFlat(term) || fills(term, x))) return undefined;
  const product = x.op === 'Mul' || x.op === 'Div';
  if (product && (isFlat(a) === isFlat(b) || (x.op === 'Div' && isFlat(a)))) return undefined;
  const early = [a, b].map((term) => (isFlat(term) ? undefined : meansBefore(term, size, known)));
  if (early.every((means) => means === undefined)) return undefined;
  const [p, q] = [a, b].map((term, i) => (isFlat(term) ? term : (early[i] ?? meansTo(term, size)))) as [Means, Means];
  if (p !== 'zero' && q !== 'zero') return rule(p, q);
  if (product || p === q) return 'zero';
  const left = p === 'zero' ? (x.op === 'Sub' ? neg(q as Value) : (q as Value)) : p;
  return expand(left, [...x.shape.slice(0, 2), ...size]);
}

const rules: Readonly<Partial<Record<string, (a: Value, b: Value) => Value>>> = {
  Add: add,
  Sub: sub,
  Mul: mul,
  Div: div,
};

/** Whether a value is the same for all pixels. */
const isFlat = ({ shape }: Value) => shape.slice(-2).every((n) => n === 1);

/** Whether a value has its own pixels, as many as x. */
const fills = ({ shape }: Value, x: Value) => shape.length === 4 && `${shape.slice(2)}` === `${x.shape.slice(2)}`;
