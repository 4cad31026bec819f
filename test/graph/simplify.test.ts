import { expect, test } from 'vitest';
import { gradientPenalty, losses } from '../../src/gan/losses.ts';
import { dcganDiscriminator, dcganFeatures } from '../../src/gan/networks/dcgan.ts';
import { r3ganFeatures } from '../../src/gan/networks/r3gan.ts';
import { grad } from '../../src/graph/grad.ts';
import { add, leakyRelu, mul, relu, softplus, sub, tanh } from '../../src/graph/ops/elementwise.ts';
import { pad, reshape, slice, split } from '../../src/graph/ops/layout.ts';
import { conv, matmul } from '../../src/graph/ops/linear.ts';
import { mean, sum } from '../../src/graph/ops/reduce.ts';
import type { OpName } from '../../src/graph/ops.ts';
import { evaluate } from '../../src/graph/reference/evaluate.ts';
import { simplify } from '../../src/graph/simplify.ts';
import { input, is, node, topological, type Value } from '../../src/graph/value.ts';
import type { Ask } from '../../src/nn/parameters.ts';
import { asInputs } from '../../src/nn/parameters.ts';
import { expectClose, noise } from '../helpers/numbers.ts';

type Outputs = Record<string, Value>;

const howMany = (outputs: Outputs, op: OpName) =>
  topological(Object.values(outputs)).filter((value) => value.op === op).length;

function expectSame(outputs: Outputs): Outputs {
  const simple = simplify(outputs);
  expect(Object.keys(simple)).toEqual(Object.keys(outputs));
  const inputs = topological(Object.values(outputs)).filter((value) => is(value, 'Input'));
  const feeds = Object.fromEntries(
    inputs.map(({ attrs, shape }) => {
      const { name } = attrs as { name: string };
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, noise(name, size).map((x) => x * 0.5)];
    }),
  );
  const [was, now] = [evaluate(Object.values(outputs), feeds), evaluate(Object.values(simple), feeds)];
  const size = Math.max(...was.map((values) => Math.max(...values.map(Math.abs))));
  expect(size).toBeGreaterThan(1e-3);
  for (const [i, values] of was.entries()) expectClose(now[i]!, values, 1e-12 * Math.max(1, size));
  return simple;
}

/** The gradients of a discriminator's loss with both penalties in its weights, for three real and three generated images. */
function penalised(discriminator: (ask: Ask, images: Value) => Value): Outputs {
  const { ask, values } = asInputs('');
  const images = input('images', [6, 3, 16, 16]);
  const logits = discriminator(ask, images);
  const [real, fake] = split(logits, [3, 3], 0) as [Value, Value];
  const loss = add(mean(losses.relativistic.discriminator(real, fake)), mean(gradientPenalty(logits, images)));
  const gradients = grad(loss, [...values.values()]);
  return Object.fromEntries([...values.keys()].map((name, i) => [name, gradients[i]!]));
}

test('a loss with penalties goes through a DCGAN and back once, with one weight gradient a layer', () => {
  const shape = { size: 16, width: 2 };
  const outputs = penalised((ask, x) => dcganDiscriminator({ ask, norm: 'none' }, x, shape));
  expect([howMany(outputs, 'ConvTranspose'), howMany(outputs, 'ConvWeight')]).toEqual([3, 4]);
  const simple = expectSame(outputs);
  expect([howMany(simple, 'ConvTranspose'), howMany(simple, 'ConvWeight')]).toEqual([2, 2]);
});

test('… and through residual blocks', () => {
  const shape = { size: 16, width: 2, maxWidth: 4, blocks: 1, groupWidth: 2 };
  const outputs = penalised((ask, x) => sum(tanh(r3ganFeatures(ask, x, shape)), [1]));
  expect(howMany(expectSame(outputs), 'ConvWeight')).toBe(howMany(outputs, 'ConvWeight')); // tanh: rows differ by more
  const plain = penalised((ask, x) => sum(r3ganFeatures(ask, x, shape), [1]));
  expect(howMany(expectSame(plain), 'ConvWeight')).toBe(howMany(plain, 'ConvWeight') / 2);
});

