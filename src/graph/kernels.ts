/** @file The float64 reference of every operator: plain loops, for tests to lean on and for folding constants. */

import { broadcast, stridesOf } from './shapes.ts';
import { type ConvAttrs, count, type OpName, type Ops, type Shape } from './value.ts';

/** A dense tensor in float64; bool as 0 and 1. */
export interface Tensor {
  readonly data: Float64Array;
  readonly shape: Shape;
}

type Kernel<K extends OpName> = (inputs: readonly Tensor[], attrs: Ops[K]['attrs'], shape: Shape) => Float64Array;

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

export const kernels: { readonly [K in Exclude<OpName, 'Input' | 'Constant'>]: Kernel<K> } = {
  Identity: ([x]) => x!.data,
  StopGradient: ([x]) => x!.data,
  Cast: ([x], { to }) =>
    to === 'bool' ? x!.data.map(Math.sign).map(Math.abs) : to === 'int64' ? x!.data.map(Math.trunc) : x!.data,

  Add: zip((a, b) => a + b),
  Sub: zip((a, b) => a - b),
  Mul: zip((a, b) => a * b),
  Div: zip((a, b) => a / b),
  Pow: zip((a, b) => a ** b),
  Max: zip(Math.max),
  Min: zip(Math.min),
  Greater: zip((a, b) => (a > b ? 1 : 0)),
  Where: ([c, a, b], _attrs, shape) => {
    const [condition, x, y] = [broadcastTo(c!, shape), broadcastTo(a!, shape), broadcastTo(b!, shape)];
    return condition.map((holds, i) => (holds ? x[i]! : y[i]!));
  },

  Neg: map((x) => -x),
  Abs: map(Math.abs),
  Sign: map(Math.sign),
  Sqrt: map(Math.sqrt),
  Exp: map(Math.exp),
  Log: map(Math.log),
  Tanh: map(Math.tanh),
  Sigmoid: map((x) => 1 / (1 + Math.exp(-x))),
  Softplus: map((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Relu: map((x) => Math.max(x, 0)),
  LeakyRelu: ([x], { alpha }) => x!.data.map((v) => (v > 0 ? v : alpha * v)),

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

  ReduceSum: ([x], _attrs, shape) => sumInto(x!, shape),
  ReduceMean: ([x], _attrs, shape) => sumInto(x!, shape).map((total) => (total * count(shape)) / x!.data.length),
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
  Pad: ([x], { pads }, shape) => {
    const out = new Float64Array(count(shape));
    const strides = stridesOf(shape);
    const first = strides.reduce((sum, stride, i) => sum + stride * pads[i]!, 0);
    positions(x!.shape, first, strides).forEach((to, from) => {
      out[to] = x!.data[from]!;
    });
    return out;
  },
};

/** Where each element of a tensor of `shape` lies in memory with these strides. */
function positions(shape: Shape, first: number, strides: readonly number[]): Int32Array {
  let at = Int32Array.of(first);
  shape.forEach((size, axis) => {
    const next = new Int32Array(at.length * size);
    at.forEach((start, i) => {
      for (let k = 0; k < size; k++) next[i * size + k] = start + k * strides[axis]!;
    });
    at = next;
  });
  return at;
}

function gather(data: Float64Array, shape: Shape, first: number, strides: readonly number[]): Float64Array {
  return Float64Array.from(positions(shape, first, strides), (at) => data[at]!);
}

function broadcastStrides(from: Shape, to: Shape): number[] {
  const strides = stridesOf(from);
  const lead = to.length - from.length;
  return to.map((_, i) => (i < lead || from[i - lead] === 1 ? 0 : strides[i - lead]!));
}

function broadcastTo(x: Tensor, shape: Shape): Float64Array {
  return gather(x.data, shape, 0, broadcastStrides(x.shape, shape));
}

function sumInto(x: Tensor, shape: Shape): Float64Array {
  const out = new Float64Array(count(shape));
  positions(x.shape, 0, broadcastStrides(shape, x.shape)).forEach((to, from) => {
    out[to]! += x.data[from]!;
  });
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
