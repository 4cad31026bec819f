/** @file What the shapes of an imported network's inputs and outputs mean, and how errors name these. */

import { LatentfillError } from '../../base/errors.ts';
import type { Port } from '../../graph/onnx/signature.ts';
import type { Value } from '../../graph/value.ts';
import type { Networks } from '../card.ts';

type Layout = Networks['generator']['layout'];
type Sizes = NonNullable<Port['shape']>;

/** The batch size at which shapes are computed: above 1, so that a network of fixed batch size 1 is detected. */
export const ROWS = 2;

/** A port in an error: `'class' (int64 [N, 10])`. */
export function describePort({ name, type, shape }: Port): string {
  return `'${name}' (${type} ${shape ? `[${shape.map((size) => size ?? '?').join(', ')}]` : 'of unknown shape'})`;
}

/** True for an input that can have a gradient. */
export function isFloat({ type }: Port): boolean {
  return /^b?float/.test(type);
}

/** The sizes of one image's part of an input, after its batch axis. @throws LatentfillError where one is symbolic. */
export function sizesOf(port: Port, axes: Port['shape'] = port.shape?.slice(1) ?? null): number[] {
  if (axes?.every((size) => typeof size === 'number')) return [...axes];
  throw new LatentfillError(
    'network',
    `Expected known sizes for the input ${describePort(port)} but for its first, the batch, got symbolic ones: export it with fixed sizes.`,
  );
}

/** The only output of a shape that `shapeOf` accepts, or the one with the given name. */
export function pick<T extends object>(
  network: string,
  what: 'image' | 'logit',
  outputs: Readonly<Record<string, Value>>,
  shapeOf: (shape: readonly number[]) => T | undefined,
  named: string | undefined,
): T & { name: string } {
  const fits = Object.entries(outputs).flatMap(([name, { shape }]) => {
    const found = shapeOf(shape);
    return found && (named === undefined || named === name) ? { ...found, name } : [];
  });
  if (fits.length === 1) return fits[0]!;
  const all = Object.entries(outputs).map(([name, { shape }]) => `'${name}' [${shape}]`);
  const expected =
    what === 'image'
      ? `square images, [${ROWS}, 3, H, H] or [${ROWS}, H, H, 3],`
      : `one logit an image, [${ROWS}], [${ROWS}, 1] or patches [${ROWS}, 1, h, w],`;
  const todo =
    fits.length > 1 ? `name one by the option '${what}Output'` : 'export it so, with a batch axis of any size';
  throw new LatentfillError(
    'network',
    `Expected one output of the ${network} to be ${expected} for a batch of ${ROWS}, got ${all.join(', ')}: ${todo}.`,
  );
}

/** The layout and size of a batch of square images; undefined for other shapes. */
export function imageShape(shape: readonly number[]) {
  const planes = layoutOf(shape);
  return planes && shape[0] === ROWS ? { planes, size: shape[2]! } : undefined; // axis 2 is a side in both layouts
}

/** A batch of logits, one or a map of patches for each image; undefined for other shapes. */
export function logitShape(shape: readonly number[]) {
  const single = shape.length < 4 ? shape.slice(1) : [shape[1] === 1 || shape[3] === 1 ? 1 : 0];
  return shape[0] === ROWS && shape.length <= 4 && single.every((size) => size === 1) ? {} : undefined;
}

/** The layout of an image-like shape, channels first if both fit. Symbolic sides count as equal. */
export function layoutOf(shape: Sizes): { layout: Layout; channels: 1 | 3 } | undefined {
  if (shape.length !== 4) return undefined;
  for (const [layout, axis, height, width] of [
    ['NCHW', 1, shape[2], shape[3]],
    ['NHWC', 3, shape[1], shape[2]],
  ] as const) {
    const channels = shape[axis];
    const square = typeof height !== 'number' || typeof width !== 'number' || height === width;
    if (square && (channels === 3 || channels === 1)) return { layout, channels };
  }
  return undefined;
}

/** Ports in an error. */
export function listPorts(ports: readonly Port[]): string {
  return ports.length > 0 ? ports.map(describePort).join(', ') : 'no input';
}
