/** @file Describes an ONNX file: its signature, its cost, and the operators that have no gradient. */

import { LatentfillError } from '../base/errors.ts';
import { flops } from './cost.ts';
import { grad } from './grad.ts';
import { type Obstacle, obstacles } from './onnx/obstacles.ts';
import { readOnnx } from './onnx/read.ts';
import { type OnnxSignature, onnxSignature } from './onnx/signature.ts';
import { add } from './ops/elementwise.ts';
import { sum } from './ops/reduce.ts';
import { topological } from './value.ts';

/** The result of {@link inspectOnnx}. */
export interface Inspection extends OnnxSignature {
  /**
   * FLOPs per image: `forward` for the outputs, `backward` for the gradient with respect to the float inputs, not
   * counting `forward`. null where the cost is unknown: see `unread`.
   */
  readonly flops: { readonly forward: number; readonly backward: number | null } | null;
  /** Operators between inputs and outputs that have no gradient. */
  readonly obstacles: readonly Obstacle[];
  /** Why the cost is not known; null where it is. */
  readonly unread: string | null;
}

/** Inspects a model that holds its own weights; operators may be unknown. @throws LatentfillError for bytes that are no ONNX model. */
export function inspectOnnx(bytes: Uint8Array): Inspection {
  const signature = onnxSignature(bytes);
  const known = { ...signature, obstacles: obstacles(bytes) };
  try {
    return { ...known, ...cost(bytes, signature) };
  } catch (error) {
    if (!(error instanceof LatentfillError)) throw error;
    return { ...known, flops: null, unread: error.message };
  }
}

function cost(bytes: Uint8Array, { inputs: ports }: OnnxSignature): Pick<Inspection, 'flops' | 'unread'> {
  const shapes = ports.flatMap(({ name, shape }) => {
    const sizes = shape?.map((size, axis) => (axis === 0 ? (typeof size === 'number' ? size : 1) : size));
    return sizes?.every((size) => typeof size === 'number') ? [[name, sizes as number[]] as const] : [];
  });
  const { inputs, outputs } = readOnnx(bytes, { inputShapes: Object.fromEntries(shapes) });
  const rows = Object.values(outputs)[0]?.shape[0] ?? 1; // a file of fixed batch size counts per image too
  const forward = topological(Object.values(outputs));
  const work = flops(forward) / rows;
  const from = Object.values(inputs).filter((x) => x.dtype === 'float32');
  const to = Object.values(outputs).filter((y) => y.dtype === 'float32');
  if (from.length === 0 || to.length === 0) return { flops: { forward: work, backward: null }, unread: null };
  try {
    const before = new Set(forward);
    const all = topological(
      grad(
        to.map((y) => sum(y)).reduce((a, b) => add(a, b)),
        from,
      ),
    );
    const extra = all.filter((value) => !before.has(value));
    return { flops: { forward: work, backward: flops(extra) / rows }, unread: null };
  } catch (error) {
    if (!(error instanceof LatentfillError)) throw error;
    return { flops: { forward: work, backward: null }, unread: error.message };
  }
}