test('real and generated images may go through on their own, and logits have several parts', () => {
  const { ask, values } = asInputs('');
  const [real, fake, text] = [input('real', [3, 3, 16, 16]), input('fake', [3, 3, 16, 16]), input('text', [3, 32])];
  const logitsOf = (images: Value) => {
    const features = dcganFeatures({ ask, norm: 'none' }, images, { size: 16, width: 1 });
    const match = sum(
      mul(
        matmul(
          features,
          ask('match', [32, 32], () => new Float32Array(1024)),
        ),
        text,
      ),
      [1],
    );
    return add(
      reshape(
        matmul(
          features,
          ask('logit', [32, 1], () => new Float32Array(32)),
        ),
        [3],
      ),
      mul(match, 0.5),
    );
  };
  const [onReal, onFake] = [logitsOf(real), logitsOf(fake)];
  const penalties = add(mean(gradientPenalty(onReal, real)), mean(gradientPenalty(onFake, fake)));
  const loss = add(mean(losses.relativistic.discriminator(onReal, onFake)), penalties);
  const gradients = grad(loss, [...values.values()]);
  const outputs = Object.fromEntries([...values.keys()].map((name, i) => [name, gradients[i]!]));
  expect([howMany(outputs, 'ConvTranspose'), howMany(outputs, 'ConvWeight')]).toEqual([6, 8]);
  const simple = expectSame(outputs);
  expect([howMany(simple, 'ConvTranspose'), howMany(simple, 'ConvWeight')]).toEqual([4, 4]);
});

test('rows that a network mixes are not taken for scaled ones', () => {
  const outputs = penalised((ask, x) => {
    const y = leakyRelu(
      conv(
        x,
        ask('w', [4, 3, 4, 4], () => new Float32Array(192)),
        { strides: 2 },
      ),
    );
    return sum(relu(sub(y, mean(y, [0], { keep: true }))), [1, 2, 3]);
  });
  expectSame(outputs);
});

test('… nor those that a matrix mixes, square as it may be', () => {
  const mixed = (ask: Ask, x: Value) => {
    const each = sum(
      leakyRelu(
        conv(
          x,
          ask('w', [4, 3, 4, 4], () => new Float32Array(192)),
          { strides: 2 },
        ),
      ),
      [1, 2, 3],
    );
    return reshape(matmul(input('mixing', [6, 6]), reshape(each, [6, 1])), [6]);
  };
  expectSame(penalised(mixed));
});

test('a factor and what it scales may meet again', () => {
  const [x, w, s] = [input('x', [3, 4]), input('w', [4, 2]), input('s', [3, 1])];
  const y = matmul(mul(softplus(matmul(x, w)), s), input('v', [2, 1]));
  expectSame({ y, dw: grad(sum(mul(y, y)), [w])[0]!, ds: grad(sum(y), [s])[0]! });
});

test('equal values are computed once; what may draw at random is not', () => {
  const x = input('x', [4]);
  const opaque = () =>
    node(
      'Opaque',
      [x],
      { opType: 'RandomNormalLike', domain: '', version: 18, attributes: [], places: [0], outputs: 1 },
      [4],
    );
  const simple = simplify({ a: mul(tanh(x), 2), b: add(mul(tanh(x), 2), opaque()), c: opaque() });
  expect(['Tanh', 'Mul', 'Opaque'].map((op) => howMany(simple, op as OpName))).toEqual([1, 1, 2]);
});

test('numbers that differ in their sign of zero alone are different', () => {
  const x = input('x', [2]);
  const { a, b } = simplify({ a: mul(x, 0), b: mul(x, -0) });
  expect(a).not.toBe(b);
});

test('the gradient of a split is a concatenation, in zeros where no slice was', () => {
  const x = input('x', [2, 6, 3]);
  const countsOf = (starts: readonly number[]) => {
    const parts = starts.map((at, i) => mul(slice(x, [0, at, 0], [2, at + 2, 3]), input(`w${i}`, [2, 2, 3])));
    const loss = parts.reduce((all, part) => add(all, sum(part)), sum(mul(x, x)));
    const simple = expectSame({ dx: grad(loss, [x])[0]! });
    return (['Concat', 'Pad', 'Add'] as const).map((op) => howMany(simple, op));
  };
  expect(countsOf([2, 4, 0])).toEqual([1, 0, 2]); // two sums are those of x²
  expect(countsOf([0, 4, 2])).toEqual([1, 0, 2]);
  expect(countsOf([2, 4])).toEqual([1, 1, 2]);
  expect(countsOf([0, 4])).toEqual([0, 2, 3]);
});

test('parts in zeros that overlap, lie along different axes, or are used elsewhere stay a sum', () => {
  const [a, b] = [input('a', [2, 2]), input('b', [2, 2])];
  const left = pad(a, [0, 0, 0, 2]);
  const simple = expectSame({
    overlap: add(left, pad(b, [0, 1, 0, 1])),
    axes: add(pad(input('c', [2, 4]), [0, 0, 2, 0]), pad(input('d', [4, 2]), [0, 2, 0, 0])),
    corners: add(pad(a, [0, 0, 2, 2]), pad(b, [2, 2, 0, 0])),
    used: add(left, pad(b, [0, 2, 0, 0])),
    left,
  });
  expect(howMany(simple, 'Concat')).toBe(0);
});
