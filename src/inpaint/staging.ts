/** @file What one masked image asks of the search, and how what was found for its views makes its candidates. */

import { LatentfillError } from '../base/errors.ts';
import { checkImage, type Mask } from '../image/image.ts';
import { checkMask } from '../image/mask.ts';
import type { TurnedBox } from '../image/turned.ts';
import type { Model } from '../model/model.ts';
import { type Described, textRow } from './caption.ts';
import { faceHole, squareOfFace } from './face-hole.ts';
import { farPieces, type Piece } from './far-pieces.ts';
import type { MaskedImage } from './inpaint.ts';
import type { Resolved } from './options.ts';
import type { Problem } from './problem.ts';
import type { Tried } from './search.ts';
import { problemIn, sightsOf, squareAround } from './view.ts';

/** A masked image as the search sees it. */
export interface Staged {
  readonly pieces: readonly Piece[];
  readonly views: readonly View[];
  /** For each piece, the indices of the views that may show it: the one that is fitted best fills it. */
  readonly choices: readonly (readonly number[])[];
}

/** A view, as a problem of the search. */
export interface View {
  /** Its square in the image; it may lie beyond it, and be turned as a face is. */
  readonly box: TurnedBox;
  readonly problem: Problem;
}

/** A view of a candidate: where it is, and the latent that was found for it. */
export interface TriedView extends Tried {
  /**
   * The square of the image that the model sees; beyond the image nothing is known. With an `angle`, it is this one turned
   * about its own middle.
   */
  readonly box: TurnedBox;
  /** The pieces of the hole that it fills, by their number. */
  readonly pieces: readonly number[];
  /** The contextual loss of the view that was tried instead, where the card does not say how the model sees. */
  readonly rejected?: { readonly box: TurnedBox; readonly contextual: number } | undefined;
}

/** A candidate as data: a latent for each view. */
export interface TriedFill {
  /** The means over the views. */
  readonly losses: Tried['losses'];
  readonly views: readonly TriedView[];
}

/** A masked image as problems of the search. @throws LatentfillError for one that cannot be filled. */
export function stage(model: Model, masked: MaskedImage, options: Resolved): Staged {
  checkMasked(masked);
  const text = textRow(model, masked as Described);
  const { image, mask } = masked;
  const { size } = model.card.image;
  const sights = sightsOf(model, options);
  const pieces = piecesIn(model, masked, options);
  const views: View[] = [];
  const indexOf = (box: TurnedBox): number => {
    const known = views.findIndex((view) => isSame(view.box, box));
    if (known >= 0) return known;
    return views.push({ box, problem: { ...problemIn(model, image, mask, box, options), text } }) - 1;
  };
  const choices = pieces.map(({ box, view }) => {
    const squares = view ? [view] : sights.map((sight) => squareAround(box, mask, sight, size));
    return [...new Set(squares.map(indexOf))];
  });
  return { pieces, views, choices };
}

/** The pieces of a hole that are filled by views of their own. */
export function piecesIn(
  model: Model,
  { mask, face }: Pick<MaskedImage, 'mask' | 'face'>,
  options: Pick<Resolved, 'context'>,
): Piece[] {
  const closest = sightsOf(model, options).at(-1)!;
  const upright = (hole: Mask) => farPieces(hole, closest, model.card.image.size);
  if (face === undefined) return upright(mask);
  const { own, rest } = faceHole(mask, squareOfFace(model, face));
  return rest ? [own, ...upright(rest)] : [own];
}

function checkMasked(masked: MaskedImage): void {
  if (typeof masked !== 'object' || masked === null) {
    throw new LatentfillError('options', `Expected an image with its mask, { image, mask }, got ${masked}: give both.`);
  }
  checkImage(masked.image);
  checkMask(masked.mask, masked.image);
  if (masked.image.channels === 3) return;
  throw new LatentfillError(
    'image',
    `Expected an image of 3 channels, got ${masked.image.channels}: convert it to RGB.`,
  );
}

/**
 * The candidates of an image from those of its views, each best first: the i-th has the i-th of every view. A piece is
 * filled by that one of its views whose best candidate has the least contextual loss.
 */
export function combined<T extends Tried>(
  { views, choices }: Staged,
  found: readonly (readonly T[])[],
): (TriedFill & { readonly views: readonly (TriedView & T)[] })[] {
  const lossOf = (view: number) => found[view]?.[0]?.losses.contextual ?? Number.POSITIVE_INFINITY;
  const chosen = choices.map((among) => among.toSorted((a, b) => lossOf(a) - lossOf(b)));
  const used = [...new Set(chosen.map(([best]) => best!))];
  const shared = used.map((view) => {
    const pieces = [...chosen.keys()].filter((piece) => chosen[piece]![0] === view);
    const second = chosen[pieces[0]!]![1];
    const rejected = second === undefined ? undefined : { box: views[second]!.box, contextual: lossOf(second) };
    return { view, more: { box: views[view]!.box, pieces, ...(rejected && { rejected }) } };
  });
  const count = Math.min(...used.map((view) => found[view]?.length ?? 0));
  return Array.from({ length: count }, (_, i) => {
    const own = shared.map(({ view, more }) => ({ ...found[view]![i]!, ...more }));
    return { losses: meanLosses(own), views: own };
  });
}

function meanLosses(tried: readonly Tried[]): Tried['losses'] {
  if (tried.length === 1) return tried[0]!.losses;
  const mean = (of: (losses: Tried['losses']) => number) =>
    tried.reduce((sum, { losses }) => sum + of(losses), 0) / tried.length;
  return {
    total: mean(({ total }) => total),
    contextual: mean(({ contextual }) => contextual),
    perceptual: tried[0]!.losses.perceptual === null ? null : mean(({ perceptual }) => perceptual!),
  };
}

function isSame(a: TurnedBox, b: TurnedBox): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height && a.angle === b.angle;
}
