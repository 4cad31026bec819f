import { expect, test } from 'vitest';
import { random } from '../../src/base/random.ts';
import { centreHole, randomHole } from '../../src/image/holes.ts';
import { type Mask, mask } from '../../src/image/image.ts';
import { resolveOptions } from '../../src/inpaint/options.ts';
import { stage } from '../../src/inpaint/staging.ts';
import type { Model } from '../../src/model/model.ts';
import { expectClose } from '../helpers/numbers.ts';
import { noisePicture, picture, rectangle, tinyModel } from '../helpers/pictures.ts';

type Rectangle = readonly [number, number, number, number];

/** A model of 16 pixels a side that was taught squares of this share of a picture; left out: its card does not say. */
function taught(share?: number): Model {
  const model = tinyModel();
  return { ...model, card: { ...model.card, view: share === undefined ? undefined : { share } } };
}

function boxes(model: Model, width: number, height: number, hole: Mask | Rectangle, options = {}): unknown[] {
  const missing = 'data' in hole ? hole : rectangle(width, height, hole);
  const { views } = stage(model, { image: noisePicture(width, height, 2), mask: missing }, resolveOptions(options));
  return views.map(({ box: { x, y, width, height } }) => [x, y, width, height]);
}

test.each<[string, number, number, Rectangle, object, Rectangle]>([
  ['the model’s size is seen whole', 16, 16, [2, 3, 4, 4], {}, [0, 0, 16, 16]],
  ['a small hole is seen at the model’s size', 100, 80, [50, 40, 4, 4], {}, [44, 34, 16, 16]],
  ['a larger one with as much around it', 100, 80, [40, 30, 20, 10], {}, [30, 15, 40, 40]],
  ['within the picture', 100, 80, [0, 70, 20, 10], {}, [0, 40, 40, 40]],
  ['the largest square, where that holds it', 400, 100, [30, 0, 90, 90], {}, [25, 0, 100, 100]],
  ['beyond the picture, where no square holds it', 100, 20, [40, 5, 30, 10], {}, [36, -9, 38, 38]],
  ['as the option says', 100, 80, [40, 30, 20, 10], { context: 3 }, [20, 5, 60, 60]],
  ['at most the largest square', 100, 80, [40, 30, 20, 10], { context: 99 }, [10, 0, 80, 80]],
  ['larger where little would be known', 60, 40, [5, 0, 40, 40], {}, [0, -5, 50, 50]],
])('a model of crops: %s', (_name, width, height, hole, options, box) => {
  expect(boxes(taught(0), width, height, hole, options)).toEqual([box]);
});

test.each<[string, number, number, Rectangle, object, Rectangle]>([
  ['a square picture is seen whole', 90, 90, [50, 40, 4, 4], {}, [0, 0, 90, 90]],
  ['the middle of another, where that holds it', 120, 90, [50, 40, 20, 20], {}, [15, 0, 90, 90]],
  ['moved so that it holds it with what is around', 200, 90, [170, 40, 20, 20], {}, [110, 0, 90, 90]],
  ['never squeezed', 400, 100, [200, 5, 90, 90], {}, [195, 0, 100, 100]],
  ['with nothing known beyond the picture', 90, 40, [0, 10, 90, 10], {}, [0, -25, 90, 90]],
  ['the option says otherwise', 90, 90, [50, 40, 4, 4], { context: 4 }, [44, 34, 16, 16]],
])('a model of whole pictures: %s', (_name, width, height, hole, options, box) => {
  expect(boxes(taught(1), width, height, hole, options)).toEqual([box]);
});

test('between the two, no smaller than in training', () => {
  expect(boxes(taught(0.7), 100, 100, [40, 40, 10, 10])).toEqual([[10, 10, 70, 70]]);
});

test('where the card does not say, both are tried; where they are one, one', () => {
  expect(boxes(taught(), 90, 90, [40, 40, 8, 8])).toEqual([
    [0, 0, 90, 90],
    [36, 36, 16, 16],
  ]);
  expect(boxes(taught(), 90, 90, [0, 0, 50, 50])).toEqual([[0, 0, 90, 90]]);
});

test('holes far apart have views of their own, those nearby and dust share one', () => {
  const both = (a: Rectangle, b: Rectangle, width = 400, height = 300) => {
    const [one, other] = [rectangle(width, height, a), rectangle(width, height, b)];
    return mask(
      width,
      height,
      one.data.map((m, i) => Math.max(m, other.data[i]!)),
    );
  };
  const far = both([10, 10, 20, 20], [350, 250, 30, 20]);
  expect(boxes(taught(0), 400, 300, far)).toEqual([
    [0, 0, 40, 40],
    [335, 230, 60, 60],
  ]);
  expect(boxes(taught(0), 400, 300, both([100, 100, 20, 20], [121, 100, 20, 20]))).toEqual([[80, 69, 82, 82]]);
  expect(boxes(taught(1), 300, 300, both([10, 10, 20, 20], [250, 250, 30, 20], 300))).toEqual([[0, 0, 300, 300]]);
  expect(boxes(taught(1), 800, 300, both([10, 10, 20, 20], [750, 250, 30, 20], 800))).toHaveLength(2);
  expect(boxes(taught(0), 400, 300, randomHole(400, 300, 0.05, random('dust')))).toHaveLength(1);
});

