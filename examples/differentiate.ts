/** @file The graph library alone: a gradient, and the gradient of that gradient. Run: npx tsx examples/differentiate.ts */

import { checkGrads, conv, evaluate, grad, input, mean, mul, relu, square, sum, writeOnnx } from '../src/graph.ts';

const x = input('x', [1, 3, 8, 8]);
const w = input('w', [4, 3, 3, 3]);
const loss = mean(square(relu(conv(x, w, { pads: 1 }))));
const [dx] = grad(loss, [x]); // a value like any other …
const [dw] = grad(mul(0.5, sum(square(dx!))), [w]); // … so a gradient penalty is one more line

const wave = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i));
const [value, penalty] = evaluate([loss, dw!], { x: wave(192), w: wave(108) });
console.log(`loss ${value![0]!.toFixed(6)}, penalty's gradient ${penalty![0]!.toFixed(6)} …`);

checkGrads((a, b) => mean(square(conv(a, b, { pads: 1 }))), [x.shape, w.shape], { order: 2 });
console.log(`both gradients agree with finite differences; as ONNX: ${writeOnnx({ loss, dw: dw! }).length} bytes`);
