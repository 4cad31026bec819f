/** @file The main job: fill the hole of an image, or of several at once. */

import { LatentfillError } from '../base/errors.ts';
import type { FacePoints } from '../image/face-square.ts';
import type { Image, Mask } from '../image/image.ts';
import { drawImages, type LiveModel } from '../model/generate.ts';
import type { Model } from '../model/model.ts';
import type { TextRows } from '../model/text/input-rows.ts';
import { concatRows, type Described, textRows } from './caption.ts';
import { composite } from './composite.ts';
import { settle } from './effort.ts';
import type { Piece } from './far-pieces.ts';
import { coarseLoss, fitOf } from './fit.ts';
import type { Resolved } from './options.ts';
import type { Problem } from './problem.ts';
import { Candidate, type DrawnView, Fill, Filled, type Scene, type Stop } from './results.ts';
import { type Progress, type SearchState, search, type Tried } from './search.ts';
import { planStages, stepsOf } from './stages.ts';
import { combined, piecesIn, type Staged, stage, type TriedFill } from './staging.ts';

/** What to fill: an image of three channels, and a mask of the same size with both missing and known pixels. */
export interface MaskedImage extends Described {
  readonly image: Image;
  readonly mask: Mask;
  /**
   * A face that is partly missing, for a model whose card says how its faces are laid out: the pieces of the hole that lie
   * mostly in its square are filled by a view that is turned with it.
   */
  readonly face?: FacePoints | undefined;
}

/** The state of a search of one hole, after a step. */
export interface SearchStep extends Omit<FillStep, 'candidates' | 'progress'> {
  readonly progress: Progress;
  /** The candidates so far, best first. */
  readonly candidates: readonly Candidate[];
}

/** The state of a fill, after a step. */
export interface FillStep extends Omit<SearchState, 'candidates' | 'progress' | 'screened'> {
  /** For each hole whose search has begun. */
  readonly progress: readonly (Progress | undefined)[];
  /** For each hole, its candidates so far, best first. */
  readonly candidates: readonly (readonly TriedFill[])[];
}

/** Progress and cancellation of a fill. */
export interface Control extends Stop {
  /**
   * Called after each step. Steps and images drawn are totals over all holes; each hole has its candidates so far, best
   * first.
   */
  readonly onStep?: ((step: FillStep) => void) | undefined;
}

