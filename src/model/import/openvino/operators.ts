/**
 * @file How each operator of OpenVINO is written in ONNX (opset 18). What they compute: docs.openvino.ai, "Operation
 * sets". Browser-safe.
 */

import type { Call } from './conversion.ts';
import { convolution, transposedConvolution } from './convolutions.ts';
import { interpolate } from './interpolate.ts';

type Converter = (call: Call) => void;

/** An operator that differs from ONNX's in its name alone. */
const same =
  (opType: string): Converter =>
  (call) =>
    call.yield(opType, call.inputs());

/** Two inputs that are broadcast as in NumPy. */
const broadcasting =
  (opType: string): Converter =>
  (call) => {
    const mode = call.text('auto_broadcast', 'numpy');
    if (mode !== 'numpy' && mode !== 'none') call.refuse("a broadcast as NumPy's", `'${mode}'`);
    call.yield(opType, call.inputs());
  };

const reduction =
  (opType: string): Converter =>
  (call) =>
    call.yield(opType, [call.input(0), axes(call)], { keepdims: call.flag('keep_dims') ? 1n : 0n });

/** Input 1 as a list of axes; a scalar counts as one. */
const axes = (call: Call) => call.builder.ints(call.numbers(1));

const cast: Converter = (call) => {
  const from = call.port(0).port.precision;
  if (/^(FP|BF)/.test(from) && call.type() === 1)
    call.alias(call.input(0)); // all floats are float32 here
  else call.yield('Cast', [call.input(0)], { to: BigInt(call.type()) });
};

/** A matrix product, either side turned where the layer says so; a vector is never turned. */
const matmul: Converter = (call) => {
  const [a, b] = ['transpose_a', 'transpose_b'].map((flag, k) => {
    const rank = call.dims(k).length;
    if (!call.flag(flag) || rank < 2) return call.input(k);
    const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
    return call.make('Transpose', [call.input(k)], { perm });
  });
  call.yield('MatMul', [a!, b!]);
};

/**
 * A constant shape names the batch size of the file, 1, which another batch would not fit: then the size is taken from
 * the input.
 */
const reshape: Converter = (call) => {
  const special = call.flag('special_zero');
  const shape = call.constant(1) && call.numbers(1);
  const own = shape?.[0] === 1 && call.dims(0)[0] === 1 && call.isBatched(0);
  const copies = own && (special || !shape.includes(0));
  const target = copies ? call.builder.ints(shape.with(0, 0)) : call.input(1);
  call.yield('Reshape', [call.input(0), target], { allowzero: special || copies ? 0n : 1n });
};

/** One slope for all, or one for each channel, which is axis 1. */
const prelu: Converter = (call) => {
  const rank = call.dims(0).length;
  const [slopes] = call.dims(1);
  const perChannel = call.dims(1).length === 1 && slopes !== 1 && rank > 2;
  const slope = perChannel
    ? call.make('Reshape', [call.input(1), call.builder.ints([slopes!, ...Array<number>(rank - 2).fill(1)])])
    : call.input(1);
  call.yield('PRelu', [call.input(0), slope]);
};

const gather: Converter = (call) => {
  if (call.text('batch_dims', '0') !== '0') call.refuse('batch_dims of 0', `'${call.text('batch_dims', '')}'`);
  call.yield('Gather', [call.input(0), call.input(1)], { axis: BigInt(call.number(2)) });
};

const split: Converter = (call) => {
  const parts = call.int('num_splits');
  if (parts !== call.layer.outputs.length) call.refuse(`${parts} outputs`, `${call.layer.outputs.length}`);
  call.yield('Split', [call.input(0)], { axis: BigInt(call.number(1)), num_outputs: BigInt(parts) });
};

/** Parts of given lengths; −1 stands for what the others leave, which the output's own sizes say. */
const variadicSplit: Converter = (call) => {
  const axis = call.number(1);
  const lengths = call
    .numbers(2)
    .map((length, k) => (length < 0 ? (call.layer.outputs[k]?.dims.at(axis) ?? -1) : length));
  call.yield('Split', [call.input(0), call.builder.ints(lengths)], { axis: BigInt(axis) });
};

/** ONNX's Expand broadcasts both ways, as 'bidirectional' does; 'numpy' asks for no more. */
const broadcast: Converter = (call) => {
  const mode = call.text('mode', 'numpy');
  if (mode !== 'numpy' && mode !== 'bidirectional') call.refuse("a broadcast as NumPy's", `'${mode}'`);
  call.yield('Expand', [call.input(0), call.input(1)]);
};

const clamp: Converter = (call) => {
  const [low, high] = ['min', 'max'].map((name) => {
    const value = Number(call.text(name, ''));
    const bytes = new Uint8Array(Float32Array.of(value).buffer);
    return call.builder.weights(`${call.layer.name}/${name}`, 1, [], bytes);
  });
  call.yield('Clip', [call.input(0), low!, high!]);
};

/** By OpenVINO's name. Const, Parameter and Result are the frame of a network, and convert.ts reads them. */
export const operators: Readonly<Record<string, Converter>> = {
  Add: broadcasting('Add'),
  Subtract: broadcasting('Sub'),
  Multiply: broadcasting('Mul'),
  Divide: broadcasting('Div'),
  Power: broadcasting('Pow'),
  Maximum: broadcasting('Max'),
  Minimum: broadcasting('Min'),

  Abs: same('Abs'),
  Exp: same('Exp'),
  Negative: same('Neg'),
  ReLU: same('Relu'),
  Sigmoid: same('Sigmoid'),
  Sqrt: same('Sqrt'),
  Tanh: same('Tanh'),
  Clamp: clamp,
  PReLU: prelu,
  Convert: cast,

  MatMul: matmul,
  Convolution: (call) => convolution(call, false),
  GroupConvolution: (call) => convolution(call, true),
  ConvolutionBackpropData: (call) => transposedConvolution(call, false),
  GroupConvolutionBackpropData: (call) => transposedConvolution(call, true),
  Interpolate: interpolate,

  ReduceMean: reduction('ReduceMean'),
  ReduceSum: reduction('ReduceSum'),

  ShapeOf: (call) => call.yield('Shape', [call.input(0)]),
  Reshape: reshape,
  Squeeze: (call) => call.yield('Squeeze', [call.input(0), axes(call)]),
  Unsqueeze: (call) => call.yield('Unsqueeze', [call.input(0), axes(call)]),
  Transpose: (call) => call.yield('Transpose', [call.input(0)], { perm: call.numbers(1) }),
  Concat: (call) => call.yield('Concat', call.inputs(), { axis: BigInt(call.int('axis')) }),
  Gather: gather,
  Split: split,
  VariadicSplit: variadicSplit,
  Broadcast: broadcast,
  Tile: (call) => call.yield('Tile', [call.input(0), call.input(1)]),
};
