/** One small DCGAN, saved by PyTorch in each of its ways (generators.py), draws what PyTorch drew with it. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { readOnnx } from '../../../../src/graph/onnx/read.ts';
import { onnxSignature } from '../../../../src/graph/onnx/signature.ts';
import { evaluate } from '../../../../src/graph/reference/evaluate.ts';
import { readTorchGenerator } from '../../../../src/model/import/torch/generator.ts';
import { expectClose } from '../../../helpers/numbers.ts';

const file = (name: string) => readFileSync(join(import.meta.dirname, name));
const read = (bytes: Uint8Array) => readTorchGenerator(bytes, { architecture: 'dcgan' });
const [z, image] = file('generators.txt')
  .toString()
  .trim()
  .split('\n')
  .map((line) => Float32Array.from(line.split(' ').slice(2), Number)) as [Float32Array, Float32Array];

describe.each([
  ['state.pt', 'a state dictionary', 1e-6],
  ['legacy.pt', 'the same before PyTorch 1.6', 1e-6],
  ['checkpoint.tar', 'a checkpoint with a generator in DataParallel', 1e-6],
  ['module.pt', 'a whole module', 1e-6],
  ['module-legacy.pt', 'the same before PyTorch 1.6', 1e-6],
  ['named-half.pth', 'float16, layers of other names and in another order', 3e-3],
] as const)('%s: %s', (name, _, tolerance) => {
  const onnx = read(file(name));

  test('draws the same images at any batch', () => {
    const { outputs } = readOnnx(onnx, { inputShapes: { z: [2, 6, 1, 1] } });
    expect(outputs.image!.shape).toEqual([2, 3, 16, 16]);
    expectClose(evaluate([outputs.image!], { z })[0]!, image, tolerance);
    const { outputs: one } = readOnnx(onnx, { inputShapes: { z: [1, 6, 1, 1] } });
    expectClose(evaluate([one.image!], { z: z.subarray(6) })[0]!, image.subarray(768), tolerance);
  });

  test('is a model that ONNX Runtime takes as it is', async () => {
    const session = await InferenceSession.create(onnx);
    const outputs = await session.run({ z: new Tensor('float32', z, [2, 6, 1, 1]) });
    expectClose(outputs.image!.data as Float32Array, image, tolerance);
    const { inputs, outputs: declared } = onnxSignature(onnx);
    expect([inputs[0]!.shape, declared[0]!.shape]).toEqual([
      ['batch', 6, 1, 1],
      ['batch', 3, 16, 16],
    ]);
  });
});
