/** @file The float64 reference of every operator, in plain loops: for tests and for constant folding. */

import { broadcast, stridesOf } from '../ops/shapes.ts';
import type { ConvAttrs, OpName, PoolAttrs } from '../ops.ts';
import { count, type Shape } from '../value.ts';
import { indexKernels } from './indexing.ts';
import { broadcastStrides, broadcastTo, gather, type Kernel, lines, positions, type Tensor } from './tensor.ts';

const map =
  (f: (x: number) => number) =>
  ([x]: readonly Tensor[]): Float64Array =>
    x!.data.map(f);

const zip =
  (f: (a: number, b: number) => number) =>
  ([a, b]: readonly Tensor[], _attrs: unknown, shape: Shape): Float64Array => {
    const [x, y] = [broadcastTo(a!, shape), broadcastTo(b!, shape)];
    return x.map((value, i) => f(value, y[i]!));
  };

/** Operators without a kernel: inputs, constants and unknown operators. */
export type Leaf = 'Input' | 'Constant' | 'Opaque' | 'OpaqueOutput';

export const kernels: { readonly [K in Exclude<OpName, Leaf>]: Kernel<K> } = {
  Identity: ([x]) => x!.data,
  StopGradient: ([x]) => x!.data,
  Cast: ([x], { to }) =>
    to === 'bool' ? x!.data.map(Math.sign).map(Math.abs) : to === 'int64' ? x!.data.map(Math.trunc) : x!.data,

  Add: zip((a, b) => a + b),
  Sub: zip((a, b) => a - b),
  Mul: zip((a, b) => a * b),
  Div: zip((a, b) => a / b),
  Mod: zip((a, b) => a - b * Math.floor(a / b)),
  Pow: zip((a, b) => a ** b),
  Max: zip(Math.max),
  Min: zip(Math.min),
  Greater: zip((a, b) => (a > b ? 1 : 0)),
  Equal: zip((a, b) => (a === b ? 1 : 0)),
  And: zip((a, b) => a * b),
  Or: zip(Math.max),
  Where: ([c, a, b], _attrs, shape) => {
    const [condition, x, y] = [broadcastTo(c!, shape), broadcastTo(a!, shape), broadcastTo(b!, shape)];
    return condition.map((holds, i) => (holds ? x[i]! : y[i]!));
  },

  Neg: map((x) => -x),
  Abs: map(Math.abs),
  Sign: map(Math.sign),
  Floor: map(Math.floor),
  Ceil: map(Math.ceil),
  Round: map((x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))),
  Sqrt: map(Math.sqrt),
  Exp: map(Math.exp),
  Log: map(Math.log),
  Sin: map(Math.sin),
  Cos: map(Math.cos),
  Tan: map(Math.tan),
  Asin: map(Math.asin),
  Acos: map(Math.acos),
  Atan: map(Math.atan),
  Sinh: map(Math.sinh),
  Cosh: map(Math.cosh),
  Asinh: map(Math.asinh),
  Acosh: map(Math.acosh),
  Atanh: map(Math.atanh),
  Erf: map(erf),
  Tanh: map(Math.tanh),
  Sigmoid: map((x) => 1 / (1 + Math.exp(-x))),
  Softplus: map((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Relu: map((x) => Math.max(x, 0)),
  LeakyRelu: ([x], { alpha }) => x!.data.map((v) => (v > 0 ? v : alpha * v)),
  PRelu: zip((x, slope) => (x > 0 ? x : slope * x)),
  Elu: ([x], { alpha }) => x!.data.map((v) => (v > 0 ? v : alpha * Math.expm1(v))),
  Not: map((x) => 1 - x),

  MatMul: ([a, b], _attrs, shape) => matmul(a!, b!, shape),
  Conv: ([x, w], attrs, shape) => {
    const out = new Float64Array(count(shape));
    taps(x!.shape, w!.shape, shape, attrs, (xi, wi, yi) => {
      out[yi]! += x!.data[xi]! * w!.data[wi]!;
    });
    return out;
  },
  // The same triples (x, w, y) as the convolution that maps this one's output back to its input.
  ConvTranspose: ([x, w], attrs, shape) => {
    const out = new Float64Array(count(shape));
    taps(shape, w!.shape, x!.shape, attrs, (yi, wi, xi) => {
      out[yi]! += x!.data[xi]! * w!.data[wi]!;
    });
    return out;
  },
  ConvWeight: ([x, g], attrs, shape) => {
    const out = new Float64Array(count(shape));
    taps(x!.shape, shape, g!.shape, attrs, (xi, wi, yi) => {
      out[wi]! += x!.data[xi]! * g!.data[yi]!;
    });
    return out;
  },
  MaxPool: ([x], attrs, shape) => maxPool(x!, attrs, shape),

  ReduceSum: ([x], _attrs, shape) => sumInto(x!, shape),
  ReduceMean: ([x], _attrs, shape) => sumInto(x!, shape).map((total) => (total * count(shape)) / x!.data.length),
  ReduceMax: ([x], _attrs, shape) => reduceInto(x!, shape, Number.NEGATIVE_INFINITY, Math.max),
  ReduceMin: ([x], _attrs, shape) => reduceInto(x!, shape, Number.POSITIVE_INFINITY, Math.min),
  Softmax: ([x], { axis }) => softmax(x!, axis),
  LogSoftmax: ([x], { axis }) => logSoftmax(x!, axis),
  CumSum: ([x], { axis, exclusive, reverse }, shape) => {
    const out = new Float64Array(count(shape));
    const n = shape[axis]!;
    for (const line of lines(shape, axis)) {
      const order = reverse ? line.toReversed() : line;
      let total = 0;
      for (let k = 0; k < n; k++) {
        if (exclusive) out[order[k]!] = total;
        total += x!.data[order[k]!]!;
        if (!exclusive) out[order[k]!] = total;
      }
    }
    return out;
  },
  Reshape: ([x]) => x!.data,
  Expand: ([x], _attrs, shape) => broadcastTo(x!, shape),
  Transpose: ([x], { perm }, shape) => {
    const strides = stridesOf(x!.shape);
    return gather(
      x!.data,
      shape,
      0,
      perm.map((axis) => strides[axis]!),
    );
  },
  Concat: (inputs, { axis }, shape) => {
    const out = new Float64Array(count(shape));
    let start = 0;
    for (const x of inputs) {
      const offset = start * stridesOf(shape)[axis]!;
      positions(x.shape, offset, stridesOf(shape)).forEach((to, from) => {
        out[to] = x.data[from]!;
      });
      start += x.shape[axis]!;
    }
    return out;
  },
  Slice: ([x], { starts, steps }, shape) => {
    const strides = stridesOf(x!.shape);
    const first = starts.reduce((sum, start, i) => sum + start * strides[i]!, 0);
    return gather(
      x!.data,
      shape,
      first,
      strides.map((stride, i) => stride * steps[i]!),
    );
  },
  Flip: ([x], { axes }, shape) => {
    const strides = stridesOf(shape);
    const first = axes.reduce((sum, axis) => sum + (shape[axis]! - 1) * strides[axis]!, 0);
    return gather(
      x!.data,
      shape,
      first,
      strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride)),
    );
  },
  Pad: ([x], { pads }, shape) => {
    const out = new Float64Array(count(shape));
    const strides = stridesOf(shape);
    const first = strides.reduce((sum, stride, i) => sum + stride * pads[i]!, 0);
    positions(x!.shape, first, strides).forEach((to, from) => {
      out[to] = x!.data[from]!;
    });
    return out;
  },
  ...indexKernels,
};

