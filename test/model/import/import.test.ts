import { describe, expect, test } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { writeOnnx } from '../../../src/graph/onnx/write.ts';
import { add, div, mul, sigmoid, sqrt, sub } from '../../../src/graph/ops/elementwise.ts';
import { gather } from '../../../src/graph/ops/indexing.ts';
import { concat, reshape } from '../../../src/graph/ops/layout.ts';
import { conv, matmul } from '../../../src/graph/ops/linear.ts';
import { mean } from '../../../src/graph/ops/reduce.ts';
import { evaluate } from '../../../src/graph/reference/evaluate.ts';
import { constant, input, type Value } from '../../../src/graph/value.ts';
import { centreHole } from '../../../src/image/holes.ts';
import { inpaint } from '../../../src/inpaint/inpainter.ts';
import { generate } from '../../../src/model/generate.ts';
import { type ImportOptions, importModel } from '../../../src/model/import/import.ts';
import { drawLatents } from '../../../src/model/latents.ts';
import { openModel } from '../../../src/model/model.ts';
import * as networks from '../../helpers/networks.ts';
import { expectClose, noise } from '../../helpers/numbers.ts';

const { draw, judge, write } = networks;
const image = (channels = 3) => input('x', [1, channels, 16, 16]);
const z = () => input('z', [1, 8]);
const generator = write({ image: draw(z()) });
const bring = (
  pair: { generator?: Uint8Array; discriminator?: Uint8Array | null },
  options: Partial<ImportOptions> = {},
) =>
  importModel(
    { generator, discriminator: null, ...pair },
    { name: 'mine', latent: 'normal', range: [-1, 1], ...options },
  );
const run = (f: (x: Value) => Value, shape: number[], data: Float32Array) =>
  evaluate([f(input('in', shape))], { in: data })[0]!;
const plain = () => bring({ discriminator: networks.logitDiscriminator() });

describe('one pair, however it is exported, is one model', () => {
  const latents = noise('latents', 24);
  const pictures = noise('pictures', 3 * 768);

  test('latents [N, L, 1, 1] and a last sigmoid, which the losses would only undo', async () => {
    const { model } = await bring({
      generator: networks.torchGenerator(),
      discriminator: networks.torchDiscriminator(),
    });
    expectClose(run(model.generator, [3, 8], latents), run(draw, [3, 8], latents));
    expectClose(run(model.discriminator!, [3, 3, 16, 16], pictures), run(judge, [3, 3, 16, 16], pictures));
  });

  test('channels last, values from 0 to 1, logits [N, 1]', async () => {
    const { model } = await bring(
      { generator: networks.kerasGenerator(), discriminator: networks.kerasDiscriminator() },
      { range: [0, 1] },
    );
    const unit = (x: Value) => mul(add(x, 1), 0.5);
    expectClose(
      run(model.generator, [3, 8], latents),
      run((x) => unit(draw(x)), [3, 8], latents),
    );
    const judged = run((x) => model.discriminator!(unit(x)), [3, 3, 16, 16], pictures);
    expectClose(judged, run(judge, [3, 3, 16, 16], pictures));
  });

  test('grey: one channel drawn is three, three judged are their mean', async () => {
    const grey = (x: Value) => mean(x, [1], { keep: true });
    const three = (x: Value) => concat([x, x, x], 1);
    const red = (x: Value) => conv(x, constant([1, 0, 0], [1, 3, 1, 1]));
    const { model } = await bring({
      generator: write({ image: red(draw(z())) }),
      discriminator: write({ logit: judge(three(image(1))) }),
    });
    const first = (x: Value) => three(red(draw(x)));
    expectClose(run(model.generator, [3, 8], latents), run(first, [3, 8], latents));
    const judged = run((x) => judge(three(grey(x))), [3, 3, 16, 16], pictures);
    expectClose(run(model.discriminator!, [3, 3, 16, 16], pictures), judged);
  });

  test.each([[[1, 1, 2, 2]], [[1, 2, 2, 1]]])('patch logits %j are averaged', async (shape) => {
    const patches = (x: Value) => matmul(reshape(judge(x), [-1, 1]), constant([1, 2, 3, 6], [1, 4]));
    const discriminator = write({ logit: reshape(patches(image()), shape) });
    const { model } = await bring({ discriminator });
    const judged = run((x) => mul(judge(x), 3), [1, 3, 16, 16], pictures.subarray(0, 768));
    expectClose(run(model.discriminator!, [1, 3, 16, 16], pictures.subarray(0, 768)), judged);
  });
});