test('each of many specks is filled, by no more than eight views', () => {
  const specks = mask(1000, 700);
  for (let y = 10; y < 700; y += 90) for (let x = 10; x < 1000; x += 90) specks.data[y * 1000 + x] = 1;
  const { pieces, views } = stage(taught(0), { image: noisePicture(1000, 700, 1), mask: specks }, resolveOptions({}));
  expect(views.length).toBeLessThanOrEqual(8);
  const filled = mask(1000, 700);
  for (const { box, mask: own } of pieces) {
    own.data.forEach((m, i) => {
      filled.data[(box.y + Math.floor(i / box.width)) * 1000 + box.x + (i % box.width)]! += m;
    });
  }
  expect(filled.data).toEqual(specks.data); // each once
});

test('a model pixel’s target is the mean of its known pixels, its weight the part that is known', () => {
  const hole = randomHole(64, 64, 0.8, random('known'));
  const seen = noisePicture(64, 64, 3);
  const { problem } = stage(taught(1), { image: seen, mask: hole }, resolveOptions({})).views[0]!;
  for (let cell = 0; cell < 256; cell++) {
    const known = [];
    for (let i = 0; i < 16; i++) {
      const pixel = (4 * Math.floor(cell / 16) + Math.floor(i / 4)) * 64 + 4 * (cell % 16) + (i % 4);
      if (hole.data[pixel] === 0) known.push(pixel);
    }
    expect(problem.known[cell]).toBeCloseTo(known.length / 16, 5);
    expect(problem.weights[cell]).toBe(problem.known[cell]);
    for (let c = 0; known.length > 0 && c < 3; c++) {
      const mean = known.reduce((sum, pixel) => sum + seen.data[c * 4096 + pixel]!, 0) / known.length;
      expect(problem.target[c * 256 + cell]).toBeCloseTo(2 * mean - 1, 4);
    }
  }
});

test('a view far beyond a strip costs no more than the strip', () => {
  const hole = rectangle(60_000, 1, [100, 0, 40_000, 1]);
  const { views } = stage(taught(0), { image: noisePicture(60_000, 1, 1), mask: hole }, resolveOptions({}));
  const { box, problem } = views[0]!;
  expect(box).toEqual({ x: 0, y: -29_999, width: 60_000, height: 60_000 });
  const share = problem.known.reduce((sum, k) => sum + k, 0) / problem.known.length;
  expect(share * 60_000 ** 2).toBeCloseTo(20_000, -1);
});

test.each([7, 40, 16])('the hole’s own values have no influence, at %i pixels a side', (side) => {
  const hole = rectangle(side, side, [2, 2, 3, 3]);
  const seen = noisePicture(side, side, 4);
  const spoiled = { ...seen, data: seen.data.map((v, i) => (hole.data[i % side ** 2]! > 0 ? 1 - v : v)) };
  const [a, b] = [seen, spoiled].map(
    (image) => stage(taught(1), { image, mask: hole }, resolveOptions({ window: 7 })).views[0]!.problem,
  );
  for (const [i, v] of a!.target.entries()) if (a!.weights[i % 256]! > 0) expect(b!.target[i]).toBe(v);
  expect(b!.weights).toEqual(a!.weights);
});

test('a smooth picture is seen as it is, also where it is enlarged beside a hole', () => {
  const slope = picture(8, 8, (x, y) => (x + 2 * y) / 24);
  const { problem } = stage(taught(1), { image: slope, mask: centreHole(8, 8) }, resolveOptions({})).views[0]!;
  const expected = picture(16, 16, (x, y) => ((x + 0.5) / 2 - 0.5 + (y + 0.5) - 1) / 24);
  for (let i = 0; i < 768; i++) {
    const [x, y] = [i % 16, Math.floor((i % 256) / 16)];
    const inner = x > 1 && x < 14 && y > 1 && y < 14; // beyond, the edge is repeated
    if (inner && problem.known[i % 256] === 1) expect((problem.target[i]! + 1) / 2).toBeCloseTo(expected.data[i]!, 4);
  }
});

test('there is weight wherever there is something known, for any window', () => {
  for (const window of [0, 3, 7]) {
    const lines = mask(
      512,
      512,
      Float32Array.from({ length: 512 ** 2 }, (_, i) => Number(Math.floor(i / 512) % 8 === 0)),
    );
    const { weights } = stage(taught(1), { image: noisePicture(512, 512, 1), mask: lines }, resolveOptions({ window }))
      .views[0]!.problem;
    expect(weights.every((w) => w > 0 && Number.isFinite(w))).toBe(true);
  }
});

test('windows and contexts that leave nothing are refused in a sentence', () => {
  const hole = { image: noisePicture(40, 40, 1), mask: rectangle(40, 40, [10, 10, 20, 20]) };
  for (const window of [1, 2, 8]) {
    expect(() => resolveOptions({ window })).toThrow(`expected 0 or an odd number from 3, got ${window}`);
  }
  expect(() => stage(taught(0), hole, resolveOptions({ context: 1 }))).toThrow(
    /^Expected known pixels in the view of the hole, 20×20 pixels at \(10, 10\), got none: give the option 'context'/,
  );
});

test('the pixels of two pieces are weighed as one hole', () => {
  const hole = mask(300, 40);
  for (const [x, y] of [
    [20, 20],
    [280, 20],
  ] as const)
    hole.data[y * 300 + x] = 1;
  const staged = stage(taught(1), { image: noisePicture(300, 40, 1), mask: hole }, resolveOptions({}));
  expect(staged.pieces.map(({ box }) => [box.x, box.y])).toEqual([
    [20, 20],
    [280, 20],
  ]);
  expectClose(
    Float32Array.from(staged.views.map(({ problem }) => problem.known.reduce((a, b) => a + b, 0))),
    [256 - 0.16, 256 - 0.16],
    1e-2,
  );
});