/** Runs a task with a signal that is aborted by `stop`, or when the inpainter is disposed of. */
export type Until = <T>(stop: AbortSignal | undefined, task: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** Rows of one search at most; further holes are searched afterwards. */
export const MAX_ROWS = 64;

/** Searches the latents of one hole. Leaving the loop frees everything but the compiled programs. */
export async function* searchHole(
  live: LiveModel,
  masked: MaskedImage,
  options: Resolved,
  until: Until,
  { signal }: Stop,
): AsyncGenerator<SearchStep> {
  const staged = stage(live.model, masked, options);
  const scene = sceneOf(live, masked, staged, options, until);
  const problems = staged.views.map(({ problem }) => problem);
  const settled = settle(live.model, options);
  for await (const { candidates, progress, screened, ...state } of search(live, problems, settled, signal)) {
    yield {
      ...state,
      progress: progressOf(progress, screened)!,
      candidates: combined(staged, candidates).map((tried) => new Candidate(tried, scene)),
    };
  }
}

/** Fills the holes of many images; each result is what it would be for that image alone. */
export async function fillHoles(
  live: LiveModel,
  masked: readonly MaskedImage[],
  options: Resolved,
  until: Until,
  { signal, onStep }: Control,
): Promise<Filled[]> {
  const stages = allOf(masked).map((one) => stage(live.model, one, options)); // checks all before any search
  const starts = startsOf(stages.map(({ views }) => views.length));
  const problems = stages.flatMap(({ views }) => views.map(({ problem }) => problem));
  const found: (readonly Tried[])[] = problems.map(() => []);
  const drawn: Drawn[][] = [];
  const own = <T>(of: readonly T[], i: number) => of.slice(starts[i], starts[i]! + stages[i]!.views.length);
  const settled = settle(live.model, options);
  const progress: (Progress | undefined)[] = problems.map(() => undefined);
  const atOnce = Math.max(1, Math.floor(MAX_ROWS / settled.restarts));
  const each = stepsOf(planStages(live.model, settled));
  const all = each * Math.ceil(problems.length / atOnce);
  let [before, evaluated, screened] = [0, 0, 0];
  /** As if the hole were alone: screened once for each search that its views take. */
  const progressAt = (i: number) => {
    const views = own(progress, i);
    return progressOf(views, screened * Math.ceil(views.length / atOnce));
  };
  for (let start = 0; start < problems.length; start += atOnce) {
    const part = problems.slice(start, start + atOnce);
    let evaluations = 0;
    for await (const state of search(live, part, settled, signal)) {
      evaluations = state.evaluations;
      screened = state.screened;
      for (const [p, candidates] of state.candidates.entries()) {
        found[start + p] = candidates;
        progress[start + p] = state.progress[p];
      }
      onStep?.({
        step: [before + state.step[0], all],
        evaluations: evaluated + evaluations,
        candidates: stages.map((staged, i) => combined(staged, own(found, i))),
        progress: stages.map((_, i) => progressAt(i)),
      });
    }
    before += each;
    evaluated += evaluations;
    drawn.push(...(await drawAll(live, part, found.slice(start, start + atOnce).map(finite), { signal })));
  }
  return stages.map((staged, i) => {
    const scene = sceneOf(live, masked[i]!, staged, options, until);
    const fills = combined(staged, own(drawn, i));
    return new Filled(
      fills.map((fill) => new Fill(fill, scene)),
      {
        pieces: staged.pieces.map(({ box }) => box),
        fit: fitOf(live.model, lossesOf(live.model, staged, fills[0]!)),
        progress: progressAt(i)!,
      },
    );
  });
}

/** The progress of a hole from that of its views, for whose searches so many images were screened. */
function progressOf(views: readonly (Progress | undefined)[], screened: number): Progress | undefined {
  const begun = views.filter((view) => view !== undefined);
  if (begun.length === 0) return undefined;
  return {
    evaluations: begun.reduce((sum, { evaluations }) => sum + evaluations, screened),
    converged: begun.length === views.length && begun.every(({ converged }) => converged),
    fell: Math.max(...begun.map(({ fell }) => fell)),
  };
}

/** A latent of a view with what G draws at it. */
interface Drawn extends Tried {
  readonly generated: Image;
}

/** Where each begins, when so many of each are put one after another. */
function startsOf(counts: readonly number[]): number[] {
  let total = 0;
  return counts.map((count) => {
    total += count;
    return total - count;
  });
}

/** @throws LatentfillError for anything but a list. */
export function allOf(masked: readonly MaskedImage[]): readonly MaskedImage[] {
  if (Array.isArray(masked)) return masked;
  throw new LatentfillError(
    'options',
    'Expected a list of images with masks, got something else: put a single one in a list.',
  );
}

/** {@link coarseLoss} of each view of a fill. */
function lossesOf(model: Model, { views }: Staged, fill: Pick<Fill, 'views'>): number[] {
  return fill.views.map(({ box, generated }) => {
    const { problem } = views.find((view) => view.box === box)!;
    return coarseLoss(model.card, generated, problem);
  });
}

/** Draws and blends the candidates of an image. */
function sceneOf(live: LiveModel, masked: MaskedImage, staged: Staged, options: Resolved, until: Until): Scene {
  const { text } = staged.views[0]!.problem;
  return {
    draw: ({ latent, space }, stop) =>
      until(stop.signal, async (signal) => {
        const [drawn] = await drawImages(live, latent, text, { signal, space });
        return drawn!;
      }),
    blend: (views, { signal }) => blendPieces(masked.image, staged.pieces, views, { blend: options.blend, signal }),
  };
}

/** An image with its hole filled by what was drawn of its views, wherever they were searched. */
export function blendHole(
  model: Model,
  masked: Pick<MaskedImage, 'image' | 'mask' | 'face'>,
  views: readonly DrawnView[],
  options: Pick<Resolved, 'context' | 'blend'>,
  { signal }: Stop = {},
): Promise<Image> {
  return blendPieces(masked.image, piecesIn(model, masked, options), views, { blend: options.blend, signal });
}

function blendPieces(
  image: Image,
  pieces: readonly Piece[],
  views: readonly DrawnView[],
  how: Pick<Resolved, 'blend'> & Stop,
): Promise<Image> {
  const fillings = views.flatMap(({ box, generated, pieces: own }) =>
    own.map((i) => ({ piece: pieces[i]!, view: box, generated })),
  );
  return composite(image, fillings, how);
}

/** The candidates of every problem with G at each of them. */
async function drawAll(
  live: LiveModel,
  problems: readonly Problem[],
  tried: readonly (readonly Tried[])[],
  stop: Stop,
): Promise<Drawn[][]> {
  const all = tried.flat();
  const latents = concatRows(all.map(({ latent }) => latent)) as Float32Array;
  const { space } = all[0]!; // the search carries all candidates to its last one
  const captions = textRows(live.model, problems)?.flatMap((row, p) => tried[p]!.map((): TextRows => row));
  const images = (await drawImages(live, latents, captions && concatRows(captions), { ...stop, space })).values();
  return tried.map((candidates) => candidates.map((one) => ({ ...one, generated: images.next().value! })));
}

/** The candidates of finite loss: if the loss is not finite, the image is not reliable either. */
function finite(candidates: readonly Tried[]): Tried[] {
  const good = candidates.filter(({ losses }) => Number.isFinite(losses.total));
  if (good.length > 0) return good;
  throw new LatentfillError(
    'model',
    'Expected a finite loss at some latent, got none: check the model on another image, or lower the learning rate.',
  );
}
