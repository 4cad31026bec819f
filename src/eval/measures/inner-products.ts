/** @file Inner products of all rows of two matrices: what kernels and distances between sets are made of. */

import { matmul } from '../../graph/ops/linear.ts';
import { input } from '../../graph/value.ts';
import { compile } from '../../runtime/compile.ts';

/** Row-major numbers, [rows, columns]. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** Rows of the product at a time, and rows of b: they bound what is held. */
const CHUNK = 128;
const WIDE = 4096;

/**
 * Calls `each` with every inner product of a row of a [m, d] and a row of b [n, d], as float32 kernels compute them. Of
 * the product [m, n] only a piece is held at a time.
 */
export async function eachProduct(
  a: Matrix,
  b: Matrix,
  each: (i: number, j: number, product: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { columns } = a;
  const wide = Math.min(WIDE, b.rows);
  const products = matmul(input('a', [CHUNK, columns]), input('b', [columns, wide]));
  await using program = await compile({ products }, { signal });
  for (let right = 0; right < b.rows; right += wide) {
    const here = transposed(b, right, wide);
    for (let top = 0; top < a.rows; top += CHUNK) {
      const some = new Float32Array(CHUNK * columns); // the last piece may be short: the rest is zeros, left out
      some.set(a.data.subarray(top * columns, (top + CHUNK) * columns));
      const { products } = await program.run({ a: some, b: here }, { signal });
      for (let i = 0; i < Math.min(CHUNK, a.rows - top); i++) {
        for (let j = 0; j < Math.min(wide, b.rows - right); j++) each(top + i, right + j, products![i * wide + j]!);
      }
    }
  }
}

/** Σ x² of each row. */
export function squaredNorms({ rows, columns, data }: Matrix): Float64Array {
  const norms = new Float64Array(rows);
  for (let i = 0; i < data.length; i++) norms[Math.floor(i / columns)]! += data[i]! ** 2;
  return norms;
}

/** Rows end to end. */
export function matrix(rows: readonly ArrayLike<number>[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) data.set(row, i * columns);
  return { rows: rows.length, columns, data };
}

/** Rows at the places `at`, in that order. */
export function pickRows({ columns, data }: Matrix, at: readonly number[]): Matrix {
  return matrix(at.map((i) => data.subarray(i * columns, (i + 1) * columns)));
}

/** The first `count` rows; no copy. */
export function firstRows({ rows, columns, data }: Matrix, count: number): Matrix {
  return { rows: Math.min(rows, count), columns, data: data.subarray(0, count * columns) };
}

/** `count` rows from `start` on as columns, zeros where there are no more. */
function transposed({ rows, columns, data }: Matrix, start: number, count: number): Float32Array {
  const out = new Float32Array(columns * count);
  for (let j = 0; j < Math.min(count, rows - start); j++) {
    for (let k = 0; k < columns; k++) out[k * count + j] = data[(start + j) * columns + k]!;
  }
  return out;
}
