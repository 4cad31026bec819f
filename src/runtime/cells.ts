/**
 * @file Depthwise transposed convolutions that make a cell of its own of each element, as an inverse wavelet transform
 * does by rows and by columns. ONNX Runtime computes them by a matrix product of one row a channel, on one thread at a
 * time; products that broadcast take six tenths of that for rows. Columns are interleaved by a concatenation, which is
 * no faster for one value, but for a sum of two, added up before.
 */

import { add, mul } from '../graph/ops/elementwise.ts';
import { concat, reshape } from '../graph/ops/layout.ts';
import { constant, is, type Value } from '../graph/value.ts';

/** From so many columns on, products that broadcast are faster. */
const WIDE = 128;

/** The same value without a transposed convolution, where it lays out elements by rows or is a sum by columns. */
export function cellsByParts(value: Value, once: (input: number) => boolean): Value | undefined {
  if (value.op === 'ConvTranspose') return byRows(value);
  return value.op === 'Add' && once(0) && once(1) ? byColumns(value) : undefined;
}

function byRows(value: Value): Value | undefined {
  const kernel = cellKernel(value);
  const [n, c, height, width] = value.inputs[0]!.shape as [number, number, number, number];
  if (kernel?.shape[3] !== 1 || width < WIDE) return undefined;
  const rows = reshape(value.inputs[0]!, [n, c, height, 1, width]);
  return reshape(mul(rows, kernel), value.shape);
}

function byColumns(sum: Value): Value | undefined {
  const kernels = sum.inputs.map(cellKernel);
  const [n, c, height, width] = sum.inputs[0]!.inputs[0]?.shape ?? [];
  const fits = kernels.every((kernel) => kernel?.shape[2] === 1 && kernel.shape[3] === kernels[0]!.shape[3]);
  if (!fits || `${sum.inputs[0]!.shape}` !== `${sum.inputs[1]!.shape}` || width! < WIDE) return undefined;
  const columns = Array.from({ length: kernels[0]!.shape[3]! }, (_, at) => {
    const [p, q] = sum.inputs.map((laid, i) => mul(laid.inputs[0]!, column(kernels[i]!, at))) as [Value, Value];
    return reshape(add(p, q), [n!, c!, height!, width!, 1]);
  });
  return reshape(concat(columns, 4), sum.shape);
}

/** Column `at` of a kernel [C, 1, 1, k], as [C, 1, 1]. */
function column(kernel: Value, at: number): Value {
  const { data } = kernel.attrs as { data: Float32Array };
  const [channels, , , k] = kernel.shape as [number, number, number, number];
  return constant(
    Float32Array.from({ length: channels }, (_, c) => data[c * k + at]!),
    [channels, 1, 1],
  );
}

/** The constant kernel [C, 1, kh, kw] of a depthwise transposed convolution whose stride is its kernel. */
function cellKernel(value: Value): Value | undefined {
  if (!is(value, 'ConvTranspose')) return undefined;
  const kernel = value.inputs[1]!;
  const { strides, pads, dilations, outputPadding, group } = value.attrs;
  const alone = group === kernel.shape[0] && kernel.shape[1] === 1;
  const apart = strides.every((stride, i) => stride === kernel.shape[i + 2] && dilations[i] === 1);
  const whole = [...pads, ...outputPadding].every((pad) => pad === 0);
  return is(kernel, 'Constant') && alone && apart && whole ? kernel : undefined;
}
