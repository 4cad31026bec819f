import { expect, test } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { protocols } from '../../../src/eval/protocols/index.ts';
import { redraw } from '../../../src/eval/protocols/redraw.ts';
import { centreHole } from '../../../src/image/holes.ts';
import { type Mask, mask } from '../../../src/image/image.ts';
import { checkMask, holeFraction } from '../../../src/image/mask.ts';

const names = ['center', 'half', 'pattern', 'random80', 'strokes', 'thin', 'medium', 'thick'];
const sizes = [
  [16, 16],
  [64, 64],
  [100, 60],
  [60, 100],
  [256, 256],
] as const;

/** Fifty holes of a protocol, each of a stream of its own. */
function draws(name: string, width: number, height: number): Mask[] {
  return Array.from({ length: 50 }, (_, i) => protocols[name]!.hole(width, height, random('test', name, i), i));
}

/** The least and the largest share of the picture that the source allows. */
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  center: [0.25, 0.25],
  half: [0.5, 0.5],
  pattern: [0.2, 0.3],
  random80: [0.7, 0.9],
  strokes: [0.15, 0.31],
  thin: [0, 0.5],
  medium: [0, 0.5],
  thick: [0, 0.5],
};

test('the protocols are those of the table', () => {
  expect(Object.keys(protocols)).toEqual(names);
  for (const [name, protocol] of Object.entries(protocols)) {
    expect(protocol.name).toBe(name);
    expect(protocol.about).toMatch(/Source: .*\.$/);
  }
});

test.each(names)('%s: missing and known pixels, and as many as its source says, at any size', (name) => {
  for (const [width, height] of sizes) {
    const [least, most] = ranges[name]!;
    for (const hole of draws(name, width, height)) {
      checkMask(hole, { width, height });
      expect(hole.data.every((m) => m === 0 || m === 1)).toBe(true);
      expect(holeFraction(hole)).toBeGreaterThanOrEqual(least);
      expect(holeFraction(hole)).toBeLessThanOrEqual(most);
    }
  }
});

test.each(names)('%s: the same for one seed', (name) => {
  const [first, again] = [draws(name, 64, 64), draws(name, 64, 64)];
  expect(first).toEqual(again);
  const different = new Set(first.map(({ data }) => data.join(''))).size;
  expect(different).toBe({ center: 1, half: 4 }[name] ?? 50);
});

/** The share of the hole that is left when a square of 2 · `radius` + 1 pixels must fit into it. */
function leftBy(radius: number, { width, height, data }: Mask): number {
  const isLeft = (x: number, y: number) => {
    for (let v = y - radius; v <= y + radius; v++)
      for (let u = x - radius; u <= x + radius; u++) {
        if (u < 0 || v < 0 || u >= width || v >= height || data[v * width + u] === 0) return false;
      }
    return true;
  };
  const missing = data.reduce((sum, m) => sum + m, 0);
  return data.reduce((sum, _, i) => sum + Number(isLeft(i % width, Math.floor(i / width))), 0) / missing;
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

test('thin holes are of thin parts and thick holes of thick ones, at the same share of any picture', () => {
  const left = (name: string, size: number) =>
    mean(draws(name, size, size).map((hole) => leftBy(Math.round(size / 32), hole)));
  for (const size of [64, 128]) {
    const [thin, medium, thick] = [left('thin', size), left('medium', size), left('thick', size)];
    expect(thin).toBeLessThan(0.05);
    expect(medium).toBeGreaterThan(thin + 0.1);
    expect(thick).toBeGreaterThan(medium + 0.1);
  }
  for (const name of ['pattern', 'thin', 'medium', 'thick']) {
    const shares = [64, 256].map((size) => mean(draws(name, size, size).map(holeFraction)));
    expect(Math.abs(shares[0]! - shares[1]!)).toBeLessThan(0.03);
  }
});

test('blots of the pattern are as wide as cells of 16.7 pixels of 64 make them', () => {
  const changes = draws('pattern', 64, 64).map(({ data }) => {
    let count = 0;
    for (let i = 1; i < data.length; i++) if (i % 64 !== 0 && data[i] !== data[i - 1]) count++;
    return count / 64;
  });
  // Independent cells of one colour each would change 2 · 0.25 · 0.75 times at each of 3.8 borders: 1.4 a row.
  expect(mean(changes)).toBeGreaterThan(0.8);
  expect(mean(changes)).toBeLessThan(2);
});

test('a hole is drawn again until it is accepted; where none can be, an error says so', () => {
  const drawn = [mask(8, 8), mask(8, 8, new Float32Array(64).fill(1)), centreHole(8, 8), mask(8, 8)];
  expect(redraw(() => drawn.shift()!)).toEqual(centreHole(8, 8));
  const never = () =>
    redraw(
      () => centreHole(8, 8),
      () => false,
    );
  expect(never).toThrow(/Expected a picture with room .* got 8×8 pixels: take pictures of 16/);
});
