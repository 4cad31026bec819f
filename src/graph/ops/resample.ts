/**
 * @file Resampling along an axis is a product with a constant matrix, so its gradient is a product with the transpose.
 */

import { constant, type Value } from '../value.ts';
import { expand, moveAxis, reshape, slice } from './layout.ts';
import { matmul } from './linear.ts';

/** How an axis is resampled; names and meanings are those of ONNX's Resize. */
export interface Resampling {
  readonly mode: 'nearest' | 'linear' | 'cubic';
  readonly coordinates: string;
  readonly nearest: string;
  readonly cubicCoefficient: number;
  /** Samples outside of x get weight 0, and the other weights are scaled to sum to 1. */
  readonly excludeOutside: boolean;
  /** When downsampling, the kernel is widened by the inverse of the scale. */
  readonly antialias: boolean;
}

/**
 * x with one axis resampled to `size` elements; `scale`, a float32, is the ratio of output to input coordinates. At a
 * scale of 1 every element stays, wherever the coordinates would lie; so it does in ONNX Runtime's antialiasing if the
 * size stays.
 */
export function resample(x: Value, axis: number, size: number, scale: number, how: Resampling): Value {
  const from = x.shape[axis]!;
  if (size === from && (scale === 1 || how.antialias)) return x;
  const rows = Array.from({ length: size }, (_, i) => weightsAt(i, from, size, scale, how));
  const picks = rows.map((row) => (row.length === 1 && row[0]!.weight === 1 ? row[0]!.at : Number.NaN));
  const factor = size / from;
  if (picks.every((at, i) => at === Math.floor(i / factor)) && Number.isInteger(factor)) return repeat(x, axis, factor);
  const stride = size > 1 ? picks[1]! - picks[0]! : 1;
  if (stride >= 1 && picks.every((at, i) => at === picks[0]! + i * stride))
    return every(x, axis, picks[0]!, stride, size); // all of them: x itself

  const matrix = new Float32Array(from * size); // [from, size]
  for (const [i, row] of rows.entries()) for (const { at, weight } of row) matrix[at * size + i]! += weight;
  const rank = x.shape.length;
  return moveAxis(matmul(moveAxis(x, axis, rank - 1), constant(matrix, [from, size])), rank - 1, axis);
}

/** Each element repeated `times` times along an axis. */
function repeat(x: Value, axis: number, times: number): Value {
  const cells = reshape(x, x.shape.toSpliced(axis + 1, 0, 1));
  return reshape(expand(cells, cells.shape.with(axis + 1, times)), x.shape.with(axis, x.shape[axis]! * times));
}

/** `size` elements from `start` on, `stride` apart. */
function every(x: Value, axis: number, start: number, stride: number, size: number): Value {
  const along = (value: number, others: (n: number) => number) =>
    x.shape.map((n, i) => (i === axis ? value : others(n)));
  return slice(
    x,
    along(start, () => 0),
    along(start + (size - 1) * stride + 1, (n) => n),
    along(stride, () => 1),
  );
}

interface Weight {
  readonly at: number;
  readonly weight: number;
}

/** The elements of an axis of size `from`, with their weights, that element i of `size` is computed from. */
function weightsAt(i: number, from: number, size: number, scale: number, how: Resampling): Weight[] {
  const x = coordinate(i, from, size, scale, how);
  if (how.mode === 'nearest') return [{ at: clamp(roundBy(how.nearest, x, scale), from), weight: 1 }];

  const stretch = how.antialias && scale < 1 ? 1 / scale : 1;
  const reach = (how.mode === 'linear' ? 1 : 2) * stretch;
  const kernel = how.mode === 'linear' ? triangle : (d: number) => cubic(d, how.cubicCoefficient);
  const taps: { at: number; weight: number; outside: boolean }[] = [];
  for (let at = Math.ceil(x - reach); at <= Math.floor(x + reach); at++) {
    const weight = kernel((at - x) / stretch);
    if (weight !== 0) taps.push({ at: clamp(at, from), weight, outside: at < 0 || at >= from });
  }
  const kept = how.excludeOutside ? taps.filter(({ outside }) => !outside) : taps;
  const total = kept.reduce((sum, { weight }) => sum + weight, 0);
  return kept.map(({ at, weight }) => ({ at, weight: weight / total }));
}

const f32 = Math.fround;

/**
 * The coordinate of the result's element i on the axis of x. Every step is rounded to float32, as ONNX Runtime does, so
 * that ties fall on the same side.
 */
function coordinate(i: number, from: number, size: number, scale: number, { coordinates }: Resampling): number {
  const scaled = (at: number) => f32(at / scale);
  switch (coordinates) {
    case 'align_corners':
      return size === 1 ? 0 : f32(f32(i * (from - 1)) / (size - 1));
    case 'asymmetric':
      return scaled(i);
    case 'pytorch_half_pixel':
      return size > 1 ? f32(scaled(i + 0.5) - 0.5) : 0;
    case 'tf_half_pixel_for_nn':
      return scaled(i + 0.5);
    case 'half_pixel_symmetric': {
      const adjustment = f32(size / f32(scale * from)); // the requested size may differ from scale · from
      const offset = f32((from / 2) * f32(1 - adjustment));
      return f32(offset + (i + 0.5) / scale - 0.5); // this one sum ONNX Runtime does in float64
    }
    default:
      return f32(scaled(i + 0.5) - 0.5);
  }
}

/** What is so near to the middle counts as the middle: a coordinate's last bit must not decide. So does ONNX Runtime. */
const TIE = 1e-6;

function roundBy(mode: string, x: number, scale: number): number {
  if (mode === 'floor') return Math.floor(x);
  if (mode === 'ceil') return Math.ceil(x);
  if (mode === 'simple') return scale < 1 ? Math.ceil(x) : Math.floor(x); // Upsample and Resize of opset 10
  const half = Math.floor(x) + 0.5;
  const tied = Math.abs(x - half) < TIE ? half : x;
  return mode === 'round_prefer_ceil' ? Math.floor(tied + 0.5) : Math.ceil(tied - 0.5);
}

const clamp = (at: number, size: number) => Math.min(Math.max(at, 0), size - 1);
const triangle = (d: number) => Math.max(0, 1 - Math.abs(d));

/** Keys' cubic convolution kernel (1981), with the coefficient a. */
function cubic(d: number, a: number): number {
  const x = Math.abs(d);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}
