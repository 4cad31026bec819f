/**
 * @file The generator of DCGAN (Radford et al. 2016) as PyTorch's tutorial writes it, from the shapes of its weights:
 * transposed convolutions with batch norm and ReLU between them, and a last tanh. Browser-safe.
 */

import type { TorchTensor } from '../../../python/torch-file.ts';
import { OnnxBuilder } from '../onnx-builder.ts';
import type { StateDictionary } from './state.ts';

/** The weights of one layer, by their names within it, as 'weight' and 'running_mean'. */
type Weights = ReadonlyMap<string, TorchTensor>;

interface Block {
  readonly name: string;
  /** [inputs, outputs, kernel, kernel], and a bias for each output where there is one. */
  readonly convolution: Weights;
  readonly norm: Weights | undefined;
}

/** TensorProto.DataType of weights. */
const dataTypes: Readonly<Record<string, number>> = { float32: 1, float16: 10, float64: 11, bfloat16: 16 };

/**
 * An ONNX model [batch, L, 1, 1] → [batch, C, H, H]. A state dictionary says nothing of strides and padding: the first
 * kernel gives the first size, and each later one, 4×4 at stride 2 with a padding of 1, doubles it.
 * @throws Error that says what the dictionary has in place of such layers.
 */
export function dcganModel(state: StateDictionary): Uint8Array {
  const blocks = blocksOf(state);
  const builder = new OnnxBuilder();
  const latent = blocks[0]!.convolution.get('weight')!.shape[0]!;
  const size = blocks[0]!.convolution.get('weight')!.shape[2]! * 2 ** (blocks.length - 1);
  const channels = blocks.at(-1)!.convolution.get('weight')!.shape[1]!;
  const [z, image] = [builder.unique('z'), builder.unique('image')];
  let x = z;
  for (const [i, block] of blocks.entries())
    x = write(builder, block, x, i === 0, i === blocks.length - 1 ? image : undefined);
  return builder.finish(
    [{ name: z, type: 1, dims: ['batch', latent, 1, 1] }],
    [{ name: image, type: 1, dims: ['batch', channels, size, size] }],
  );
}

/** One block; `image` names the value of the last, which has a tanh in place of batch norm and ReLU. */
function write(
  builder: OnnxBuilder,
  { name, convolution, norm }: Block,
  x: string,
  first: boolean,
  image: string | undefined,
) {
  const put = (
    opType: string,
    inputs: readonly string[],
    attributes = {},
    output = builder.unique(`${name}/${opType}`),
  ) => {
    builder.node(opType, inputs, [output], attributes);
    return output;
  };
  const weight = (from: Weights, label: string, key: string) => {
    const { type, shape, bytes } = from.get(key)!;
    const stored = builder.weights(`${label}.${key}`, dataTypes[type]!, shape, bytes);
    return type === 'float32' ? stored : put('Cast', [stored], { to: 1n });
  };
  const window = first ? { strides: [1, 1], pads: [0, 0, 0, 0] } : { strides: [2, 2], pads: [1, 1, 1, 1] };
  const bias = convolution.has('bias') ? [weight(convolution, name, 'bias')] : [];
  const y = put('ConvTranspose', [x, weight(convolution, name, 'weight'), ...bias], window);
  if (image !== undefined) return put('Tanh', [y], {}, image);
  if (!norm) return put('Relu', [y]);
  const statistics = ['weight', 'bias', 'running_mean', 'running_var'].map((key) => weight(norm, `${name}.norm`, key));
  return put('Relu', [put('BatchNormalization', [y, ...statistics], { epsilon: 1e-5 })]); // PyTorch's default
}

/** The blocks of a state dictionary, each a convolution with the batch norm that follows it. */
function blocksOf(state: StateDictionary): Block[] {
  const layers = layersOf(state);
  const unlike = (what: string): never => {
    throw new Error(`${what}, with the tensors ${listed(state)}`);
  };
  const isNorm = (weights: Weights) => weights.has('running_mean');
  const convolutions = layers.filter(([, weights]) => weights.get('weight')?.shape.length === 4);
  const norms = layers.filter(([, weights]) => isNorm(weights));
  const other = layers.find((layer) => !convolutions.includes(layer) && !norms.includes(layer));
  if (other) unlike(`a layer '${other[0]}' besides convolutions and batch norm`);
  if (convolutions.length < 2) unlike(`${convolutions.length} convolutions`);
  const shapes = convolutions.map(([, weights]) => weights.get('weight')!.shape);
  for (const [i, [name, weights]] of convolutions.entries()) {
    const [inputs, outputs, height, width] = shapes[i]!;
    const next = shapes[i + 1]?.[0] ?? outputs;
    if (height !== width || (i > 0 && height !== 4)) unlike(`a kernel ${height}×${width} in '${name}'`);
    if (next !== outputs) unlike(`${outputs} outputs of '${name}' before ${next} inputs`);
    for (const [key, { shape, type }] of weights) {
      const fits = key === 'weight' || (key === 'bias' && `${shape}` === `${outputs}`);
      if (!fits || !dataTypes[type]) unlike(`'${name}.${key}' in a convolution from ${inputs} to ${outputs} channels`);
    }
  }
  const image = shapes.at(-1)![1];
  if (image !== 1 && image !== 3) unlike(`images of ${image} channels`);
  const inTurn = norms.every((norm) => convolutions.includes(layers[layers.indexOf(norm) - 1]!));
  const blocks = convolutions.map((layer, i): Block => {
    const after = layers[layers.indexOf(layer) + 1];
    const norm = inTurn ? (after && norms.includes(after) ? after : undefined) : norms[i];
    if (norm) checkNorm(norm, layer[1].get('weight')!.shape[1]!, unlike);
    return { name: layer[0], convolution: layer[1], norm: norm?.[1] };
  });
  if (blocks.at(-1)!.norm || blocks.filter(({ norm }) => norm).length < norms.length)
    unlike('batch norm after the last convolution');
  return blocks;
}

function checkNorm([name, weights]: Layer, channels: number, unlike: (what: string) => never): void {
  for (const key of ['weight', 'bias', 'running_mean', 'running_var']) {
    const tensor = weights.get(key) ?? unlike(`batch norm '${name}' without '${key}'`);
    const fits = tensor.shape.length === 1 && tensor.shape[0] === channels && dataTypes[tensor.type] !== undefined;
    if (!fits) unlike(`batch norm '${name}' that does not fit the ${channels} channels before it`);
  }
}

type Layer = readonly [name: string, weights: Weights];

/** Layers in the order of the file: 'main.0.weight' belongs to the layer 'main.0'. */
function layersOf(state: StateDictionary): Layer[] {
  const layers = new Map<string, Map<string, TorchTensor>>();
  for (const [key, tensor] of state) {
    const at = key.lastIndexOf('.');
    const [layer, own] = [key.slice(0, Math.max(at, 0)), key.slice(at + 1)];
    if (!layers.has(layer)) layers.set(layer, new Map());
    layers.get(layer)!.set(own, tensor);
  }
  return [...layers];
}

function listed(state: StateDictionary): string {
  const all = [...state].map(([name, { shape }]) => `${name} [${shape}]`);
  return all.length > 40 ? `${all.slice(0, 40).join(', ')} and ${all.length - 40} more` : all.join(', ');
}