describe('inputs besides the latent', () => {
  const given = { generator: networks.classGenerator() };
  const at = (latent: Float32Array, kind: number[], map: number[]) => {
    const shift = map.reduce((sum, v) => sum + v, 0) / 8;
    return run(draw, [1, 8], Float32Array.from([...latent.map((v) => v + shift), ...kind]));
  };
  const five = noise('five', 5);

  test('are fixed by a number, or by all of theirs', async () => {
    const { model } = await bring(given, { inputs: { class: [0, 1, 0], noise: [0.5] } });
    expect(model.card.latent).toEqual({
      size: 5,
      prior: 'normal',
      parts: [{ input: 'z', shape: [5], prior: 'normal' }],
    });
    expectClose(run(model.generator, [1, 5], five), at(five, [0, 1, 0], [0.5, 0.5, 0.5, 0.5]));
  });

  test('are searched: the latent is all of them, each with its prior', async () => {
    const { model } = await bring(given, { latent: 'uniform', inputs: { class: [1, 0, 0], noise: 'search' } });
    expect(model.card.latent.parts).toEqual([
      { input: 'z', shape: [5], prior: 'uniform' },
      { input: 'noise', shape: [1, 2, 2], prior: 'normal' },
    ]);
    const latent = Float32Array.from([...five, 1, 2, 3, -1]);
    expectClose(run(model.generator, [1, 9], latent), at(five, [1, 0, 0], [1, 2, 3, -1]));
  });

  test('are class numbers looked up in a table, in a file of any or of one batch size', async () => {
    const table = noise('table', 12);
    const whole = (strength: Value) => {
      const code = concat([input('z', [1, 5]), gather(constant(table, [4, 3]), input('label', [1], 'int64'))], 1);
      return { image: draw(mul(code, strength)) };
    };
    const free = writeOnnx(whole(input('strength', [])), { batch: 'N' });
    const fixed = writeOnnx(whole(input('strength', [1])));
    for (const bytes of [free, fixed]) {
      const { model } = await bring({ generator: bytes }, { inputs: { label: [2], strength: [0.5] } });
      const latent = Float32Array.from([...five, ...table.subarray(6, 9)], (v) => v / 2);
      expectClose(run(model.generator, [1, 5], five), run(draw, [1, 8], latent));
    }
    const wrong = (inputs: ImportOptions['inputs']) => bring({ generator: free }, { inputs: inputs! });
    await expect(wrong({ label: [0.5], strength: [1] })).rejects.toThrow(/whole numbers for the input 'label'/);
    await expect(wrong({ label: 'search', strength: [1] })).rejects.toThrow(
      /a float input with a batch axis to search/,
    );
    await expect(wrong({ strength: [1] })).rejects.toThrow(
      /'label' \(int64 \[N\]\), got none: give it a number by the option 'inputs'\./,
    );
  });

  test('of no elements, as generators without classes have, take any value', async () => {
    const { model } = await bring(
      { generator: write({ image: draw(z()), same: input('c', [1, 0]) }) },
      { inputs: { c: [0] }, imageOutput: 'image' },
    );
    expect(model.card.network!.generator.fixed).toMatchObject([{ input: 'c', shape: [0], values: [0] }]);
    expectClose(run(model.generator, [3, 8], noise('l', 24)), run(draw, [3, 8], noise('l', 24)));
  });

  test('of the discriminator are fixed by the same flag', async () => {
    const y = input('class', [1, 3]);
    const logit = add(judge(image()), reshape(matmul(y, constant([1, 2, 3], [3, 1])), [-1]));
    const { model } = await bring(
      { ...given, discriminator: write({ logit }) },
      { inputs: { class: [0, 0, 1], noise: [0] } },
    );
    const picture = noise('picture', 768);
    const judged = run((x) => add(judge(x), 3), [1, 3, 16, 16], picture);
    expectClose(run(model.discriminator!, [1, 3, 16, 16], picture), judged);
  });

  test.each([
    [{}, /to be the latent, \[N, L\] or \[N, L, 1, 1\], got 'z' .*'class' .*: name it by the option 'latentInput'/],
    [
      { latentInput: 'z' },
      /a value for the input '(class|noise)' \(float32 .*\), got none: give it a number, or 'search', by the option 'inputs'/,
    ],
    [{ latentInput: 'w' }, /for the option 'latentInput', got 'w': it has 'z'/],
    [{ inputs: { class: [0, 1], noise: [0] } }, /1 or 3 numbers for the input 'class'.*got 2 numbers/],
    [{ inputs: { klass: [0] } }, /names of inputs in the option 'inputs' \('.*'\), got 'klass'/],
    [{ imageOutput: 'picture', inputs: { class: [0], noise: [0] } }, /got 'image' \[2,3,16,16\]/],
  ])('that are left open or wrong are told: %j', async (options, message) => {
    await expect(bring(given, options as Partial<ImportOptions>)).rejects.toThrow(message);
  });
});

