/**
 * @file Convolutions in ONNX Runtime's blocked layout, [N, C / block, H, W, block], its fastest on a CPU. ONNX Runtime
 * chooses this layout only for constant weights. In training the weights vary, so the graph itself must ask for it.
 */

import { attributeProtos } from '../graph/onnx/attributes.ts';
import { onnxNodes } from '../graph/onnx/nodes.ts';
import { writeOnnx } from '../graph/onnx/write.ts';
import { reshape } from '../graph/ops/layout.ts';
import type { Ops } from '../graph/ops.ts';
import { rewrite } from '../graph/rewrite.ts';
import { count, input, is, node, type Shape, topological, type Value } from '../graph/value.ts';
import { ort } from './ort.ts';
import { openSession } from './session.ts';

/** The same graph, with every convolution of variable weights and whole blocks of channels in the blocked layout. */
export function blocked(outputs: Readonly<Record<string, Value>>, block: number): Record<string, Value> {
  const values = topological(Object.values(outputs));
  const varying = new Set<Value>();
  const uses = new Map<Value, number>(Object.values(outputs).map((value) => [value, 2]));
  for (const value of values) {
    if (is(value, 'Input') || value.inputs.some((x) => varying.has(x))) varying.add(value);
    for (const x of value.inputs) uses.set(x, (uses.get(x) ?? 0) + 1);
  }
  return rewrite(outputs, (value, was) => {
    if (is(value, 'LeakyRelu') && uses.get(was.inputs[0]!) === 1) return activated(value, value.attrs.alpha) ?? value;
    const attributes = attributesOf(value);
    if (!attributes || !varying.has(was.inputs[1]!) || !fills(was, block)) return value;
    const [x, w, ...bias] = value.inputs as [Value, Value, Value?];
    const inputs = [x.shape[1]! < block ? x : reordered(x), weights(w, block), ...(bias as Value[])];
    return inOrder(blockedNode('Conv', inputs, value.shape, attributes));
  });
}

/** A blocked convolution with the activation that follows it, as one operator. */
function activated({ inputs: [x] }: Value, alpha: number): Value | undefined {
  const y = blocksOf(x!);
  if (!y || !is(y, 'Opaque') || y.attrs.opType !== 'Conv') return undefined;
  const activation = attributeProtos({ activation: 'LeakyRelu', activation_params: Float32Array.of(alpha) });
  return inOrder(blockedNode('Conv', y.inputs, y.shape, [...y.attrs.attributes, ...activation]));
}

/** The ONNX attributes of a convolution, with or without a fused bias. */
function attributesOf(value: Value): readonly unknown[] | undefined {
  if (is(value, 'Conv')) return attributeProtos(onnxNodes.Conv.write!(value.attrs, value.inputs).attributes ?? {});
  return is(value, 'Opaque') && value.attrs.opType === 'Conv' && value.attrs.domain === ''
    ? value.attrs.attributes
    : undefined;
}

/**
 * Whether the channels fill whole blocks. An input with fewer channels than a block (an image) keeps its own layout.
 */
function fills({ inputs: [x, w], shape }: Value, block: number): boolean {
  const groups = x!.shape[1]! / w!.shape[1]!;
  const few = groups === 1 && x!.shape[1]! < block;
  return (shape[1]! / groups) % block === 0 && (few || w!.shape[1]! % block === 0);
}

/** A kernel [M, C, kh, kw] as [M / block, C / block, kh, kw, block of C, block of M]; the declared shape stays. */
function weights(w: Value, block: number): Value {
  const [m, c, kh, kw] = w.shape as [number, number, number, number];
  const within = c < block ? w : reordered(reshape(w, [m, c, kh * kw, 1]));
  return reshape(reordered(reshape(within, [m / block, block, c * kh * kw, 1])), w.shape);
}

/** [N, C, H, W] as [N, C / block, H, W, block]; the declared shape stays. */
const reordered = (x: Value): Value => blocksOf(x) ?? blockedNode('ReorderInput', [x], x.shape);

/** The inverse of {@link reordered}: from the blocked layout to [N, C, H, W]. */
const inOrder = (y: Value): Value =>
  blockedNode('ReorderOutput', [y], y.shape, attributeProtos({ channels: BigInt(y.shape[1]!) }));

/** The blocked value behind a value that {@link inOrder} made. */
function blocksOf(value: Value): Value | undefined {
  return is(value, 'Opaque') && value.attrs.opType === 'ReorderOutput' ? value.inputs[0] : undefined;
}

function blockedNode(opType: string, inputs: readonly Value[], shape: Shape, attributes: readonly unknown[] = []) {
  const places = inputs.map((_, i) => i);
  const attrs: Ops['Opaque']['attrs'] = {
    opType,
    domain: 'com.microsoft.nchwc',
    version: 1,
    attributes,
    places,
    outputs: 1,
  };
  return node('Opaque', inputs, attrs, shape);
}

let known: Promise<number> | undefined;

/** The number of channels in a block on this processor; 0 where ONNX Runtime has no blocked convolutions. */
export function blockOf(): Promise<number> {
  known ??= measure().catch(() => 0);
  return known;
}

/**
 * Reorders x [1, 64, 2, 1] with elements 0, 1, 2, …. Element 1, channel 0 of the second pixel, then follows one block
 * of the first pixel, so its index is the block size.
 */
async function measure(): Promise<number> {
  const x = input('x', [1, 64, 2, 1]);
  const session = await openSession('cpu', writeOnnx({ y: reordered(x) }), { threads: 1 });
  try {
    const { Tensor } = await ort('cpu');
    const data = Float32Array.from({ length: count(x.shape) }, (_, i) => i);
    const { y } = await session.run({ x: new Tensor('float32', data, x.shape) });
    const block = (y!.data as Float32Array).indexOf(1);
    return block > 1 ? block : 0;
  } finally {
    await session.release();
  }
}
