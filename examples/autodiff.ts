/** @file A small network learns a curve, with the graph library alone. Run: npx tsx examples/autodiff.ts */

import { add, compile, grad, input, matmul, mean, mul, State, square, sub, tanh } from 'latentfill/graph';

const [points, hidden] = [64, 16];
const x = input('x', [points, 1]);
const target = input('target', [points, 1]);
const shapes = { w1: [1, hidden], b1: [hidden], w2: [hidden, 1], b2: [1] };

// The network, its loss and its gradients: values of one graph.
const parameters = Object.entries(shapes).map(([name, shape]) => input(name, shape));
const [w1, b1, w2, b2] = parameters;
const y = add(matmul(tanh(add(matmul(x, w1!), b1!)), w2!), b2!);
const loss = mean(square(sub(y, target)));
const gradients = grad(loss, parameters);

// Parameters stay in a state. Each run replaces them by a step down the gradient.
const state = new State();
for (const [name, shape] of Object.entries(shapes)) {
  const size = shape.reduce((a, b) => a * b, 1);
  state.add(
    name,
    shape,
    Float32Array.from({ length: size }, (_, i) => Math.sin(7 * i + name.charCodeAt(0))),
  );
}
const names = Object.keys(shapes);
const updates = Object.fromEntries(names.map((name, i) => [name, sub(parameters[i]!, mul(0.1, gradients[i]!))]));

await using program = await compile({ loss }, { state, updates });
const inputs = Float32Array.from({ length: points }, (_, i) => -2 + (4 * i) / (points - 1));
const feeds = { x: inputs, target: inputs.map((v) => Math.sin(2 * v)) };

for (let step = 0; step <= 4000; step++) {
  const { loss } = await program.run(feeds);
  if (step % 1000 === 0) console.log(`step ${step}: mean squared error ${loss![0]!.toFixed(5)}`);
}
console.log(`b2 after training: ${(await state.read('b2'))[0]!.toFixed(3)}, on ${program.device}`);
