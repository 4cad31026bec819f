import { beforeEach, describe, expect, test, vi } from 'vitest';
import { LatentfillError } from '../../src/base/errors.ts';
import { random } from '../../src/base/random.ts';
import { add, mul, sqrt } from '../../src/graph/ops/elementwise.ts';
import { reshape, slice } from '../../src/graph/ops/layout.ts';
import { input, type Value } from '../../src/graph/value.ts';
import { centreHole } from '../../src/image/holes.ts';
import { settle } from '../../src/inpaint/effort.ts';
import { type Inpainter, inpaint, openHere } from '../../src/inpaint/inpainter.ts';
import { type Resolved, resolveOptions } from '../../src/inpaint/options.ts';
import { search } from '../../src/inpaint/search.ts';
import { stage } from '../../src/inpaint/staging.ts';
import { importModel } from '../../src/model/import/import.ts';
import { drawLatents } from '../../src/model/latents.ts';
import type { Model } from '../../src/model/model.ts';
import { openPrograms } from '../../src/runtime/programs.ts';
import * as networks from '../helpers/networks.ts';
import { expectClose } from '../helpers/numbers.ts';
import { latents, noisePicture, rectangle, tinyModel } from '../helpers/pictures.ts';
import { expectNotBegun, expectStops, sessions } from '../helpers/sessions.ts';

const decoded = vi.hoisted(() => ({ count: 0 }));
vi.mock('../../src/graph/onnx/decode.ts', async (original) => {
  const real = await original<typeof import('../../src/graph/onnx/decode.ts')>();
  const decodeModel: typeof real.decodeModel = (bytes) => {
    decoded.count++;
    return real.decodeModel(bytes);
  };
  return { ...real, decodeModel };
});
vi.mock('../../src/runtime/session.ts', async (original) => {
  const { countedSessions } = await import('../helpers/sessions.ts');
  return countedSessions(await original());
});

const hole = (seed: number) => ({ image: noisePicture(16, 16, seed), mask: centreHole(16, 16) });
const quick = { steps: 14, restarts: 4, screen: 40 } as const;
const brought = async () => {
  const files = { generator: networks.torchGenerator(), discriminator: networks.logitDiscriminator() };
  return (await importModel(files, { name: 'brought', latent: 'normal', range: [-1, 1] })).model;
};

beforeEach(() => {
  sessions.reset();
  decoded.count = 0;
});

const problemOf = (model: Model, seed: number, options: Resolved) =>
  stage(model, { image: noisePicture(16, 16, seed), mask: centreHole(16, 16) }, options).views[0]!.problem;

test('a second fill decodes nothing and compiles nothing, also with other numbers', async () => {
  await using inpainter = await openHere(await brought());
  const first = await inpainter.inpaint(hole(1), quick);
  sessions.reset();
  decoded.count = 0;
  const again = await inpainter.inpaint(hole(1), quick);
  await inpainter.inpaint(hole(2), { ...quick, seed: 5, lambda: 0.1, learningRate: 0.01, screen: 80, window: 3 });
  expect([decoded.count, sessions.opened, sessions.released]).toEqual([0, 0, 0]);
  expect(sessions.runs).toBeGreaterThan(10);
  expect((await again.blended()).data).toEqual((await first.blended()).data);
});

test('networks are decoded once for all that is opened with them', async () => {
  const model = await brought();
  decoded.count = 0;
  for (let i = 0; i < 2; i++) await inpaint(model, hole(1), quick);
  expect(decoded.count).toBe(0); // the trial of the import has decoded both
});

test('twenty fills at once share programs, and each has the result that it has alone', async () => {
  const model = tinyModel();
  const alone = await inpaint(model, hole(3), quick);
  const { opened } = sessions;
  sessions.reset();
  const all = await Promise.all(Array.from({ length: 20 }, (_, i) => inpaint(model, hole(i), quick)));
  expect(sessions.opened).toBe(opened);
  expect(sessions.released).toBe(opened);
  expect((await all[3]!.blended()).data).toEqual((await alone.blended()).data);
});

test('a search can be looked at between its steps, and left', async () => {
  const model = tinyModel();
  await using inpainter = await openHere(model);
  let steps = 0;
  for await (const { step, candidates, evaluations } of inpainter.search(hole(1), quick)) {
    expect(step).toEqual([++steps, 14]);
    expect(evaluations).toBeGreaterThanOrEqual(40 + 4);
    expect(candidates).toHaveLength(4);
    const [drawn] = await candidates[0]!.draw();
    const [again] = await inpainter.generate(candidates[0]!.views[0]!.latent);
    expectClose(drawn!.data, again!.data, 1e-6);
    const blended = await candidates[0]!.blended();
    expect(blended.data.slice(0, 16)).toEqual(hole(1).image.data.slice(0, 16)); // a known row
    if (steps === 3) break;
  }
  expect(steps).toBe(3);
  expect((await inpainter.inpaint(hole(1), quick)).candidates).toHaveLength(4);
});

