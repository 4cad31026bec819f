/** @file A StyleGAN2 that PyTorch exported, differentiated, written and run as one graph. Run: npx tsx examples/any-model.ts [file.onnx] */

import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { grad, inspectOnnx, mean, readOnnx, square, writeOnnx } from '../src/graph.ts';

const file = process.argv[2] ?? 'test/graph/models/stylegan2_generator.onnx';
const bytes = await readFile(file);
const { producer, opset, parameters, inputs: ports } = inspectOnnx(bytes);
console.log(`${file}: by ${producer}, opset ${opset}, ${parameters.count} parameters`);

// A symbolic batch gets a size here; every other size follows, and shape arithmetic folds away.
const shapes = ports.map(({ name, shape }) => [name, shape!.map((size) => (typeof size === 'number' ? size : 2))]);
const { inputs, outputs } = readOnnx(bytes, { inputShapes: Object.fromEntries(shapes) });
const [z] = Object.values(inputs);
const [image] = Object.values(outputs);
const loss = mean(square(image!));
const [dz] = grad(loss, [z!]);

// The gradient is an ONNX model like any other: any runtime runs it.
const gradient = writeOnnx({ loss, dz: dz! });
const session = await InferenceSession.create(gradient);
const latent = Float32Array.from({ length: z!.shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i));
const run = async (at: Float32Array) => session.run({ [session.inputNames[0]!]: new Tensor('float32', at, z!.shape) });

const { loss: before, dz: slope } = await run(latent);
const { loss: after } = await run(latent.map((v, i) => v - 0.1 * (slope!.data[i] as number)));
console.log(`gradient model: ${gradient.length} bytes; one step against it: ${before!.data[0]} → ${after!.data[0]}`);
