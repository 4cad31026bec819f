/** @file `npm run bench:shapes DEVICE [COUNT]`: kernels of a device against the reference, at random shapes; how wrong ones were found. */

import { type Random, random } from '../src/base/random.ts';
import { mul } from '../src/graph/ops/elementwise.ts';
import { transpose } from '../src/graph/ops/layout.ts';
import { conv, convTranspose, matmul } from '../src/graph/ops/linear.ts';
import { reduceMax, softmax, sum } from '../src/graph/ops/reduce.ts';
import { input, type Shape, type Value } from '../src/graph/value.ts';
import type { Device } from '../src/runtime/devices.ts';
import { agreement, type GraphCase } from '../test/helpers/devices.ts';
import { noise } from './rate.ts';

const device = (process.argv[2] ?? 'cpu') as Device;
const COUNT = Number(process.argv[3] ?? 300);

/** A case, or none where the drawn shapes do not fit together. */
function graphCase(name: string, f: (...xs: Value[]) => Value, ...shapes: Shape[]): GraphCase[] {
  try {
    const y = f(...shapes.map((shape, i) => input(`x${i}`, shape)));
    const feeds = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, noise(`${name} ${i}`, shape)]));
    return [{ name: `${name} ${shapes.map((shape) => `[${shape}]`).join(' ')}`, outputs: { y }, feeds }];
  } catch {
    return [];
  }
}

function draw(rng: Random): GraphCase[] {
  const int = (low: number, high: number) => low + Math.floor(rng() * (high - low + 1));
  const group = [1, 1, 1, 2, 3, 4][int(0, 5)]!;
  const [inputs, outputs, kernel] = [group * int(1, 12), group * int(1, 12), int(1, 5)];
  const pads = [int(0, 2), int(0, 2), int(0, 2), int(0, 2)] as const;
  const options = { strides: int(1, 3), pads, dilations: int(1, 2), group };
  const told = JSON.stringify(options);
  const [axis, other] = [int(0, 2), int(0, 2)];
  const rows = [int(1, 5), int(1, 40), int(1, 300)];
  const perm = [
    [0, 2, 1, 3],
    [1, 0, 3, 2],
    [2, 0, 1, 3],
    [3, 2, 1, 0],
  ][int(0, 3)]!;
  return [
    ...graphCase(
      `conv ${told}`,
      (x, w) => conv(x!, w!, options),
      [int(1, 3), inputs, int(4, 12), int(4, 12)],
      [outputs, inputs / group, kernel, kernel],
    ),
    ...graphCase(
      `convTranspose ${told}`,
      (x, w) => convTranspose(x!, w!, options),
      [int(1, 3), inputs, int(2, 7), int(2, 7)],
      [inputs, outputs / group, kernel, kernel],
    ),
    ...graphCase('matmul', (a, b) => matmul(a!, b!), [int(1, 3), int(1, 40), inputs], [inputs, int(1, 40)]),
    ...graphCase(`softmax ${axis} ${other}`, (x) => sum(mul(x!, softmax(x!, axis)), [other]), rows),
    ...graphCase(`reduceMax ${axis}`, (x) => reduceMax(x!, [axis]), rows),
    ...graphCase(`transpose ${perm}`, (x) => transpose(x!, perm), [int(1, 5), int(1, 9), int(1, 9), int(1, 9)]),
  ];
}

const rng = random(7, 'shapes');
const cases = Array.from({ length: COUNT }, () => draw(rng)).flat();
const found = await agreement(cases, device);
const wrong = found.filter(({ difference }) => !(difference < 1e-4));
for (const { name, difference, error } of wrong) console.log(`${name}: ${error ?? difference.toExponential(1)}`);
console.log(`${device}: ${found.length} graphs, ${wrong.length} wrong`);
process.exit(wrong.length > 0 ? 1 : 0);