test('a result is data: spread or posted it computes nothing, and it blends when asked', async () => {
  await using inpainter = await openHere(tinyModel());
  const filled = await inpainter.inpaint(hole(1), quick);
  const { runs } = sessions;
  const posted = structuredClone(filled);
  expect(posted.candidates[0]!.views[0]!.latent).toEqual(filled.candidates[0]!.views[0]!.latent);
  expect(Object.keys({ ...filled.candidates[0]! }).sort()).toEqual(['losses', 'views']);
  expect(sessions.runs).toBe(runs);
  expect((await filled.blended()).width).toBe(16);
});

test('what was drawn is counted once for all holes, and steps never go back', async () => {
  await using inpainter = await openHere(tinyModel());
  const holes = Array.from({ length: 5 }, (_, i) => hole(i));
  const options = { steps: 3, restarts: 32, screen: 64, halving: false };
  const told: [number, number, number, number][] = [];
  await inpainter.inpaintAll(holes, options, {
    onStep: ({ step: [done, all], evaluations, candidates }) =>
      told.push([done, all, evaluations, candidates.filter((own) => own.length > 0).length]),
  });
  // 64 rows hold two holes at a time: three searches of three steps, each with its own 64 screened.
  expect(told.map(([done]) => done)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(told.every(([, all]) => all === 9)).toBe(true);
  expect(told.map(([, , evaluations]) => evaluations)).toEqual([128, 192, 256, 384, 448, 512, 608, 640, 672]);
  expect(told.map(([, , , begun]) => begun)).toEqual([2, 2, 2, 4, 4, 4, 5, 5, 5]);
});

test('rows that do not fit in memory at once are run in turn, with the same result', async () => {
  const model = tinyModel();
  const options = resolveOptions({ ...quick, restarts: 5, halving: false });
  const problems = [1, 2].map((i) => problemOf(model, i, options));
  const totals = async (run?: number) => {
    await using programs = openPrograms(run === undefined ? {} : { run });
    sessions.reset();
    let last: number[] = [];
    for await (const { candidates } of search({ model, programs }, problems, settle(model, options))) {
      last = candidates.flat().map(({ losses }) => losses.total);
    }
    return { last, runs: sessions.runs };
  };
  const [whole, parts] = [await totals(), await totals(60_000)];
  expect(parts.runs).toBeGreaterThan(2 * whole.runs);
  expectClose(parts.last, whole.last, 1e-4);
});

describe('stops within one run of a program', () => {
  const calls: Record<string, (inpainter: Inpainter, signal: AbortSignal) => Promise<unknown>> = {
    inpaint: (inpainter, signal) => inpainter.inpaint(hole(1), quick, { signal }),
    inpaintAll: (inpainter, signal) => inpainter.inpaintAll([hole(1), hole(2)], quick, { signal }),
    search: async (inpainter, signal) => {
      for await (const { candidates } of inpainter.search(hole(1), quick, { signal }))
        await candidates[0]!.draw({ signal });
    },
    generate: (inpainter, signal) => inpainter.generate(latents(200, 1), { signal }),
    sample: (inpainter, signal) => inpainter.sample(200, { signal }),
    import: (_, signal) =>
      importModel(
        { generator: networks.torchGenerator(), discriminator: networks.logitDiscriminator() },
        { name: 'brought', latent: 'normal', range: [-1, 1], signal },
      ),
  };
  test.each(Object.entries(calls))('%s', async (_name, call) => {
    const whole = async (signal: AbortSignal) => {
      await using inpainter = await openHere(tinyModel());
      await call(inpainter, signal);
    };
    await expectNotBegun(whole);
    await expectStops(whole);
  });

  test('Candidate.draw and Candidate.blended', async () => {
    await using inpainter = await openHere(tinyModel());
    const { value } = await inpainter.search(hole(1), quick).next();
    const [first] = value.candidates;
    for (const call of ['draw', 'blended'] as const) {
      await expectNotBegun((signal) => first[call]({ signal }));
      const controller = new AbortController();
      sessions.onRun = () => controller.abort(new Error('enough'));
      const both = first.blended({ signal: controller.signal });
      await expect(both).rejects.toThrow('enough'); // drawn, and not blended
    }
    sessions.reset();
    expect((await first.blended()).width).toBe(16);
  });

  test('Fill.blended and Filled.blended, soon after, and once more is asked for they blend', async () => {
    await using inpainter = await openHere(tinyModel());
    const large = { image: noisePicture(512, 512, 1), mask: centreHole(512, 512) };
    const filled = await inpainter.inpaint(large, { ...quick, steps: 1 });
    for (const fill of [filled, filled.candidates[1]!]) {
      await expectNotBegun((signal) => fill.blended({ signal }));
      const controller = new AbortController();
      const stopped = expect(fill.blended({ signal: controller.signal })).rejects.toThrow('enough');
      setImmediate(() => controller.abort(new Error('enough')));
      await stopped;
      expect((await fill.blended({ signal: new AbortController().signal })).width).toBe(512);
      expect((await fill.blended({ signal: controller.signal })).width).toBe(512); // what is done is given
    }
  });

  test('in the tick of the call, and a program that is open stays open', async () => {
    await using inpainter = await openHere(tinyModel());
    await inpainter.sample(4);
    sessions.reset();
    const controller = new AbortController();
    const stopped = inpainter.sample(4, { signal: controller.signal });
    controller.abort(new Error('stopped'));
    await expect(stopped).rejects.toThrow('stopped');
    await inpainter.sample(4);
    expect([sessions.opened, sessions.released]).toEqual([0, 0]);
  });

  test('and frees a search that nobody looks at any more', async () => {
    const model = tinyModel();
    await using programs = openPrograms({ open: 0 });
    const options = resolveOptions({ ...quick, screen: 0, halving: false });
    const problem = problemOf(model, 1, options);
    const controller = new AbortController();
    await search({ model, programs }, [problem], settle(model, options), controller.signal).next(); // and left as it is
    sessions.reset();
    controller.abort();
    using _ = await programs.open('another', () => ({ outputs: { y: mul(input('x', [1]), 2) } }));
    await expect.poll(() => sessions.released).toBe(1);
  });

  test('where another waits for the same program, it goes on', async () => {
    await using inpainter = await openHere(tinyModel());
    const controller = new AbortController();
    const [stopped, other] = [inpainter.sample(4, { signal: controller.signal }), inpainter.sample(4)];
    controller.abort(new Error('stopped'));
    await expect(stopped).rejects.toThrow('stopped');
    expect(await other).toHaveLength(4);
  });
});

test('a closed inpainter stops what it does, says so, and another of the same model goes on', async () => {
  const model = tinyModel();
  const [one, other] = [await openHere(model), await openHere(model)];
  const [stopped, goesOn] = [one.inpaint(hole(1), { ...quick, steps: 400 }), other.inpaint(hole(1), quick)];
  await one[Symbol.asyncDispose]();
  await expect(stopped).rejects.toThrow(/Expected an open inpainter, got one that was disposed of: open another/);
  await expect(one.sample(1)).rejects.toThrow(/Expected an open inpainter/);
  expect((await goesOn).candidates).toHaveLength(4);
  await other[Symbol.asyncDispose]();
  expect(sessions.released).toBe(sessions.opened);
});

test('idle programs are closed where memory is short, those in use are not', async () => {
  const model = tinyModel();
  await using programs = openPrograms({ open: 0 });
  const options = resolveOptions(quick);
  const problem = problemOf(model, 1, options);
  for await (const _ of search({ model, programs }, [problem], settle(model, options)));
  expect(sessions.opened).toBe(3); // for screening, and for steps of 4 rows and of one
  expect(sessions.released).toBe(2);
});

test("the arithmetic of the caller's thread stays as it was", async () => {
  await inpaint(tinyModel(), hole(1), quick);
  expect(Number('5e-324') > 0).toBe(true);
  expect(Float32Array.of(1e-40)[0]! * 2 > 0).toBe(true);
});

test('what is no hole, no model, no count is told in a sentence', async () => {
  await using inpainter = await openHere(tinyModel());
  await expect(inpainter.inpaint(undefined as never)).rejects.toThrow(/Expected an image with its mask/);
  await expect(inpainter.inpaint({} as never)).rejects.toThrow(LatentfillError);
  await expect(openHere(undefined as never)).rejects.toThrow(/Expected a model/);
  await expect(inpainter.sample(1.5)).rejects.toThrow(/whole number of samples, got 1.5/);
  await expect(inpainter.generate([1, 2] as never)).rejects.toThrow(/Expected latents/);
  await expect(inpainter.generate(new Float32Array(12))).rejects.toThrow(/latents of 8 numbers each/);
  await expect(inpainter.generate(latents(1, 1), { captioned: ['a'] as never })).rejects.toThrow(
    /Expected captions as/,
  );
  await expect(inpainter.inpaint({ ...hole(1), caption: 3 as never })).rejects.toThrow(/caption as text, got number/);
  await expect(inpainter.inpaintAll(hole(1) as never)).rejects.toThrow(/Expected a list of images with masks/);
});

test('samples are those of their seed', async () => {
  await using inpainter = await openHere(tinyModel('normal'));
  const [a, b] = [await inpainter.sample(3, { seed: 1 }), await inpainter.sample(3, { seed: 2 })];
  expect(a.flatMap(({ latent }) => [...latent])).toEqual([
    ...drawLatents({ latent: 8, prior: 'normal' }, random(1, 'samples'), 3),
  ]);
  expect(b[0]!.image.data).not.toEqual(a[0]!.image.data);
  await expect(inpainter.sample(1, { caption: 'red hair' })).rejects.toThrow(/Expected no caption/);
  await expect(inpainter.generate(new Float32Array(9))).rejects.toThrow(/latents of 8 numbers each .* got 9 in all/);
});

test('a hole through which nothing is seen is refused, before anything is searched', async () => {
  await using inpainter = await openHere(tinyModel());
  const nothing = { image: noisePicture(64, 64, 1), mask: rectangle(64, 64, [8, 8, 40, 40]) };
  const wrong = /Expected known pixels in the view of the hole, 40×40 pixels at \(8, 8\), got none/;
  expect(() => inpainter.check(nothing, { context: 1 })).toThrow(wrong);
  await expect(inpainter.inpaint(nothing, { context: 1 })).rejects.toThrow(wrong);
  await expect(inpainter.search(nothing, { context: 1 }).next()).rejects.toThrow(wrong);
  expect(sessions.runs).toBe(0);
});

test('a program whose run has failed is closed, and the next call opens another', async () => {
  await using inpainter = await openHere(tinyModel());
  await inpainter.sample(2);
  sessions.reset();
  sessions.onRun = () => {
    throw new Error('out of memory');
  };
  await expect(inpainter.sample(2)).rejects.toThrow('out of memory');
  sessions.onRun = () => {};
  expect(await inpainter.sample(2)).toHaveLength(2);
  expect([sessions.opened, sessions.released]).toEqual([1, 1]);
});

test('numbers that are none are refused', async () => {
  await using inpainter = await openHere(tinyModel());
  await expect(inpainter.generate(new Float32Array(8).fill(Number.NaN))).rejects.toThrow(/latents of finite numbers/);
  const image = { ...hole(1).image, data: hole(1).image.data.with(5, Number.NaN) };
  await expect(inpainter.inpaint({ ...hole(1), image })).rejects.toThrow(/Expected .* NaN/);
});

test('each hole stops as it would alone', async () => {
  await using inpainter = await openHere(tinyModel());
  const holes = [hole(1), hole(2), hole(3)];
  for (const more of [{ plateau: 4 }, { gradientTolerance: 0.05 }]) {
    const options = { steps: 120, restarts: 2, halving: false, screen: 0, ...more };
    const together = await inpainter.inpaintAll(holes, options);
    for (const [i, one] of holes.entries()) {
      const alone = await inpainter.inpaint(one, options);
      expectClose([together[i]!.candidates[0]!.losses.total], [alone.candidates[0]!.losses.total], 1e-5);
    }
  }
});

test('latents at which the generator fails are no candidates', async () => {
  const model = tinyModel();
  // The square root of a negative number: NaN for half of all latents.
  const failing = (z: Value) =>
    add(model.generator(z), reshape(mul(sqrt(slice(z, [0, 0], [z.shape[0]!, 1])), 0), [-1, 1, 1, 1]));
  const half = { ...model, generator: failing };
  const { candidates } = await inpaint(half, hole(1), { ...quick, restarts: 8, steps: 4 });
  expect(candidates).toHaveLength(8); // enough of the 40 screened are finite: none of the others may begin
  for (const { losses, views } of candidates) {
    expect(losses.total).toBeLessThan(10);
    expect(views[0]!.generated.data.some(Number.isNaN)).toBe(false);
  }
});

test('a loss that is no number is no result', async () => {
  const model = tinyModel();
  const broken = {
    ...model,
    card: { ...model.card, image: { ...model.card.image, range: [-1, Number.NaN] as [number, number] } },
  };
  await expect(inpaint(broken, hole(1), quick)).rejects.toThrow(/Expected a finite loss at some latent, got none/);
});
