/** @file Operators of ONNX that draw at random: what they draw is held. */

import * as ew from '../../ops/elementwise.ts';
import type { Value } from '../../value.ts';
import { type Call, expected, Unsupported } from '../call.ts';
import type { Distribution } from '../noise.ts';
import { dtypeOf } from '../tensors.ts';
import type { Importers } from './importer.ts';

export const drawn: Importers = {
  RandomNormal: (call) => shaped(call, normal(call)),
  RandomNormalLike: (call) => like(call, normal(call)),
  RandomUniform: (call) => shaped(call, uniform(call)),
  RandomUniformLike: (call) => like(call, uniform(call)),
  Dropout: (call) => {
    const x = call.x(0);
    const ratio = call.floats(2)?.[0] === 1 ? (call.floats(1)?.[0] ?? 0.5) : 0;
    if (ratio === 0) return x;
    const kept = ew.not(ew.greater(ratio, call.noise({ kind: 'uniform', low: 0, high: 1 }, x.shape)));
    return ew.mul(x, ew.where(kept, 1 / (1 - ratio), 0));
  },
};

const normal = (call: Call): Distribution => ({
  kind: 'normal',
  mean: call.float('mean', 0),
  scale: call.float('scale', 1),
});

const uniform = (call: Call): Distribution => ({
  kind: 'uniform',
  low: call.float('low', 0),
  high: call.float('high', 1),
});

function shaped(call: Call, distribution: Distribution): Value {
  const shape = call.list('shape') ?? expected('a shape', 'none');
  if (dtypeOf(call.int('dtype', 1)) !== 'float32') throw new Unsupported();
  return call.noise(distribution, shape, { ofFile: true });
}

function like(call: Call, distribution: Distribution): Value {
  const { shape, dtype } = call.x(0);
  if ((call.has('dtype') ? dtypeOf(call.int('dtype', 1)) : dtype) !== 'float32') throw new Unsupported();
  return call.noise(distribution, shape);
}