describe('networks that cannot be searched are refused', () => {
  const batchNorm = (x: Value) => {
    const centred = sub(x, mean(x, [0], { keep: true }));
    return div(centred, sqrt(add(mean(mul(centred, centred), [0], { keep: true }), 0.1)));
  };
  const twice = (x: Value) => ({ a: judge(x), b: judge(x) });
  const mixing = (x: Value) => mul(judge(x), reshape(mean(x, [0, 1, 2, 3], { keep: true }), [1]));
  test.each([
    [
      'a generator in training mode',
      { generator: write({ image: draw(batchNorm(z())) }) },
      /got a generator that mixes them: export it in evaluation mode/,
    ],
    [
      'minibatch statistics',
      { discriminator: write({ logit: mixing(image()) }) },
      /got a discriminator that mixes them/,
    ],
    [
      'an image that does not depend on the latent',
      { generator: write({ image: draw(mul(z(), 0)) }) },
      /to depend on the input 'z', got a gradient of zero/,
    ],
    ['infinite values', { generator: write({ image: div(draw(z()), 0) }) }, /Expected a finite image/],
    ['an infinite gradient', { generator: write({ image: draw(sqrt(mul(z(), 0))) }) }, /Expected a finite gradient/],
    [
      'a discriminator of another size',
      { discriminator: write({ logit: mean(input('x', [1, 3, 32, 32]), [1, 2, 3]) }) },
      /of the 16×16 images .* got one of 32×32/,
    ],
    [
      'a discriminator without an image',
      { discriminator: write({ logit: reshape(matmul(z(), constant(noise('w', 8), [8, 1])), [-1]) }) },
      /one input of the discriminator to be an image/,
    ],
    [
      'no logit',
      { discriminator: write({ features: mean(image(), [2, 3]) }) },
      /to be one logit an image.* got 'features' \[2,3\]/,
    ],
    [
      'two logits',
      { discriminator: write(twice(image())) },
      /got 'a' \[2\], 'b' \[2\]: name one by the option 'logitOutput'/,
    ],
    [
      'no image',
      { generator: write({ features: matmul(z(), constant(noise('w', 24), [8, 3])) }) },
      /to be square images.* got 'features' \[2,3\]/,
    ],
    [
      'no square',
      { generator: write({ image: conv(draw(z()), constant(noise('w', 18), [3, 3, 1, 2]), { strides: [1, 2] }) }) },
      /to be square images.* got 'image' \[2,3,16,8\]/,
    ],
  ])('%s', async (_name, pair, message) => {
    await expect(bring(pair)).rejects.toThrow(message);
    await expect(bring(pair)).rejects.toMatchObject({ name: 'LatentfillError' });
  });
});

describe('the range of the samples', () => {
  const scaled = (by: number, plus: number) => ({ generator: write({ image: add(mul(draw(z()), by), plus) }) });
  test.each([
    [1, 0, [0, 255], '-1..1'],
    [1, 0, [0, 1], '-1..1'],
    [0.5, 0.5, [0, 255], '0..1'],
    [127.5, 127.5, [-1, 1], '0..255'],
    [127.5, 127.5, [0, 1], '0..255'],
  ] as const)('%d · tanh + %d is no %j: an error names %s', async (by, plus, range, likely) => {
    await expect(bring(scaled(by, plus), { range })).rejects.toThrow(`set the option 'range' to ${likely}.`);
  });

  test.each([
    [1, 0, [-1, 1], undefined],
    [0.5, 0.5, [0, 1], undefined],
    [127.5, 127.5, [0, 255], undefined],
    [1.5, 0, [-1, 1], / % of the sampled values lie outside -1\.\.1 .* are cut off/],
    [0.5, 0.5, [-1, 1], /none below 0: if the generator ends with a sigmoid, set the option 'range' to 0\.\.1/],
    [0.01, 0, [-1, 1], /only .* % of -1\.\.1: is the generator trained/],
  ] as const)('%d · tanh + %d in %j: %s', async (by, plus, range, note) => {
    const { notes } = await bring({ ...scaled(by, plus), discriminator: networks.logitDiscriminator() }, { range });
    expect(notes).toHaveLength(note ? 1 : 0);
    if (note) expect(notes[0]).toMatch(note);
  });
});

