/** @file Smooth resampling by two. */

import { mul } from '../graph/ops/elementwise.ts';
import { matmul } from '../graph/ops/linear.ts';
import { constant, type Value } from '../graph/value.ts';

/** x [N, C, H, W] at twice the size, interpolated linearly. */
export function upsampleSmooth(x: Value): Value {
  return alongBoth(x, (size) => transposed(halving(size), size), 2);
}

/**
 * x [N, C, H, W] at half the size by a 4×4 filter, 1 3 3 1 along each axis: a quarter of the transpose of {@link
 * upsampleSmooth}.
 */
export function downsampleSmooth(x: Value): Value {
  return mul(
    alongBoth(x, (size) => halving(size / 2), 0.5),
    0.25,
  );
}

/** A matrix [scale·n, n] applied to the rows and to the columns of each channel. */
function alongBoth(x: Value, matrixOf: (size: number) => Float32Array, scale: number): Value {
  const [, , height, width] = x.shape as [number, number, number, number];
  const columns = constant(flipped(matrixOf(width), width * scale, width), [width, width * scale]);
  const rows = constant(matrixOf(height), [height * scale, height]);
  return matmul(rows, matmul(x, columns));
}

/** The matrix [n, 2n] of the filter 1 3 3 1 (÷ 4) at stride 2; pixels at a border are repeated beyond it. */
function halving(n: number): Float32Array {
  const matrix = new Float32Array(n * 2 * n);
  for (let i = 0; i < n; i++) {
    for (const [tap, weight] of [1, 3, 3, 1].entries()) {
      matrix[i * 2 * n + Math.min(2 * n - 1, Math.max(0, 2 * i - 1 + tap))]! += weight / 4;
    }
  }
  return matrix;
}

/** The [2n, n] transpose of {@link halving}, its rows summing to 1: linear interpolation. */
function transposed(matrix: Float32Array, n: number): Float32Array {
  return flipped(matrix, n, 2 * n);
}

function flipped(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(matrix, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]!);
}
