/** Resize from many sizes to many others, in every mode, against ONNX Runtime's own kernel. */

import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { readOnnx } from '../../src/graph/onnx/read.ts';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { extent } from '../helpers/extent.ts';
import { noise } from '../helpers/noise.ts';
import { type Attribute, float32, int64, onnxModel } from '../helpers/onnx.ts';

/** What the last axes of x become. */
type To = { readonly sizes: readonly number[] } | { readonly scales: readonly number[] };
type Attributes = Readonly<Record<string, Attribute>>;

function modelOf(from: readonly number[], to: To, attributes: Attributes, opset: number) {
  const lead = attributes.axes ? [] : [1, 1];
  const wanted =
    'sizes' in to ? int64([...lead, ...to.sizes], undefined, 'to') : float32([...lead, ...to.scales], undefined, 'to');
  const before = opset < 11 ? [] : 'sizes' in to ? ['none', 'none'] : ['none'];
  const op = opset < 10 ? 'Upsample' : 'Resize';
  return onnxModel({
    inputs: { x: [1, 1, ...from] },
    nodes: [{ op, inputs: ['x', ...before, 'to'], outputs: ['y'], attributes }],
    tensors: [float32([], [0], 'none'), wanted],
    outputs: ['y'],
    opset,
  });
}

/** How the graph's value differs from ONNX Runtime's; undefined where it does not. */
async function fault(from: readonly number[], to: To, attributes: Attributes, opset: number) {
  const model = modelOf(from, to, attributes, opset);
  const x = noise(`resize ${from}`, from[0]! * from[1]!);
  const session = await ort.InferenceSession.create(model, {
    logSeverityLevel: 4,
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: 1,
  });
  const y = (await session.run({ x: new ort.Tensor('float32', x, [1, 1, ...from]) })).y!;
  await session.release();
  const made = readOnnx(model).outputs.y!;
  const what = `[${from}] to ${JSON.stringify(to)}`;
  if (`${made.shape}` !== `${y.dims}`) return `${what}: [${made.shape}] for [${y.dims}]`;
  const got = evaluate([made], { x })[0]!;
  const off = Math.max(...got.map((v, i) => Math.abs(v - (y.data as Float32Array)[i]!)));
  return off < 2e-5 ? undefined : `${what}: off by ${off}`;
}

const sides = [1, 2, 3, 4, 5, 7, 9, 16, 33];
const factors = [0.1, 0.3, 1 / 3, 0.5, 0.6, 0.7, 0.9, 0.99, 1, 1.01, 1.1, 1.2, 1.3, 1.4, 1.6, 1.7, 2, 2.3, 2.5, 3];
const toSizes = sides.flatMap((from) => sides.map((to) => [[2, from], { sizes: [2, to] }] as const));
const byScales = [1, 2, 3, 7, 10, 20, 30].flatMap((from) =>
  factors
    .filter((scale) => from * scale >= 1)
    .map((scale) => [[3, from], { scales: [from % 2 === 0 ? 1 : 2, scale] }] as const),
);
/** Each axis alone, where it keeps its size by a scale that is not 1, and where it has one. */
const both = [
  [[3, 5], { scales: [1.2, 2] }],
  [[3, 5], { scales: [1.2, 1.1] }],
  [[4, 4], { sizes: [1, 1] }],
  [[4, 6], { sizes: [3, 6] }],
] as const;

const coordinates = [
  ...['half_pixel', 'asymmetric', 'align_corners', 'pytorch_half_pixel'].map(
    (name) => [name, [11, 13, 18, 19]] as const,
  ),
  ['tf_half_pixel_for_nn', [11]] as const,
  ['half_pixel_symmetric', [19]] as const,
];
const nearest = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'];

const forms: (readonly [attributes: Attributes, opset: number])[] = [
  ...coordinates.flatMap(([coordinate_transformation_mode, opsets]) =>
    opsets.flatMap((opset) => [
      ...nearest.map(
        (nearest_mode) => [{ mode: 'nearest', coordinate_transformation_mode, nearest_mode }, opset] as const,
      ),
      ...['linear', 'cubic'].flatMap((mode) => [
        [{ mode, coordinate_transformation_mode }, opset] as const,
        ...(opset >= 18 ? [[{ mode, coordinate_transformation_mode, antialias: 1n }, opset] as const] : []),
      ]),
      [{ mode: 'cubic', coordinate_transformation_mode, exclude_outside: 1n }, opset] as const,
    ]),
  ),
  [{ mode: 'nearest' }, 10],
  [{ mode: 'linear' }, 10],
];

describe.each(
  forms.map(
    ([attributes, opset]) => [`${Object.values(attributes).join(' ')}, opset ${opset}`, attributes, opset] as const,
  ),
)('%s', (name, attributes, opset) => {
  test('as ONNX Runtime', async () => {
    const all = opset < 11 ? byScales : [...toSizes, ...byScales, ...both];
    // A sample of its own for each form, so that all pairs are met.
    const tried = all.filter((_, i) => extent === 'whole' || (i + name.length) % 9 === 0 || i >= all.length - 4);
    const faults: string[] = [];
    for (const [from, to] of tried) {
      const found = await fault(from, to, attributes, opset);
      if (found) faults.push(found);
    }
    expect(faults).toEqual([]);
    expect(tried.length).toBeGreaterThan(12);
  });
});

test('with axes, and a policy for the aspect ratio', async () => {
  for (const keep_aspect_ratio_policy of ['stretch', 'not_larger', 'not_smaller']) {
    for (const sizes of [
      [7, 7],
      [5, 9],
      [1, 3],
      [4, 5],
      [3, 4],
    ]) {
      for (const mode of ['nearest', 'linear']) {
        const attributes = { mode, axes: [2n, 3n], keep_aspect_ratio_policy };
        expect(await fault([4, 5], { sizes }, attributes, 18)).toBeUndefined();
        expect(await fault([6, 5], { sizes }, { ...attributes, axes: [3n, 2n] }, 19)).toBeUndefined();
      }
    }
  }
});
