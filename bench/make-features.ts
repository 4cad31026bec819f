/**
 * @file `npx tsx bench/make-features.ts`: makes models/features/mobilenet-v2.onnx, the network of image distances, from
 * the weights that the npm package nsfwjs carries. Needs the npm registry; nothing else here does.
 */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { LatentfillError } from '../src/base/errors.ts';
import { writeWhole } from '../src/base/write-whole.ts';
import { toFloat16 } from '../src/graph/float16.ts';
import { writeOnnx } from '../src/graph/onnx/write.ts';
import { add, cast, min, mul, relu } from '../src/graph/ops/elementwise.ts';
import { conv } from '../src/graph/ops/linear.ts';
import { mean } from '../src/graph/ops/reduce.ts';
import { constant, input, type Value } from '../src/graph/value.ts';

const PACKAGE = 'nsfwjs@4.3.0';
const SHA512 = 'WTKDte0vp1X97N1h34P79G/hG+sVT3+TnDz9di1WseIJR93v11E4viNX7Vg9WsO6HYoR772Nzq2iM8jo3XBZ+g==';
/** The layer whose mean over space is the feature. */
const LAST = 'block_13_expand_relu';

/** A layer as Keras writes it, as far as it is needed. */
interface Layer {
  readonly name: string;
  readonly class_name: string;
  readonly config: {
    readonly strides: readonly [number, number];
    readonly padding: string | readonly (readonly [number, number])[];
    readonly epsilon: number;
  };
  readonly inbound_nodes: readonly (readonly (readonly [string, ...unknown[]])[])[];
}

/** A tensor as the package stores it: steps of 8 bits, value = step · scale + lowest. Its shape is in Keras's order. */
interface Weight {
  readonly shape: readonly number[];
  readonly steps: Uint8Array;
  readonly scale: number;
  readonly lowest: number;
}

/** What flows from layer to layer. A convolution waits for its batch norm, a padding for its convolution. */
type Flow =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'padded'; readonly value: Value; readonly pads: Pads }
  | { readonly kind: 'convolved'; readonly value: Value; readonly pads: Pads; readonly layer: Layer };
type Pads = readonly [number, number, number, number];

const { layers, weights } = fetchModel();
const image = input('image', [1, 3, 64, 64]);
const features = mean(network(image), [2, 3]);
const bytes = anySize(writeOnnx({ features }, { batch: 'N' }));
const path = fileURLToPath(new URL('../models/features/mobilenet-v2.onnx', import.meta.url));
await writeWhole(path, bytes);
console.log(
  `${path}: ${(bytes.length / 1e6).toFixed(2)} MB, sha256 ${createHash('sha256').update(bytes).digest('hex')}`,
);

/** Lets the image be of any height and width: nothing in the network depends on them. */
function anySize(onnx: Uint8Array): Uint8Array {
  const model = fromBinary(ModelProtoSchema, onnx);
  const type = model.graph!.input[0]!.type!.value;
  if (type.case !== 'tensorType')
    throw new LatentfillError('command', `Expected a tensor as input, got '${type.case}'.`);
  for (const [axis, name] of [
    [2, 'H'],
    [3, 'W'],
  ] as const) {
    type.value.shape!.dim[axis]!.value = { case: 'dimParam', value: name };
  }
  return toBinary(ModelProtoSchema, model);
}

/** MobileNetV2 (Sandler et al. 2018) to {@link LAST}, [N, 576, H/16, W/16]; images in [0, 1]. */
function network(x: Value): Value {
  const flows = new Map<string, Flow>();
  for (const layer of layers) {
    const inputs = (layer.inbound_nodes[0] ?? []).map(([name]) => flows.get(name)!);
    const flow = layer.class_name === 'InputLayer' ? plain(x) : apply(layer, inputs);
    flows.set(layer.name, flow);
    if (layer.name === LAST) return plainOf(flow);
  }
  throw new LatentfillError(
    'command',
    `Expected a layer '${LAST}' in ${PACKAGE}, got none: use the version that is named here.`,
  );
}

function apply(layer: Layer, inputs: readonly Flow[]): Flow {
  const [x] = inputs as [Flow];
  switch (layer.class_name) {
    case 'ZeroPadding2D': {
      const [[top, bottom], [left, right]] = layer.config.padding as [[number, number], [number, number]];
      return { kind: 'padded', value: plainOf(x), pads: [top, left, bottom, right] };
    }
    case 'Conv2D':
    case 'DepthwiseConv2D':
      return { kind: 'convolved', value: x.value, pads: padsOf(layer, x), layer };
    case 'BatchNormalization':
      return plain(normalised(layer, x));
    case 'ReLU':
      return plain(min(relu(plainOf(x)), 6));
    case 'Add':
      return plain(inputs.map(plainOf).reduce((a, b) => add(a, b)));
    default:
      throw new LatentfillError(
        'command',
        `Expected layers of MobileNetV2, got '${layer.class_name}': use ${PACKAGE}.`,
      );
  }
}