function sumInto(x: Tensor, shape: Shape): Float64Array {
  return reduceInto(x, shape, 0, (a, b) => a + b);
}

function reduceInto(x: Tensor, shape: Shape, start: number, f: (a: number, b: number) => number): Float64Array {
  const out = new Float64Array(count(shape)).fill(start);
  positions(x.shape, 0, broadcastStrides(shape, x.shape)).forEach((to, from) => {
    out[to] = f(out[to]!, x.data[from]!);
  });
  return out;
}

/** erf(x) = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!, whose terms are of one sign (Abramowitz and Stegun 7.1.6). */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let total = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

function logSoftmax(x: Tensor, axis: number): Float64Array {
  const out = new Float64Array(x.data.length);
  for (const line of lines(x.shape, axis)) {
    const top = line.reduce((most, at) => Math.max(most, x.data[at]!), Number.NEGATIVE_INFINITY);
    const total = Math.log(line.reduce((sum, at) => sum + Math.exp(x.data[at]! - top), 0));
    for (const at of line) out[at] = x.data[at]! - top - total;
  }
  return out;
}

const softmax = (x: Tensor, axis: number) => logSoftmax(x, axis).map(Math.exp);

function maxPool(x: Tensor, { kernel, strides, pads, dilations }: PoolAttrs, shape: Shape): Float64Array {
  const [, , height, width] = x.shape as [number, number, number, number];
  const [n, c, rows, columns] = shape as [number, number, number, number];
  const out = new Float64Array(count(shape)).fill(Number.NEGATIVE_INFINITY);
  for (let plane = 0; plane < n * c; plane++)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        for (let u = 0; u < kernel[0]; u++)
          for (let v = 0; v < kernel[1]; v++) {
            const [row, column] = [
              i * strides[0] - pads[0] + u * dilations[0],
              j * strides[1] - pads[1] + v * dilations[1],
            ];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            const to = (plane * rows + i) * columns + j;
            out[to] = Math.max(out[to]!, x.data[(plane * height + row) * width + column]!);
          }
  return out;
}

