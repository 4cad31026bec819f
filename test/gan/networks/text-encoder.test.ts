import { expect, test } from 'vitest';
import { augmentCondition, encodeText } from '../../../src/gan/networks/text-encoder.ts';
import { grad } from '../../../src/graph/grad.ts';
import { sum } from '../../../src/graph/ops/reduce.ts';
import { evaluate } from '../../../src/graph/reference/evaluate.ts';
import { constant, input } from '../../../src/graph/value.ts';
import { noCaptions, type TextForm, textInput } from '../../../src/model/text/input-form.ts';
import { asConstants, asInputs, initialise } from '../../../src/nn/parameters.ts';
import { expectClose, noise } from '../../helpers/numbers.ts';

const form: TextForm = { kind: 'words', entries: 5, length: 4 };
const SIZE = 6;

function weightsFor() {
  const { ask, parameters } = asInputs('');
  encodeText(ask, textInput('text', form, 1), form, SIZE);
  return initialise(parameters, 1);
}
const rows = (...tokens: number[]) => constant(BigInt64Array.from(tokens, BigInt), [tokens.length / 4, 4]);
const encode = (tokens: ReturnType<typeof rows>) =>
  evaluate([encodeText(asConstants(weightsFor()), tokens, form, SIZE)], {})[0]!;

test('the order of words does not matter, their number does, and padding says nothing', () => {
  expectClose(encode(rows(2, 3, 0, 0)), encode(rows(0, 3, 0, 2)), 1e-9);
  expect(encode(rows(2, 3, 0, 0))).not.toEqual(encode(rows(2, 3, 3, 0)));
  const both = encode(rows(2, 0, 0, 0, 3, 4, 5, 6));
  expectClose(both.slice(0, SIZE), encode(rows(2, 0, 0, 0)), 1e-9);
});

test('words are learned: each gets a gradient where it stands, and none elsewhere', () => {
  const { ask, values } = asInputs('');
  const y = sum(encodeText(ask, rows(2, 3, 0, 0), form, SIZE));
  const [gradient] = grad(y, [values.get('text.words')!]);
  const by = evaluate([gradient!], weightsFor())[0]!;
  const touched = Array.from({ length: 6 }, (_, i) => by.slice(i * SIZE, (i + 1) * SIZE).some((g) => g !== 0));
  expect(touched).toEqual([false, true, true, false, false, false]); // the learned table begins at token 1
});

test('no caption is a row of its own for words, and zeros for embeddings', () => {
  const none = noCaptions(form, 2);
  expect(evaluate([none], {})[0]).toEqual(Float64Array.from([1, 0, 0, 0, 1, 0, 0, 0]));
  expect(noCaptions({ kind: 'embedding', size: 3 }, 2).shape).toEqual([2, 3]);
});

test('conditioning augmentation draws around its mean, and its divergence is that of a normal from the standard one', () => {
  const { ask, parameters } = asInputs('');
  augmentCondition(ask, input('text', [2, 3]), undefined);
  const weights = asConstants(initialise(parameters, 2));
  const text = input('text', [2, 3]);
  const of = (eps: Float32Array | undefined) => {
    const { condition, divergence } = augmentCondition(weights, text, eps && constant(eps, [2, 3]));
    return evaluate([condition, divergence], { text: noise('t', 6) });
  };
  const [mu, divergence] = of(undefined);
  const [plus, again] = of(new Float32Array(6).fill(1));
  const [minus] = of(new Float32Array(6).fill(-1));
  expectClose(
    plus!.map((x, i) => (x + minus![i]!) / 2),
    mu!,
    1e-6,
  );
  const sigma = plus!.map((x, i) => x - mu![i]!);
  const expected = mu!.reduce((s, m, i) => s + (m * m + sigma[i]! ** 2 - 1 - 2 * Math.log(sigma[i]!)) / 2, 0) / 2;
  expect(divergence![0]).toBeCloseTo(expected, 5);
  expect(again![0]).toBeCloseTo(expected, 5);
});
