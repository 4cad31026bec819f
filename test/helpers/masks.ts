/** @file Mask files as people make them, from a true mask of zeros and ones. */

import { random } from '../../src/base/random.ts';

/** A colour with its alpha, 0 to 255. */
export type Rgba = readonly [number, number, number, number];

export const BLACK: Rgba = [0, 0, 0, 255];
export const WHITE: Rgba = [255, 255, 255, 255];
export const CLEAR: Rgba = [0, 0, 0, 0];

/** Pixels of a side each, by their place. */
export function pixelsOf(side: number, rgba: (x: number, y: number) => Rgba) {
  const data = new Uint8ClampedArray(4 * side * side);
  for (let i = 0; i < side * side; i++) data.set(rgba(i % side, Math.floor(i / side)), 4 * i);
  return { width: side, height: side, data };
}

/** A true mask: a rectangle, off the centre. */
export const inRectangle =
  (side: number) =>
  (x: number, y: number): boolean =>
    x >= side * 0.3 && x < side * 0.6 && y >= side * 0.25 && y < side * 0.5;

/** A true mask: three strokes, the last across the border. */
export const inStrokes =
  (side: number) =>
  (x: number, y: number): boolean => {
    const [u, v] = [x / side, y / side];
    return (
      Math.abs(v - 0.2 - 0.3 * u) < 0.03 ||
      Math.hypot(u - 0.7, v - 0.75) < 0.08 ||
      (Math.abs(u - 0.2) < 0.02 && v > 0.6)
    );
  };

/** The true mask as data. */
export function truth(side: number, isHole: (x: number, y: number) => boolean): Float32Array {
  return Float32Array.from({ length: side * side }, (_, i) => (isHole(i % side, Math.floor(i / side)) ? 1 : 0));
}

/** Something like a photograph: waves in three colours, with noise. */
export function photograph(side: number, seed = 1): (x: number, y: number) => Rgba {
  const rng = random('photograph', seed);
  const noise = Float32Array.from({ length: 3 * side * side }, () => 24 * rng() - 12);
  const wave = (t: number) => 127 + 100 * Math.sin(t);
  return (x, y) => {
    const [u, v] = [x / side, y / side];
    const at = 3 * (y * side + x);
    const channel = (c: number) => Math.round(wave(7 * u + 5 * v * (c + 1) + 2 * c + seed) + noise[at + c]!);
    return [channel(0), channel(1), channel(2), 255];
  };
}

/** A mask blurred by a box of `radius` pixels, three times: nearly a Gaussian. */
export function blurred(mask: Float32Array, side: number, radius: number): Float32Array {
  let from = mask;
  for (let pass = 0; pass < 6; pass++) {
    const step = pass % 2 === 0 ? 1 : side;
    const source = from;
    from = source.map((_, i) => {
      const at = step === 1 ? i % side : Math.floor(i / side);
      let sum = 0;
      for (let d = -radius; d <= radius; d++) sum += source[i + (Math.min(side - 1, Math.max(0, at + d)) - at) * step]!;
      return sum / (2 * radius + 1);
    });
  }
  return from;
}
