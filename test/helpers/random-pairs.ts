/** @file Random pairs of a picture and a mask, of every kind that people bring, and what must hold of each fill. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LatentfillError } from '../../src/base/errors.ts';
import { type Random, random } from '../../src/base/random.ts';
import { randomHole, strokeHole } from '../../src/image/holes.ts';
import { image, type Mask, mask } from '../../src/image/image.ts';
import { readImage, writeImage } from '../../src/image/image-file.ts';
import { readMask } from '../../src/image/mask-file.ts';
import type { Layer } from '../../src/image/transparency.ts';

/** A picture and its mask; both have values of 8 bits. */
export interface Pair {
  readonly about: string;
  readonly layer: Layer;
  readonly hole: Mask;
}

const between = (rng: Random, low: number, high: number) => low + Math.floor(rng() * (high - low + 1));
const oneOf = <T>(rng: Random, of: readonly T[]): T => of[Math.floor(rng() * of.length)]!;
const toByte = (v: number) => Math.round(255 * Math.min(1, Math.max(0, v))) / 255;

/** Sides of a picture, in pixels: mostly small, some of one pixel, of every shape, few large. */
const sizes: Readonly<Record<string, (rng: Random) => readonly [number, number]>> = {
  tiny: (rng) => [between(rng, 1, 8), between(rng, 1, 8)],
  line: (rng) => (rng() < 0.5 ? [1, between(rng, 2, 300)] : [between(rng, 2, 300), 1]),
  small: (rng) => [between(rng, 9, 100), between(rng, 9, 100)],
  own: () => [64, 64],
  strip: (rng) => [between(rng, 200, 900), between(rng, 5, 60)],
  medium: (rng) => [between(rng, 100, 500), between(rng, 100, 500)],
  large: (rng) => [between(rng, 1000, 3000), between(rng, 700, 3000)],
};

type Fill = (rng: Random, width: number, height: number) => Mask;

const where = (width: number, height: number, at: (x: number, y: number) => number): Mask =>
  mask(
    width,
    height,
    Float32Array.from({ length: width * height }, (_, i) => toByte(at(i % width, Math.floor(i / width)))),
  );

const rectangleIn: Fill = (rng, width, height) => {
  const [x0, y0] = [between(rng, 0, width - 1), between(rng, 0, height - 1)];
  const [w, h] = [between(rng, 1, width), between(rng, 1, height)];
  return where(width, height, (x, y) => Number(x >= x0 && x < x0 + w && y >= y0 && y < y0 + h));
};

/** Holes of every kind, among them those that must be refused. */
const holes: Readonly<Record<string, Fill>> = {
  rectangle: rectangleIn,
  speck: (rng, width, height) => {
    const [x0, y0] = [between(rng, 0, width - 1), between(rng, 0, height - 1)];
    return where(width, height, (x, y) => Number(x === x0 && y === y0));
  },
  corners: (_rng, width, height) =>
    where(width, height, (x, y) => Number((x === 0 || x === width - 1) && (y === 0 || y === height - 1))),
  border: (rng, width, height) => {
    const rim = between(rng, 1, 5);
    return where(width, height, (x, y) => Number(Math.min(x, y, width - 1 - x, height - 1 - y) < rim));
  },
  rows: (rng, width, height) => {
    const [step, first] = [between(rng, 2, 9), between(rng, 0, 8)];
    return where(width, height, (_x, y) => Number((y + first) % step === 0));
  },
  columns: (rng, width, height) => {
    const [from, to] = [between(rng, 0, width - 1), between(rng, 0, width - 1)];
    return where(width, height, (x) => Number(x >= Math.min(from, to) && x <= Math.max(from, to)));
  },
  dust: (rng, width, height) => randomHole(width, height, 0.05 * rng(), rng),
  random: (rng, width, height) => randomHole(width, height, rng(), rng),
  strokes: (rng, width, height) => strokeHole(width, height, rng),
  pieces: (rng, width, height) => {
    const some = Array.from({ length: between(rng, 2, 12) }, () => ({
      x: between(rng, 0, width - 1),
      y: between(rng, 0, height - 1),
      r: between(rng, 1, Math.max(1, Math.floor(Math.min(width, height) / 10))),
    }));
    return where(width, height, (x, y) => Number(some.some((s) => (x - s.x) ** 2 + (y - s.y) ** 2 <= s.r ** 2)));
  },
  soft: (rng, width, height) => {
    const [x0, y0] = [rng() * width, rng() * height];
    const [inner, edge] = [1 + (rng() * Math.min(width, height)) / 4, 1 + rng() * 8];
    return where(width, height, (x, y) => (inner + edge - Math.hypot(x - x0, y - y0)) / edge);
  },
  all: (_rng, width, height) => where(width, height, () => 1),
  none: (_rng, width, height) => where(width, height, () => 0),
};