function matmul(a: Tensor, b: Tensor, shape: Shape): Float64Array {
  const [m, n, k] = [shape.at(-2)!, shape.at(-1)!, a.shape.at(-1)!];
  const lead = broadcast('MatMul', a.shape.slice(0, -2), b.shape.slice(0, -2));
  const x = broadcastTo(a, [...lead, m, k]);
  const w = broadcastTo(b, [...lead, k, n]);
  const out = new Float64Array(count(shape));
  for (let batch = 0; batch < count(lead); batch++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let total = 0;
        for (let l = 0; l < k; l++) total += x[(batch * m + i) * k + l]! * w[(batch * k + l) * n + j]!;
        out[(batch * m + i) * n + j] = total;
      }
    }
  }
  return out;
}

/** Calls `visit` with the flat indices of every (x, w, y) that multiply in the convolution y = x ∗ w. */
function taps(
  [batch, channels, height, width]: Shape,
  [out, perGroup, kh, kw]: Shape,
  [, , yh, yw]: Shape,
  { strides, pads, dilations, group }: ConvAttrs,
  visit: (x: number, w: number, y: number) => void,
): void {
  const outPerGroup = out! / group;
  for (let n = 0; n < batch!; n++)
    for (let m = 0; m < out!; m++)
      for (let c = 0; c < perGroup!; c++) {
        const plane = n * channels! + Math.floor(m / outPerGroup) * perGroup! + c;
        for (let i = 0; i < yh!; i++)
          for (let u = 0; u < kh!; u++) {
            const row = i * strides[0] - pads[0] + u * dilations[0];
            if (row < 0 || row >= height!) continue;
            for (let j = 0; j < yw!; j++)
              for (let v = 0; v < kw!; v++) {
                const column = j * strides[1] - pads[1] + v * dilations[1];
                if (column < 0 || column >= width!) continue;
                const x = (plane * height! + row) * width! + column;
                const w = ((m * perGroup! + c) * kh! + u) * kw! + v;
                visit(x, w, ((n * out! + m) * yh! + i) * yw! + j);
              }
          }
      }
}