/** A convolution and the batch norm behind it as one: y = conv(x, w·s) + (β − μ·s), s = γ / √(σ² + ε). */
function normalised({ name, config }: Layer, flow: Flow): Value {
  if (flow.kind !== 'convolved')
    throw new LatentfillError('command', `Expected a convolution before '${name}', got none.`);
  const part = (which: string) => valuesOf(weights.get(`${name}/${which}`)!);
  const [gamma, beta, mu, variance] = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map(part);
  const scale = gamma!.map((g, c) => g / Math.sqrt(variance![c]! + config.epsilon));
  const bias = beta!.map((b, c) => b - mu![c]! * scale[c]!);
  const { kernel, group } = kernelOf(flow.layer);
  const perChannel = constant(scale, [scale.length, 1, 1, 1]);
  const w = mul(add(mul(wholeNumbers(kernel), kernel.scale), kernel.lowest), perChannel);
  const y = conv(flow.value, w, { strides: flow.layer.config.strides, pads: flow.pads, group });
  return add(y, constant(bias, [1, bias.length, 1, 1]));
}

/**
 * Steps as half-precision numbers, which hold them exactly: some variances are so small that weights rounded to half
 * precision move features by a tenth. The runtime computes the weights from them once, when it opens the file.
 */
function wholeNumbers({ steps, shape }: Weight): Value {
  return cast(constant(toFloat16(steps), shape), 'float32');
}

function valuesOf({ steps, scale, lowest }: Weight): Float32Array {
  return Float32Array.from(steps, (q) => q * scale + lowest);
}

/** Keras's [kh, kw, in, out], or [kh, kw, channels, 1] of a depthwise convolution, as [out, in/group, kh, kw]. */
function kernelOf({ name, class_name }: Layer): { readonly kernel: Weight; readonly group: number } {
  const depthwise = class_name === 'DepthwiseConv2D';
  const kernel = weights.get(`${name}/${depthwise ? 'depthwise_kernel' : 'kernel'}`)!;
  const [kh, kw, a, b] = kernel.shape as [number, number, number, number];
  const [out, within] = depthwise ? [a, 1] : [b, a];
  const steps = new Uint8Array(kernel.steps.length);
  for (let i = 0; i < steps.length; i++) {
    const [tap, channels] = [Math.floor(i / (a * b)), i % (a * b)];
    const [o, c] = depthwise ? [channels, 0] : [channels % b, Math.floor(channels / b)];
    steps[(o * within + c) * kh * kw + tap] = kernel.steps[i]!;
  }
  return { kernel: { ...kernel, shape: [out, within, kh, kw], steps }, group: depthwise ? out : 1 };
}

function padsOf({ name, config, class_name }: Layer, x: Flow): Pads {
  if (x.kind === 'padded') return x.pads;
  if (config.padding !== 'same') return [0, 0, 0, 0];
  if (config.strides.some((stride) => stride !== 1)) {
    throw new LatentfillError('command', `Expected stride 1 where padding is 'same', got more in '${name}'.`);
  }
  const kernel = weights.get(`${name}/${class_name === 'DepthwiseConv2D' ? 'depthwise_kernel' : 'kernel'}`)!;
  const [p, q] = kernel.shape.slice(0, 2).map((k) => (k - 1) / 2) as [number, number];
  return [p, q, p, q];
}

function plain(value: Value): Flow {
  return { kind: 'value', value };
}

function plainOf(flow: Flow): Value {
  if (flow.kind === 'value') return flow.value;
  throw new LatentfillError(
    'command',
    'Expected a padding before a convolution and a batch norm behind it, got neither.',
  );
}

/** The package's layers and weights. */
function fetchModel(): { readonly layers: readonly Layer[]; readonly weights: ReadonlyMap<string, Weight> } {
  const folder = mkdtempSync(join(tmpdir(), 'latentfill-features-'));
  try {
    const [file] = JSON.parse(execFileSync('npm', ['pack', PACKAGE, '--json'], { cwd: folder, encoding: 'utf8' }));
    const archive = readFileSync(join(folder, file.filename));
    if (createHash('sha512').update(archive).digest('base64') !== SHA512) {
      throw new LatentfillError('command', `Expected ${PACKAGE} as it was when this was written, got another archive.`);
    }
    execFileSync('tar', ['xzf', file.filename], { cwd: folder });
    const load = createRequire(join(folder, 'package/'));
    const { modelTopology, weightsManifest } = load('./dist/models/mobilenet_v2/model.min.js');
    const stored = Buffer.from(load('./dist/models/mobilenet_v2/group1-shard1of1.min.js'), 'base64');
    const weights = new Map<string, Weight>();
    let at = 0;
    for (const { name, shape, quantization } of weightsManifest[0].weights) {
      const length = shape.reduce((all: number, size: number) => all * size, 1);
      const { min: lowest, scale } = quantization;
      weights.set(name, { shape, steps: stored.subarray(at, at + length), scale, lowest });
      at += length;
    }
    return { layers: modelTopology.model_config.config.layers, weights };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
