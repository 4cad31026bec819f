/** @file Models that PyTorch exported, with what PyTorch says of their outputs and gradients. Runs in pages too. */

import { grad } from '../../src/graph/grad.ts';
import { readOnnx } from '../../src/graph/onnx/read.ts';
import { mul } from '../../src/graph/ops/elementwise.ts';
import { sum } from '../../src/graph/ops/reduce.ts';
import { constant, type Value } from '../../src/graph/value.ts';
import { compile, type Feeds } from '../../src/runtime/compile.ts';
import type { Device } from '../../src/runtime/devices.ts';

/** An array as the fixtures' JSON holds it: little-endian, in base64. */
interface Stored {
  readonly shape: readonly number[];
  readonly dtype?: 'float32' | 'int64';
  readonly data: string;
}

/** What PyTorch says of a model at one batch size, from the same weights in float64. */
export interface Truth {
  readonly inputs: Readonly<Record<string, Stored>>;
  readonly output: Stored & { readonly name: string };
  /** What else the model makes. */
  readonly otherOutputs?: readonly (Stored & { readonly name: string })[];
  /** w of the weighted sum of the output that is differentiated. */
  readonly weights: string;
  readonly gradients: Readonly<Record<string, string>>;
}

/** What lies beside a model. */
export interface Expected extends Truth {
  readonly family: string;
  /** For a model fixed at batch 1: the same at batch 2. */
  readonly atBatch2?: Truth;
}

/** A model to try, its files in base64. */
export interface ModelCase {
  readonly name: string;
  readonly family: string;
  readonly truth: Truth;
  readonly model: string;
  /** The weights that the model keeps in another file. */
  readonly external: string | null;
}

/** The largest difference of a model's outputs and of its gradients from PyTorch's, as parts of the largest number. */
export async function modelAgreement({ model, truth, external }: ModelCase, device: Device): Promise<number> {
  const { graph, feeds, expected } = differentiated(truth, bytesOf(model), external);
  await using program = await compile(graph, { device });
  const got = await program.run(feeds);
  return Math.max(...Object.entries(expected).map(([name, values]) => relativeDifference(got[name]!, values)));
}

/** A model's output and its gradients in every input that PyTorch differentiated. */
function differentiated(
  truth: Truth,
  model: Uint8Array,
  external: string | null,
): { graph: Record<string, Value>; feeds: Feeds; expected: Record<string, Float32Array> } {
  const inputShapes = Object.fromEntries(Object.entries(truth.inputs).map(([name, { shape }]) => [name, shape]));
  const { inputs, outputs } = readOnnx(model, {
    inputShapes,
    ...(external ? { external: () => bytesOf(external) } : {}),
  });
  const y = outputs[truth.output.name]!;
  const names = Object.keys(truth.gradients);
  const weighted = sum(mul(y, constant(floats(truth.weights), y.shape)));
  const gradients = grad(
    weighted,
    names.map((name) => inputs[name]!),
  );
  const others = truth.otherOutputs ?? [];
  return {
    graph: {
      ...Object.fromEntries(others.map(({ name }) => [`other ${name}`, outputs[name]!])),
      output: y,
      ...Object.fromEntries(names.map((name, i) => [`d ${name}`, gradients[i]!])),
    },
    feeds: Object.fromEntries(Object.entries(truth.inputs).map(([name, stored]) => [name, numbers(stored)])),
    expected: {
      ...Object.fromEntries(others.map(({ name, data }) => [`other ${name}`, floats(data)])),
      output: floats(truth.output.data),
      ...Object.fromEntries(names.map((name) => [`d ${name}`, floats(truth.gradients[name]!)])),
    },
  };
}

/** The largest difference, as a part of the largest number that is expected. */
function relativeDifference(got: ArrayLike<number>, expected: Float32Array): number {
  const size = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  let worst = got.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (const [i, x] of expected.entries()) {
    const difference = Math.abs(got[i]! - x) / size;
    if (!(difference <= worst)) worst = difference; // NaN counts as the worst
  }
  return worst;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

function floats(text: string): Float32Array {
  return new Float32Array(bytesOf(text).buffer);
}

function numbers({ dtype, data }: Stored): Float32Array | BigInt64Array {
  return dtype === 'int64' ? new BigInt64Array(bytesOf(data).buffer) : floats(data);
}
