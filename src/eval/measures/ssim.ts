/** @file Structural similarity. */

import type { Image } from '../../image/image.ts';

const WINDOW = 11;
const SIGMA = 1.5;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/** Mean structural similarity (Wang et al. 2004, eq. 13): Gaussian windows of 11, σ 1.5, that lie within; mean of channels. */
export function ssim(image: Image, truth: Image): number {
  const { width, height, channels } = truth;
  const area = width * height;
  let total = 0;
  for (let c = 0; c < channels; c++) {
    const x = Float64Array.from(image.data.subarray(c * area, (c + 1) * area));
    const y = Float64Array.from(truth.data.subarray(c * area, (c + 1) * area));
    const blur = (values: Float64Array) => gaussian(values, width, height);
    const [mx, my] = [blur(x), blur(y)];
    const [xx, yy, xy] = [blur(x.map((v) => v * v)), blur(y.map((v) => v * v)), blur(x.map((v, i) => v * y[i]!))];
    let sum = 0;
    for (let i = 0; i < mx.length; i++) {
      const [m, n] = [mx[i]!, my[i]!];
      const luminance = (2 * m * n + C1) / (m * m + n * n + C1);
      sum += (luminance * (2 * (xy[i]! - m * n) + C2)) / (xx[i]! - m * m + (yy[i]! - n * n) + C2);
    }
    total += sum / mx.length / channels;
  }
  return total;
}

/** Gaussian-weighted means of every window that lies within, [height − 10, width − 10]. */
function gaussian(values: Float64Array, width: number, height: number): Float64Array {
  const raw = Array.from({ length: WINDOW }, (_, i) => Math.exp(-((i - 5) ** 2) / (2 * SIGMA ** 2)));
  const sum = raw.reduce((a, b) => a + b);
  const kernel = raw.map((w) => w / sum);
  const [w, h] = [width - WINDOW + 1, height - WINDOW + 1];
  const across = new Float64Array(w * height);
  for (let i = 0; i < across.length; i++) {
    const from = Math.floor(i / w) * width + (i % w);
    across[i] = kernel.reduce((total, k, j) => total + k * values[from + j]!, 0);
  }
  return Float64Array.from({ length: w * h }, (_, i) =>
    kernel.reduce((total, k, j) => total + k * across[i + j * w]!, 0),
  );
}