test('an imported pair fills a hole as well in any range, and its total is the same', async () => {
  const { model } = await plain();
  const byte = (x: Value) => add(mul(x, 127.5), 127.5);
  const bytes = await bring(
    {
      generator: write({ image: byte(draw(z())) }),
      discriminator: write({ logit: judge(div(sub(image(), 127.5), 127.5)) }),
    },
    { range: [0, 255] },
  );
  const latents = drawLatents({ latent: 8, prior: 'normal' }, random(3), 1);
  const [target] = await generate(model, latents);
  const hole = { image: target!, mask: centreHole(16, 16) };
  for (const norm of ['l1', 'l2'] as const) {
    const options = { steps: 60, restarts: 4, norm, lambda: 0.01 };
    const [a, b] = [await inpaint(model, hole, options), await inpaint(bytes.model, hole, options)];
    expect(b.candidates[0]!.losses.total).toBeCloseTo(a.candidates[0]!.losses.total, 3);
    expect(a.candidates[0]!.losses.contextual).toBeLessThan(0.1);
  }
});

test('without a discriminator the total is the contextual loss and the prior term', async () => {
  const { model, notes } = await bring({});
  expect(model.discriminator).toBeNull();
  expect(notes).toEqual([expect.stringMatching(/There is no discriminator/)]);
  const [target] = await generate(model, noise('t', 8));
  const hole = { image: target!, mask: centreHole(16, 16) };
  const fill = async (lambdaPrior: number) =>
    (await inpaint(model, hole, { lambdaPrior, steps: 60, restarts: 2, bound: 'none' })).candidates[0]!.views[0]!;
  const { latent, losses } = await fill(0.1);
  const prior = latent.reduce((sum, v) => sum + v * v, 0) / 16;
  expect(losses.total).toBeCloseTo(losses.contextual + 0.1 * prior, 5);
  expect(losses.perceptual).toBeNull();
  const size = (of: Float32Array) => Math.hypot(...of);
  expect(size((await fill(10)).latent)).toBeLessThan(0.5 * size((await fill(0)).latent));
});

test('each searched input keeps to its own prior', async () => {
  const options = { latent: 'uniform', inputs: { class: [1, 0, 0], noise: 'search' } } as const;
  const { model } = await bring({ generator: networks.classGenerator() }, options);
  const [target] = await generate(model, Float32Array.from([9, -9, 9, -9, 9, 9, 9, 9, 9]));
  const hole = { image: target!, mask: centreHole(16, 16) };
  const { candidates } = await inpaint(model, hole, { learningRate: 0.5, steps: 60, restarts: 2, screen: 32 });
  const latents = candidates.map(({ views }) => views[0]!.latent);
  for (const latent of latents) {
    expect(Math.max(...latent.subarray(0, 5).map(Math.abs))).toBeLessThanOrEqual(1);
    expect(Math.hypot(...latent.subarray(5))).toBeLessThanOrEqual(2 + 1e-5);
  }
  expect(Math.max(...latents.flatMap((latent) => [...latent.subarray(5)].map(Math.abs)))).toBeGreaterThan(1);
});

test('a card and its networks must fit', async () => {
  const { model } = await plain();
  const without = openModel.bind(undefined, model.card, generator, null);
  expect(without).toThrow(/Expected a discriminator, as the model's card says, got none/);
  const other = openModel(model.card, networks.torchGenerator(), networks.logitDiscriminator());
  expect(() => other.generator(input('z', [1, 8]))).toThrow(/inputs that the model has \(noise\), got 'z'/);
});

test('the sigmoid is left out only at the very end', async () => {
  const discriminator = write({ logit: sub(sigmoid(judge(image())), 0.5) });
  const { model } = await bring({ discriminator });
  const picture = noise('picture', 768);
  const expected = run((x) => sub(sigmoid(judge(x)), 0.5), [1, 3, 16, 16], picture);
  expectClose(run(model.discriminator!, [1, 3, 16, 16], picture), expected);
});
