/** @file Structural similarity (SSIM, Wang et al. 2004): of whole pictures, and around a hole. */

import { LatentfillError } from '../../base/errors.ts';
import type { Image, Mask } from '../../image/image.ts';

const WINDOW = 11;
const SIGMA = 1.5;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;
const KERNEL = gaussianKernel();

/** Mean structural similarities, at most 1: over all windows, and over those that touch the hole. */
export interface Ssim {
  /** NaN when nothing is missing. */
  readonly hole: number;
  readonly whole: number;
}

/**
 * Mean structural similarity (Wang et al. 2004, eq. 13): Gaussian windows of 11, σ 1.5, that lie within; mean of channels.
 * At most 1, for equal pictures.
 * @throws LatentfillError for a side under 11 pixels.
 */
export function ssim(image: Image, truth: Image): number {
  return mean(ssimMap(image, truth));
}

/**
 * {@link ssim} of the whole picture, and its mean over the windows with at least one missing pixel alone (mask above 0). Windows
 * that the hole does not touch are 1 for every fill that keeps the known pixels, so that the whole says little of small holes.
 * @throws LatentfillError for a side under 11 pixels.
 */
export function ssimOfHole(image: Image, truth: Image, mask: Mask): Ssim {
  const map = ssimMap(image, truth);
  const touches = touching(mask);
  return { hole: mean(map.filter((_, i) => touches[i]! > 0)), whole: mean(map) };
}

/** The similarity of every window that lies within, [height − 10, width − 10], mean of channels. */
function ssimMap(image: Image, truth: Image): Float64Array {
  const { width, height, channels } = truth;
  if (Math.min(width, height) < WINDOW) {
    throw new LatentfillError(
      'image',
      `Expected pictures of at least ${WINDOW}×${WINDOW} pixels for SSIM, got ${width}×${height}: compare larger ones.`,
    );
  }
  const area = width * height;
  const map = new Float64Array((width - WINDOW + 1) * (height - WINDOW + 1));
  for (let c = 0; c < channels; c++) {
    const [x, y] = [image, truth].map(({ data }) => Float64Array.from(data.subarray(c * area, (c + 1) * area)));
    addChannel(map, x!, y!, width, height, 1 / channels);
  }
  return map;
}

/** Adds the similarities of one channel, weighted. */
function addChannel(
  map: Float64Array,
  x: Float64Array,
  y: Float64Array,
  width: number,
  height: number,
  weight: number,
): void {
  const blur = (values: Float64Array) => filtered(values, width, height, KERNEL);
  const [mx, my] = [blur(x), blur(y)];
  const [xx, yy, xy] = [blur(x.map((v) => v * v)), blur(y.map((v) => v * v)), blur(x.map((v, i) => v * y[i]!))];
  for (let i = 0; i < map.length; i++) {
    const [m, n] = [mx[i]!, my[i]!];
    const luminance = (2 * m * n + C1) / (m * m + n * n + C1);
    const structure = (2 * (xy[i]! - m * n) + C2) / (xx[i]! - m * m + (yy[i]! - n * n) + C2);
    map[i]! += weight * luminance * structure;
  }
}

/** Above 0 for windows with a missing pixel. */
function touching({ data, width, height }: Mask): Float64Array {
  const missing = Float64Array.from(data, (v) => (v > 0 ? 1 : 0));
  return filtered(missing, width, height, new Float64Array(WINDOW).fill(1));
}

/** Sums of every window that lies within, weighted by the kernel along both sides, [height − 10, width − 10]. */
function filtered(values: Float64Array, width: number, height: number, kernel: Float64Array): Float64Array {
  const [w, h] = [width - WINDOW + 1, height - WINDOW + 1];
  const across = new Float64Array(w * height);
  for (let i = 0; i < across.length; i++) {
    const from = Math.floor(i / w) * width + (i % w);
    for (let j = 0; j < WINDOW; j++) across[i]! += kernel[j]! * values[from + j]!;
  }
  const out = new Float64Array(w * h);
  for (let i = 0; i < out.length; i++) {
    for (let j = 0; j < WINDOW; j++) out[i]! += kernel[j]! * across[i + j * w]!;
  }
  return out;
}

function gaussianKernel(): Float64Array {
  const raw = Float64Array.from({ length: WINDOW }, (_, i) => Math.exp(-((i - 5) ** 2) / (2 * SIGMA ** 2)));
  const sum = raw.reduce((a, b) => a + b);
  return raw.map((w) => w / sum);
}

function mean(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
