import { describe, expect, test, vi } from 'vitest';
import { random } from '../../src/base/random.ts';
import { centreHole, randomHole, strokeHole } from '../../src/image/holes.ts';
import { type Image, image, type Mask, mask } from '../../src/image/image.ts';
import { harmonicFill, poissonBlend, poissonBlendInTurns } from '../../src/image/poisson.ts';
import { expectClose } from '../helpers/numbers.ts';
import { noisePicture, picture } from '../helpers/pictures.ts';

const pixels = (width: number, height: number, holes: [number, number][]) => {
  const made = mask(width, height);
  for (const [x, y] of holes) made.data[y * width + x] = 1;
  return made;
};

// x² − y² and a plane are harmonic on the pixel grid as well: the mean of the four neighbours is the pixel itself.
const saddle = picture(40, 32, (x, y, c) => 0.5 + ((x - 20) ** 2 - (y - 16) ** 2) / 2000 + c * 0.05);
const plane = picture(40, 32, (x, y) => 0.2 + 0.01 * x + 0.005 * y);
const spoiled = (picture: Image, { data }: Mask) =>
  image(
    picture.width,
    picture.height,
    3,
    picture.data.map((v, i) => (data[i % data.length]! > 0 ? 0.9 : v)),
  );

describe.each([
  ['centre', centreHole(40, 32)],
  ['strokes away from the border', strokesInside()],
  [
    'several pieces',
    pixels(40, 32, [
      [5, 5],
      [6, 5],
      [20, 20],
      [21, 21],
      [22, 22],
      [30, 9],
    ]),
  ],
  ['one pixel', pixels(40, 32, [[17, 11]])],
])('a harmonic image comes back exactly: %s', (_name, hole) => {
  test.each([
    ['saddle', saddle],
    ['plane', plane],
  ] as const)('%s', (_what, truth) => {
    expectClose(harmonicFill(spoiled(truth, hole), hole).data, truth.data, 1e-6);
  });
});

test('at the border the source keeps its own gradient, and a known image that differs by a constant is met exactly', () => {
  const source = noisePicture(24, 20, 1).data.map((v) => 0.3 + 0.4 * v);
  const shifted = image(
    24,
    20,
    3,
    source.map((v) => v + 0.2),
  );
  const corner = mask(
    24,
    20,
    Float32Array.from({ length: 480 }, (_, i) => (i % 24 > 12 && i < 24 * 9 ? 1 : 0)),
  );
  const blended = poissonBlend(shifted, image(24, 20, 3, source), corner);
  expectClose(blended.data, shifted.data, 1e-6);
});

test.each([1, 2, 3, 4])('agrees with a dense solution on a random mask that touches borders (%i)', (seed) => {
  const [width, height] = [9, 7];
  const hole = randomHole(width, height, 0.6, random('dense', seed));
  const target = noisePicture(width, height, seed);
  const source = image(
    width,
    height,
    3,
    noisePicture(width, height, seed + 10).data.map((v) => 0.4 + 0.2 * v),
  );
  const tame = image(
    width,
    height,
    3,
    target.data.map((v) => 0.4 + 0.2 * v),
  ); // so that nothing is clipped
  expectClose(poissonBlend(tame, source, hole).data, dense(tame, source, hole), 1e-6);
});

test('rows do not wrap: the first and the last column do not meet', () => {
  const target = picture(16, 16, (x) => (x < 8 ? 0 : 1));
  const hole = mask(
    16,
    16,
    Float32Array.from({ length: 256 }, (_, i) => (i % 16 < 2 ? 1 : 0)),
  );
  const filled = harmonicFill(target, hole);
  expectClose(filled.data, target.data, 1e-7);
});

test('pixels outside the hole keep their bits', () => {
  const target = noisePicture(30, 30, 5);
  const hole = strokeHole(30, 30, random('bits'));
  const blended = poissonBlend(target, noisePicture(30, 30, 6), hole);
  blended.data.forEach((v, i) => {
    if (hole.data[i % 900] === 0) expect(v).toBe(target.data[i]);
  });
});

test('a large ragged hole is solved to 1e-6', () => {
  const [width, height] = [300, 260];
  const truth = picture(width, height, (x, y) => 0.5 + ((x - 150) ** 2 - (y - 130) ** 2) / 60000);
  const hole = mask(
    width,
    height,
    Float32Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return (x - 150) ** 2 / 140 ** 2 + (y - 130) ** 2 / 110 ** 2 < 1 - 0.3 * Math.sin(x / 7) * Math.cos(y / 5)
        ? 1
        : 0;
    }),
  );
  for (let i = 0; i < hole.data.length; i++)
    if (i % width < 2 || i % width > width - 3 || i < 2 * width || i >= (height - 2) * width) hole.data[i] = 0;
  expectClose(harmonicFill(spoiled(truth, hole), hole).data, truth.data, 1e-5);
});

