/** @file How near a filled image is to the true one. */

import type { Image, Mask } from '../../image/image.ts';

/** Peak signal-to-noise ratios in dB, peak 1: over the hole alone, and over the whole image. Always report both. */
export interface Psnr {
  readonly hole: number;
  readonly whole: number;
}

/**
 * The PSNR in dB, about 58.92, of nothing but the rounding to 8 bits: its error is uniform over a step of 1/255, whose mean
 * square is (1/255)²/12. Nothing above it can be told apart in 8-bit pictures.
 */
export const EXACT = -10 * Math.log10(1 / (12 * 255 ** 2));

/** A PSNR as it is recorded: {@link EXACT} at most, so that means stay finite when some pictures are equal to the truth. */
export function recordedPsnr(decibels: number): number {
  return Math.min(decibels, EXACT);
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

/**
 * The PSNR in dB over the known pixels alone (where the mask is 0), all channels: how well a generated image, before the known
 * pixels are pasted, fits them. Infinite for equal pixels, NaN when nothing is known.
 */
export function knownPsnr(generated: Image, truth: Image, mask: Mask): number {
  const known = mask.data.map((v) => (v === 0 ? 1 : 0));
  return psnr(generated, truth, { ...mask, data: known }).hole;
}
