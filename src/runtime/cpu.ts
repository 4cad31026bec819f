/** @file Rewrites a graph into forms that run fastest on ONNX Runtime's CPU kernels. */

import { attributeProtos } from '../graph/onnx/attributes.ts';
import { lower } from '../graph/onnx/lower.ts';
import { onnxNodes } from '../graph/onnx/nodes.ts';
import { max, mul, sub } from '../graph/ops/elementwise.ts';
import type { Ops } from '../graph/ops.ts';
import { rewrite } from '../graph/rewrite.ts';
import { count, is, node, scalar, topological, type Value } from '../graph/value.ts';
import { cellsByParts } from './cells.ts';
import { preluByParts, within } from './prelu.ts';

/** The same graph, in forms that are fast on a CPU. */
export function fastOnCpu(given: Readonly<Record<string, Value>>): Record<string, Value> {
  const outputs = lower(given);
  const uses = new Map<Value, number>();
  for (const { inputs } of topological(Object.values(outputs))) {
    for (const x of inputs) uses.set(x, (uses.get(x) ?? 0) + 1);
  }
  const once = (value: Value) => uses.get(value) === 1 && !Object.values(outputs).includes(value);
  return rewrite(
    outputs,
    (value, was) =>
      gated(value) ??
      steepLine(value) ??
      steepLines(value) ??
      withBias(value, was, once) ??
      cellsByParts(value, (i) => once(was.inputs[i]!)) ??
      threaded(value),
  );
}

/** The slope of {@link steepLine}: its product with any positive float32 that is not denormal is at least 1. */
const STEEP = 2 ** 127;

/**
 * x > 0 ? high : low, for 0 ≤ low < high ≤ 1, computed as clip(STEEP · x, low, high). ONNX Runtime runs Where on one
 * thread and Clip on all of them, in half the time.
 */
function steepLine(value: Value): Value | undefined {
  const [test, high, low] = value.inputs as [Value, Value, Value];
  if (value.op !== 'Where' || test.op !== 'Greater') return undefined;
  const [x, threshold] = test.inputs as [Value, Value];
  const [zero, top, bottom] = [threshold, high, low].map(numberOf);
  if (zero !== 0 || top === undefined || bottom === undefined || bottom < 0 || bottom >= top || top > 1)
    return undefined;
  if (x.dtype !== 'float32' || x.shape.length !== value.shape.length || count(x.shape) !== count(value.shape))
    return undefined;
  return native('Clip', [mul(x, STEEP), scalar(bottom), scalar(top)], value);
}

/** x > 0 ? 1 : slope, for slopes from 0 to 1 that broadcast: the gradient of a PRelu, for the same reason. */
function steepLines(value: Value): Value | undefined {
  const [test, high, slope] = value.inputs as [Value, Value, Value];
  if (value.op !== 'Where' || test.op !== 'Greater' || numberOf(high) !== 1) return undefined;
  const [x, threshold] = test.inputs as [Value, Value];
  if (numberOf(threshold) !== 0 || `${x.shape}` !== `${value.shape}` || !within(slope, (s) => s >= 0 && s <= 1))
    return undefined;
  return max(step(x), slope);
}

/** 1 where x > 0, else 0. */
const step = (x: Value) => native('HardSigmoid', [x], x, attributeProtos({ alpha: STEEP, beta: 0 }));

const threaded = (value: Value) => (value.op === 'PRelu' ? preluByParts(value) : value);

/**
 * a > b ? g : 0, the gradient of a Relu or a Clip, computed as g · clip(STEEP · (a − b), 0, 1) for the same reason. Only where g is the
 * result of products with weights and is therefore finite, since 0 · ∞ would be NaN.
 */
function gated(value: Value): Value | undefined {
  const [test, g, low] = value.inputs as [Value, Value, Value];
  if (value.op !== 'Where' || test.op !== 'Greater' || value.dtype !== 'float32') return undefined;
  const over = distance(test.inputs as [Value, Value]);
  if (!over || numberOf(low) !== 0 || `${over.shape}` !== `${g.shape}` || !finite(g)) return undefined;
  return mul(g, step(over));
}

/** A value that is positive where a > b, for a or b a number; undefined for numbers so small that a − b may vanish. */
function distance([a, b]: readonly [Value, Value]): Value | undefined {
  if (a.dtype !== 'float32') return undefined;
  if (numberOf(b) === 0) return a;
  return [a, b].some((x) => Math.abs(numberOf(x) ?? 0) > 1e-30) ? sub(a, b) : undefined;
}

const products: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'MatMul']);
const sums: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Neg', 'Reshape']);

const known = new WeakMap<Value, boolean>();

/** Whether a value is a product with weights, or a sum of such, gated or not: both ways of a residual block meet in one. */
function finite(value: Value): boolean {
  const before = known.get(value);
  if (before !== undefined) return before;
  const name = is(value, 'Opaque') ? value.attrs.opType : value.op;
  const found = products.has(name) || (sums.has(name) && value.inputs.every(finite)) || name === 'HardSigmoid';
  known.set(value, found);
  return found;
}

/** A convolution and its bias per channel as one operator, with which ONNX Runtime then fuses the activation. */
function withBias(value: Value, was: Value, once: (value: Value) => boolean): Value | undefined {
  if (value.op !== 'Add') return undefined;
  const [y, bias] = value.inputs as [Value, Value];
  if (!is(y, 'Conv') && !is(y, 'ConvTranspose')) return undefined;
  const channels = value.shape[1]!;
  const perChannel =
    bias.op === 'Reshape' && `${bias.shape}` === `${[channels, 1, 1]}` && bias.inputs[0]!.shape.length === 1;
  if (!perChannel || !once(was.inputs[0]!)) return undefined;
  const written = onnxNodes[y.op as 'Conv'].write!(y.attrs as Ops['Conv']['attrs'], y.inputs);
  return native(y.op, [...y.inputs, bias.inputs[0]!], value, attributeProtos(written.attributes ?? {}));
}

/** An operator of ONNX that the graph itself does not have. */
function native(
  opType: string,
  inputs: readonly Value[],
  { shape }: Value,
  attributes: readonly unknown[] = [],
): Value {
  const places = inputs.map((_, i) => i);
  return node('Opaque', inputs, { opType, domain: '', version: 18, attributes, places, outputs: 1 }, shape);
}

function numberOf(value: Value): number | undefined {
  return is(value, 'Constant') && value.shape.length === 0 ? Number(value.attrs.data[0]) : undefined;
}