test('every pixel above 0 is solved for, however soft, and the result is not mixed', () => {
  const hole = centreHole(20, 20);
  const soft = mask(
    20,
    20,
    hole.data.map((m) => 0.01 * m),
  );
  const [target, source] = [noisePicture(20, 20, 1), noisePicture(20, 20, 2)];
  expect(poissonBlend(target, source, soft).data).toEqual(poissonBlend(target, source, hole).data);
});

test('values in the hole are held within the range', () => {
  const target = picture(12, 12, () => 0.9);
  const bright = picture(12, 12, (x, y) => (x === 6 && y === 6 ? 1 : 0));
  const { data } = poissonBlend(target, bright, centreHole(12, 12));
  expect(data[6 * 12 + 6]).toBe(1);
  expect(data.every((v) => v >= 0 && v <= 1)).toBe(true);
});

test('no hole, no change; nothing known, the source', () => {
  const target = noisePicture(8, 8, 1);
  expect(poissonBlend(target, noisePicture(8, 8, 2), mask(8, 8))).toBe(target);
  const source = noisePicture(8, 8, 2);
  expectClose(poissonBlend(target, source, mask(8, 8, new Float32Array(64).fill(1))).data, source.data, 1e-7);
  expect(() => poissonBlend(target, noisePicture(7, 8, 1), mask(8, 8))).toThrow(/one size/);
});

describe('in turns', () => {
  const [target, source] = [noisePicture(420, 330, 1), noisePicture(420, 330, 2)];
  const hole = strokeHole(420, 330, random('turns'));

  /** How often a signal is asked in a whole blend: before each piece of work. */
  async function pieces(signal: AbortSignal): Promise<number> {
    const asked = vi.spyOn(signal, 'throwIfAborted');
    await poissonBlendInTurns(target, source, hole, { signal });
    return asked.mock.calls.length;
  }

  test('the same bits come out as at once, and timers fire in between', async () => {
    let fired = 0;
    const timer = setInterval(() => fired++, 1);
    const blended = await poissonBlendInTurns(target, source, hole);
    clearInterval(timer);
    expect(blended.data).toEqual(poissonBlend(target, source, hole).data);
    expect(fired).toBeGreaterThan(2);
  });

  test('an abort in the middle stops it there', async () => {
    const all = await pieces(new AbortController().signal);
    expect(all).toBeGreaterThan(30);
    const controller = new AbortController();
    const reason = new Error('enough');
    const look = controller.signal.throwIfAborted.bind(controller.signal);
    const asked = vi.spyOn(controller.signal, 'throwIfAborted').mockImplementation(() => {
      if (asked.mock.calls.length === all >> 1) controller.abort(reason);
      look();
    });
    await expect(poissonBlendInTurns(target, source, hole, controller)).rejects.toBe(reason);
    expect(asked).toHaveBeenCalledTimes(all >> 1);
  });

  test('what cannot be blended rejects, as does what was aborted before', async () => {
    await expect(poissonBlendInTurns(target, noisePicture(42, 33, 2), hole)).rejects.toThrow(/one size/);
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(poissonBlendInTurns(target, source, hole, { signal })).rejects.toThrow('too late');
  });
});

function strokesInside(): Mask {
  const hole = strokeHole(40, 32, random('harmonic'));
  hole.data.forEach((_, i) => {
    const [x, y] = [i % 40, Math.floor(i / 40)];
    if (x === 0 || y === 0 || x === 39 || y === 31) hole.data[i] = 0;
  });
  return hole;
}

/** The same equations, solved by elimination. */
function dense(target: Image, source: Image, hole: Mask): Float32Array {
  const { width, height } = hole;
  const unknown = [...hole.data.keys()].filter((i) => hole.data[i]! > 0);
  const index = new Map(unknown.map((i, k) => [i, k]));
  const out = target.data.slice();
  for (let c = 0; c < 3; c++) {
    const n = unknown.length;
    const a = unknown.map(() => new Float64Array(n + 1));
    unknown.forEach((i, k) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      for (const [nx, ny] of [
        [x - 1, y],
        [x + 1, y],
        [x, y - 1],
        [x, y + 1],
      ] as const) {
        if (nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
        const j = ny * width + nx;
        a[k]![k]! += 1;
        a[k]![n]! += source.data[c * width * height + i]! - source.data[c * width * height + j]!;
        const other = index.get(j);
        if (other === undefined) a[k]![n]! += target.data[c * width * height + j]!;
        else a[k]![other]! -= 1;
      }
    });
    for (let k = 0; k < n; k++) {
      for (let r = 0; r < n; r++) {
        if (r === k) continue;
        const factor = a[r]![k]! / a[k]![k]!;
        for (let col = k; col <= n; col++) a[r]![col]! -= factor * a[k]![col]!;
      }
    }
    unknown.forEach((i, k) => {
      out[c * width * height + i] = a[k]![n]! / a[k]![k]!;
    });
  }
  return out;
}
