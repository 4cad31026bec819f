/** @file How near a filled image is to the true one. */

import type { Image, Mask } from '../../image/image.ts';

/** Peak signal-to-noise ratios in dB, peak 1: over the hole alone, and over the whole image. Always report both. */
export interface Psnr {
  readonly hole: number;
  readonly whole: number;
}

/** PSNR = −10 log₁₀(mean squared error) over all channels; infinite for equal images. */
export function psnr(image: Image, truth: Image, mask: Mask): Psnr {
  const area = mask.data.length;
  const error = { hole: 0, whole: 0 };
  let inHole = 0;
  for (let i = 0; i < truth.data.length; i++) {
    const squared = (image.data[i]! - truth.data[i]!) ** 2;
    error.whole += squared / truth.data.length;
    if (mask.data[i % area]! === 0) continue;
    error.hole += squared;
    inHole++;
  }
  return { hole: -10 * Math.log10(error.hole / inHole), whole: -10 * Math.log10(error.whole) };
}
