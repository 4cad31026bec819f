/** @file Pooling over windows of x [N, C, H, W]. */

import type { PoolAttrs } from '../ops.ts';
import { constant, count, fail, node, scalar, type Value } from '../value.ts';
import { add, cast, div, equal, mul } from './elementwise.ts';
import { dilate, expand, pad, reshape, slice } from './layout.ts';
import { conv } from './linear.ts';
import { mean } from './reduce.ts';
import { poolShape } from './shapes.ts';

/** The largest element of x in each window. */
export function maxPool(x: Value, attrs: PoolAttrs): Value {
  return node('MaxPool', [x], attrs, poolShape('MaxPool', x.shape, attrs));
}

/**
 * The mean of each window. Padding within `counted` [top, left, bottom, right] around x counts as zeros; padding
 * further out is left out of the mean.
 */
export function averagePool(x: Value, attrs: PoolAttrs, counted: PoolAttrs['pads'] = [0, 0, 0, 0]): Value {
  const [, , height, width] = poolShape('AveragePool', x.shape, attrs) as [number, number, number, number];
  const { kernel, strides, pads, dilations } = attrs;
  const [n, c] = x.shape as [number, number];
  const [kh, kw] = kernel;
  const tiles = kh === strides[0] && kw === strides[1] && height * kh === x.shape[2] && width * kw === x.shape[3];
  if (tiles && pads.every((p) => p === 0) && dilations.every((d) => d === 1)) {
    return mean(reshape(x, [n, c, height, kh, width, kw]), [3, 5]);
  }
  const share = expand(scalar(1 / (kh * kw)), [c, 1, kh, kw]);
  const means = conv(x, share, { strides, pads, dilations, group: c });
  const parts = coverage(x, attrs, counted, [height, width]);
  return parts.every((part) => part === 1) ? means : div(means, constant(parts, [1, 1, height, width]));
}

/** The mean of each cell of `rows`×`columns` elements. */
export function meanOfCells(x: Value, rows: number, columns = rows): Value {
  const cell = [rows, columns] as const;
  return averagePool(x, { kernel: cell, strides: cell, pads: [0, 0, 0, 0], dilations: [1, 1] });
}

/** The fraction of each window that counts in its mean, row by row. */
function coverage(
  x: Value,
  { kernel, strides, pads, dilations }: PoolAttrs,
  counted: PoolAttrs['pads'],
  size: readonly [number, number],
): number[] {
  const along = (axis: 0 | 1) =>
    Array.from({ length: size[axis] }, (_, i) => {
      const taps = Array.from({ length: kernel[axis] }, (_, k) => i * strides[axis] - pads[axis] + k * dilations[axis]);
      const inside = taps.filter((at) => at >= -counted[axis] && at < x.shape[axis + 2]! + counted[axis + 2]!);
      return inside.length / kernel[axis];
    });
  const columns = along(1);
  return along(0).flatMap((row) => columns.map((column) => row * column));
}

/**
 * The gradient of x from the cotangent g of y = maxPool(x): g goes to the largest element, in equal shares among ties.
 */
export function maxPoolInput(g: Value, y: Value, x: Value, { kernel, strides, pads, dilations }: PoolAttrs): Value {
  const [n, c, height, width] = y.shape as [number, number, number, number];
  if (count(kernel) > 4096) fail('MaxPool', `a window of at most 4096 for its gradient, got [${kernel}]`);
  // x padded on every side, so that each tap is one strided slice. The mask below tells padding from elements of x.
  const room = [kernel[0] - 1, kernel[1] - 1].map((k, axis) => k * dilations[axis]! + strides[axis]!);
  const around = [0, 0, pads[0], pads[1], 0, 0, pads[2] + room[0]!, pads[3] + room[1]!];
  const wide = pad(x, around);
  const within = pad(expand(scalar(1), [1, 1, ...x.shape.slice(2)]), around);
  const taps = Array.from({ length: count(kernel) }, (_, k) => {
    const [row, column] = [Math.floor(k / kernel[1]) * dilations[0], (k % kernel[1]) * dilations[1]];
    const pick = (from: Value) =>
      slice(
        from,
        [0, 0, row, column],
        [from.shape[0]!, from.shape[1]!, row + (height - 1) * strides[0] + 1, column + (width - 1) * strides[1] + 1],
        [1, 1, ...strides],
      );
    return { row, column, chosen: mul(cast(equal(pick(wide), y), 'float32'), pick(within)) };
  });
  const shares = div(
    g,
    taps.map(({ chosen }) => chosen).reduce((a, b) => add(a, b)),
  );
  const placed = taps.map(({ row, column, chosen }) => {
    const part = dilate(mul(shares, chosen), [1, 1, ...strides]);
    const [below, right] = [wide.shape[2]! - row - part.shape[2]!, wide.shape[3]! - column - part.shape[3]!];
    return pad(part, [0, 0, row, column, 0, 0, below, right]);
  });
  const whole = placed.reduce((a, b) => add(a, b));
  return slice(whole, [0, 0, pads[0], pads[1]], [n, c, pads[0] + x.shape[2]!, pads[1] + x.shape[3]!]);
}
