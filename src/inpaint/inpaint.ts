/** @file The main job: fill the hole of an image, or of several at once. */

import { LatentfillError } from '../base/errors.ts';
import { checkImage, type Image, type Mask } from '../image/image.ts';
import { checkMask } from '../image/mask.ts';
import { drawImages, type LiveModel } from '../model/generate.ts';
import type { Model } from '../model/model.ts';
import type { TextRows } from '../model/text/input-rows.ts';
import { concatRows, type Described, textRow, textRows } from './caption.ts';
import { composite } from './composite.ts';
import type { Resolved } from './options.ts';
import type { Problem } from './problem.ts';
import { Candidate, Fill, Filled, type Scene, type Stop } from './results.ts';
import { type SearchState, search, stepsOf, type Tried } from './search.ts';
import { viewBox, viewOf } from './view.ts';

/** What to fill: an image of three channels, and a mask of the same size with both missing and known pixels. */
export interface MaskedImage extends Described {
  readonly image: Image;
  readonly mask: Mask;
}

/** The state of a search of one hole, after a step. */
export interface SearchStep extends Omit<SearchState, 'candidates'> {
  /** The candidates so far, best first. */
  readonly candidates: readonly Candidate[];
}

/** Progress and cancellation of a fill. */
export interface Control extends Stop {
  /**
   * Called after each step. Steps and images drawn are totals over all holes; each hole has its candidates so far, best
   * first.
   */
  readonly onStep?: ((step: SearchState) => void) | undefined;
}

/** Runs a task with a signal that is aborted by `stop`, or when the inpainter is disposed of. */
export type Until = <T>(stop: AbortSignal | undefined, task: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** Rows of one search at most; further holes are searched afterwards. */
const MAX_ROWS = 64;

/** Searches the latents of one hole. Leaving the loop frees everything but the compiled programs. */
export async function* searchHole(
  live: LiveModel,
  masked: MaskedImage,
  options: Resolved,
  until: Until,
  { signal }: Stop,
): AsyncGenerator<SearchStep> {
  const { problem, scene } = stage(live, masked, options, until);
  for await (const { candidates, ...state } of search(live, [problem], options, signal)) {
    yield { ...state, candidates: candidates[0]!.map((tried) => new Candidate(tried, scene)) };
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
  const stages = allOf(masked).map((masked) => stage(live, masked, options, until)); // checks all before any search
  const atOnce = Math.max(1, Math.floor(MAX_ROWS / options.restarts));
  const all = stepsOf(options) * Math.ceil(masked.length / atOnce);
  const found: (readonly Tried[])[] = masked.map(() => []);
  const filled: Filled[] = [];
  let [before, drawn] = [0, 0];
  for (let start = 0; start < masked.length; start += atOnce) {
    const part = stages.slice(start, start + atOnce);
    const problems = part.map(({ problem }) => problem);
    let evaluations = 0;
    for await (const state of search(live, problems, options, signal)) {
      evaluations = state.evaluations;
      for (const [p, candidates] of state.candidates.entries()) found[start + p] = candidates;
      onStep?.({ step: [before + state.step[0], all], evaluations: drawn + evaluations, candidates: [...found] });
    }
    before += stepsOf(options);
    drawn += evaluations;
    const tried = found.slice(start, start + atOnce).map(finite);
    const generated = (await drawAll(live, problems, tried, { signal })).values();
    for (const [p, candidates] of tried.entries()) {
      filled.push(new Filled(candidates.map((one) => new Fill(one, generated.next().value!, part[p]!.scene))));
    }
  }
  return filled;
}

/** @throws LatentfillError for anything but a list. */
export function allOf(masked: readonly MaskedImage[]): readonly MaskedImage[] {
  if (Array.isArray(masked)) return masked;
  throw new LatentfillError(
    'options',
    'Expected a list of images with masks, got something else: put a single one in a list.',
  );
}

/** A masked image as a problem of the search. @throws LatentfillError for one that cannot be filled. */
export function problemOf(model: Model, masked: MaskedImage, options: Resolved): Problem {
  if (typeof masked !== 'object' || masked === null) {
    throw new LatentfillError('options', `Expected an image with its mask, { image, mask }, got ${masked}: give both.`);
  }
  checkImage(masked.image);
  checkMask(masked.mask, masked.image);
  if (masked.image.channels !== 3) {
    throw new LatentfillError(
      'image',
      `Expected an image of 3 channels, got ${masked.image.channels}: convert it to RGB.`,
    );
  }
  const text = textRow(model, masked);
  return { ...viewOf(model, masked.image, masked.mask, options).problem, text };
}

/** A masked image's problem, and the functions that draw and blend its candidates. */
function stage(
  live: LiveModel,
  masked: MaskedImage,
  options: Resolved,
  until: Until,
): { readonly problem: Problem; readonly scene: Scene } {
  const problem = problemOf(live.model, masked, options);
  const scene: Scene = {
    draw: (latent, stop) =>
      until(stop.signal, async (signal) => {
        const [drawn] = await drawImages(live, latent, problem.text, { signal });
        return drawn!;
      }),
    blend: (generated, stop) => blendHole(live.model, masked, generated, options, stop),
  };
  return { problem, scene };
}

/** An image with its hole filled by a generated image of its view. */
export function blendHole(
  model: Model,
  { image, mask }: Pick<MaskedImage, 'image' | 'mask'>,
  generated: Image,
  options: Pick<Resolved, 'context' | 'blend'>,
  { signal }: Stop = {},
): Promise<Image> {
  return composite(image, mask, generated, viewBox(model, mask, options), { blend: options.blend, signal });
}

/** G at every candidate of every problem, in order. */
function drawAll(
  live: LiveModel,
  problems: readonly Problem[],
  tried: readonly (readonly Tried[])[],
  stop: Stop,
): Promise<Image[]> {
  const latents = concatRows(tried.flat().map(({ latent }) => latent)) as Float32Array;
  const captions = textRows(live.model, problems)?.flatMap((row, p) => tried[p]!.map((): TextRows => row));
  return drawImages(live, latents, captions && concatRows(captions), stop);
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
