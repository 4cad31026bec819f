/** @file Methods side by side on the same holes. */

import type { Image, Mask } from '../image/image.ts';
import type { MaskedImage } from '../inpaint/inpaint.ts';
import { inpaintAll } from '../inpaint/inpainter.ts';
import type { Options } from '../inpaint/options-type.ts';
import type { Model } from '../model/model.ts';
import { type Psnr, psnr } from './measures/psnr.ts';
import { ssim } from './measures/ssim.ts';

/** A way to fill holes: a baseline, or a search with its options. */
export type Method = { readonly name: string } & (
  | { readonly fill: (image: Image, hole: Mask) => Image }
  | { readonly options: Options }
);

/** What a method made of a hole. */
export interface Outcome {
  readonly image: Image;
  /** G(ẑ) of the first view alone, for searches. */
  readonly generated: Image | undefined;
  readonly psnr: Psnr;
  readonly ssim: number;
}

/** A method on a set of holes. */
export interface MethodResult {
  readonly method: string;
  readonly outcomes: readonly Outcome[];
  readonly secondsPerImage: number;
}

/** Runs a method over holes whose true pixels are in the images (searches never look at them). */
export async function runMethod(method: Method, model: Model, masked: readonly MaskedImage[]): Promise<MethodResult> {
  const began = performance.now();
  const filled =
    'fill' in method
      ? masked.map(({ image, mask }) => ({ image: method.fill(image, mask), generated: undefined }))
      : await searched(model, masked, method.options);
  const secondsPerImage = (performance.now() - began) / 1000 / masked.length;
  const outcomes = filled.map((result, i) => {
    const { image: truth, mask } = masked[i]!;
    return { ...result, psnr: psnr(result.image, truth, mask), ssim: ssim(result.image, truth) };
  });
  return { method: method.name, outcomes, secondsPerImage };
}

async function searched(model: Model, masked: readonly MaskedImage[], options: Options) {
  const results = [];
  for (const filled of await inpaintAll(model, masked, options)) {
    results.push({ image: await filled.blended(), generated: filled.candidates[0]!.views[0]!.generated });
  }
  return results;
}

/** Means over a method's outcomes. */
export function summary({ outcomes }: MethodResult): { hole: number; whole: number; ssim: number } {
  const mean = (of: (outcome: Outcome) => number) => outcomes.reduce((sum, o) => sum + of(o), 0) / outcomes.length;
  return { hole: mean((o) => o.psnr.hole), whole: mean((o) => o.psnr.whole), ssim: mean((o) => o.ssim) };
}
