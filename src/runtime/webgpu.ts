/** @file What ONNX Runtime 1.30's WebGPU kernels get wrong, said in operators that they get right. */

import { expand, pad } from '../graph/ops/layout.ts';
import { is, node, topological, type Value } from '../graph/value.ts';

/** The same graph, in a form that WebGPU computes right. */
export function soundOnWebgpu(outputs: Readonly<Record<string, Value>>): Record<string, Value> {
  const now = new Map<Value, Value>();
  for (const value of topological(Object.values(outputs))) {
    const inputs = value.inputs.map((x) => now.get(x)!);
    now.set(value, rebuilt(value, inputs));
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, now.get(value)!]));
}

function rebuilt(value: Value, inputs: readonly Value[]): Value {
  const make = (xs: readonly Value[]) => node(value.op, xs as never, value.attrs, value.shape, value.dtype);
  const [a, b] = inputs as [Value, Value];
  // A dense convolution of a multiple of 3 channels that is no multiple of 4 to a multiple of 4 reads its input three
  // channels at a time, and wrongly (microsoft/onnxruntime issue 29651): zeros make the channels a multiple of 4.
  if (is(value, 'Conv') && value.attrs.group === 1 && readsByThree(a.shape[1]!) && b.shape[0]! % 4 === 0) {
    const missing = 4 - (a.shape[1]! % 4);
    const more = (x: Value) => pad(x, [0, 0, 0, 0, 0, missing, 0, 0]);
    return make([more(a), more(b)]);
  }
  // Pow fails where its exponent is repeated.
  if (value.op === 'Pow') return make([expand(a, value.shape), expand(b, value.shape)]);
  return inputs.every((x, i) => x === value.inputs[i]) ? value : make(inputs);
}

const readsByThree = (channels: number) => channels > 3 && channels % 3 === 0 && channels % 4 !== 0;
