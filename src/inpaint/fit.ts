/** @file How well a model knows a picture: the loss of its known pixels beside that of pictures of the model's own kind. */

import { LatentfillError } from '../base/errors.ts';
import { holeInTurn } from '../image/holes.ts';
import type { Image } from '../image/image.ts';
import { resizeImage } from '../image/resize.ts';
import type { ModelCard } from '../model/card.ts';
import type { Control } from './inpaint.ts';
import type { Inpainter } from './inpainter.ts';
import type { Problem } from './problem.ts';

/** How well the known pixels around a fill are matched. */
export interface Fit {
  /** {@link coarseLoss} of the view that is matched worst. */
  readonly loss: number;
  /** 95 % of held-out pictures of the model's own kind lie below; null: the model's card does not say. */
  readonly usual: number | null;
  /** False: the model does not know such pictures, and its fill is likely wrong. null: as `usual`. */
  readonly known: boolean | null;
}

/** A loss is unusual above this many times that below which 95 % of the model's own pictures lie. */
const UNUSUAL = 1.1;

/** Pictures from which the distribution of losses is known well enough. */
export const LEAST_PICTURES = 20;

/** A view is compared in so many cells a side. */
const CELLS = 4;

/**
 * The coarse loss of a view: how far the mean colours of the known pixels in each of 4×4 cells lie from those of G(ẑ), as a
 * mean over cells by what is known in them, and over channels; values in [−1, 1]. A small generator draws no texture, of
 * its own pictures or of others: what it does not know differs in layout and colour. (On landscapes beside faces, 95 of 100
 * of one are told from the other at this size; by differences of single pixels, 77.)
 */
export function coarseLoss({ image: { range } }: Pick<ModelCard, 'image'>, generated: Image, problem: Problem): number {
  const { target, known } = problem;
  const [black, white] = range;
  const area = known.length;
  const size = Math.sqrt(area);
  const shown = resizeImage(generated, size, size);
  const cellOf = (at: number) => Math.floor((at * CELLS) / size);
  const differences = new Float64Array(3 * CELLS * CELLS);
  let weight = 0;
  for (let i = 0; i < 3 * area; i++) {
    const [c, pixel] = [Math.floor(i / area), i % area];
    const wanted = (target[i]! - black) / (white - black);
    const cell = (c * CELLS + cellOf(Math.floor(pixel / size))) * CELLS + cellOf(pixel % size);
    differences[cell]! += known[pixel]! * (shown.data[i]! - wanted);
    weight += known[pixel]!;
  }
  return (2 * differences.reduce((sum, d) => sum + Math.abs(d), 0)) / weight;
}

/** The fit of a fill by the losses of its views. */
export function fitOf({ card }: { readonly card: Pick<ModelCard, 'fit'> }, losses: readonly number[]): Fit {
  const loss = Math.max(...losses);
  if (!card.fit) return { loss, usual: null, known: null };
  const usual = card.fit.quantiles[QUANTILES.indexOf(0.95)]!;
  return { loss, usual, known: loss <= UNUSUAL * usual };
}

/** The shares of held-out pictures that lie below the quantiles of a card. */
const QUANTILES = Array.from({ length: 21 }, (_, i) => i / 20);

/**
 * The fit of a model to pictures of its kind that it was not trained on, for its card: `default` fills one of the standard
 * holes in each, and the distribution of their losses is kept.
 * @param pictures Square, at the model's size; the more, the better is the distribution known: at least 20.
 */
export async function measureFit(
  { inpaintAll }: Pick<Inpainter, 'inpaintAll'>,
  pictures: readonly Image[],
  control: Control = {},
): Promise<NonNullable<ModelCard['fit']>> {
  if (pictures.length < LEAST_PICTURES) {
    throw new LatentfillError(
      'data',
      `Expected at least ${LEAST_PICTURES} pictures to measure the fit of a model, got ${pictures.length}.`,
    );
  }
  const masked = pictures.map((image, i) => ({ image, mask: holeInTurn(image.width, i, 'fit') }));
  const losses = (await inpaintAll(masked, {}, control)).map(({ fit }) => fit.loss).sort((a, b) => a - b);
  const quantiles = QUANTILES.map((share) => quantile(losses, share));
  return { pictures: pictures.length, quantiles };
}

/** By linear interpolation between sorted values. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return sorted[below]! + (at - below) * (above - sorted[below]!);
}