/** What a picture shows. */
const contents: Readonly<Record<string, (rng: Random) => (x: number, y: number, c: number) => number>> = {
  noise: (rng) => () => rng(),
  flat: (rng) => {
    const colour = [rng(), rng(), rng()];
    return (_x, _y, c) => colour[c]!;
  },
  slope: (rng) => {
    const [a, b] = [rng() / 50, rng() / 50];
    return (x, y, c) => Math.abs(((x * a + y * b + c / 3) % 2) - 1);
  },
};

/** Pair number `i`, always the same. Every fiftieth is large. */
export function randomPair(i: number): Pair {
  const rng = random('pairs', i);
  const size =
    i % 50 === 49
      ? 'large'
      : oneOf(
          rng,
          Object.keys(sizes).filter((name) => name !== 'large'),
        );
  const [width, height] = sizes[size]!(rng);
  const [hole, content] = [oneOf(rng, Object.keys(holes)), oneOf(rng, Object.keys(contents))];
  const show = contents[content]!(rng);
  const area = width * height;
  const data = Float32Array.from({ length: 3 * area }, (_, at) =>
    toByte(show(at % width, Math.floor((at % area) / width), Math.floor(at / area))),
  );
  const clear = rng() < 0.2;
  const alpha = clear ? Float32Array.from({ length: area }, () => toByte(rng() < 0.3 ? 0 : rng())) : undefined;
  return {
    about: `${i}: ${width}×${height}, ${content}${clear ? ' with transparency' : ''}, ${hole}`,
    layer: { image: image(width, height, 3, data), alpha: alpha?.every((a) => a === 1) ? undefined : alpha },
    hole: holes[hole]!(rng, width, height),
  };
}

/** What is wrong with a fill: a pixel that is not finite, or one outside the hole that has changed. */
export function faultsOf(before: Layer, after: Layer, hole: Mask): string[] {
  const area = hole.data.length;
  const faults = new Set<string>();
  if (after.image.width !== before.image.width || after.image.height !== before.image.height) return ['another size'];
  for (let i = 0; i < 3 * area; i++) {
    const v = after.image.data[i]!;
    if (!(v >= 0 && v <= 1)) faults.add(`the value ${v}`);
    if (hole.data[i % area] === 0 && v !== before.image.data[i]) faults.add('a change outside the hole');
  }
  const alphaOf = ({ alpha }: Layer, i: number) => alpha?.[i] ?? 1;
  for (let i = 0; i < area; i++) {
    if (hole.data[i] === 0 && alphaOf(after, i) !== alphaOf(before, i)) faults.add('another alpha outside the hole');
    if (hole.data[i] === 1 && alphaOf(after, i) !== 1) faults.add('a hole that is not opaque');
  }
  return [...faults];
}

/** Whether an error is one that a person is told: a sentence of ours. */
export function isSentence(error: unknown): boolean {
  return error instanceof LatentfillError && isOurSentence(error.message);
}

/** "Expected X, got Y: do Z." in one line. */
export function isOurSentence(text: string): boolean {
  return /^Expected [^\n]{5,400}\.$/.test(text) && text.includes(', got ');
}

/** Writes pairs as files of two folders. */
export async function writePairs(folder: string, numbers: readonly number[]): Promise<void> {
  for (const name of ['in', 'masks']) mkdirSync(join(folder, name), { recursive: true });
  for (const i of numbers) {
    const { layer, hole } = randomPair(i);
    await writeImage(join(folder, 'in', `${i}.png`), layer.image, { alpha: layer.alpha });
    const { width, height, data } = hole;
    await writeImage(join(folder, 'masks', `${i}.png`), image(width, height, 1, data));
  }
}

/** {@link faultsOf} of a pair whose result is a file; its mask as the file is understood. */
export async function faultsOfFile(folder: string, i: number): Promise<string[]> {
  const { layer } = randomPair(i);
  const after = await readImage(join(folder, 'out', `${i}.png`));
  const { mask: hole } = await readMask(join(folder, 'masks', `${i}.png`), { picture: layer.image });
  return faultsOf(layer, after, hole);
}
