/** @file The main job: fill the hole of an image, or of several at once. */

import { LatentfillError } from '../base/errors.ts';
import { generate } from '../gan/generate.ts';
import type { Model } from '../gan/model.ts';
import type { TextRows } from '../gan/text/codec.ts';
import { checkImage, type Image, type Mask } from '../image/image.ts';
import { checkMask } from '../image/mask.ts';
import type { Wanted } from '../runtime/devices.ts';
import { type Described, joined, textRow, textRows } from './caption.ts';
import { composite } from './composite.ts';
import { type Options, resolveOptions } from './options.ts';
import { type Candidate, type SearchStep, search } from './search.ts';
import { viewOf } from './view.ts';

/** What to fill: an image of three channels, and a mask of its size with something missing and something known. */
export interface Hole extends Described {
  readonly image: Image;
  readonly mask: Mask;
}

/** One way to fill a hole. */
export interface Fill extends Candidate {
  /** The image with this candidate in its hole, blended when first asked for. */
  readonly image: Image;
  /** G(z), the model's own picture of the view, [3, size, size]. */
  readonly generated: Image;
}

/** A filled image: the best candidate's, and all of them, best first. */
export interface Filled {
  readonly image: Image;
  readonly candidates: readonly Fill[];
}

/** How a fill is run. */
export interface Control {
  /** Where to run; `auto`: the fastest that works here. @default 'cpu' under Node, 'wasm' in browsers */
  readonly device?: Wanted | undefined;
  readonly signal?: AbortSignal;
  readonly onStep?: (step: SearchStep) => void;
}

/** Rows of the largest batch: more holes are searched in turn. */
const MAX_ROWS = 64;

/**
 * Fills the hole of one image.
 * @throws LatentfillError for options, image or mask that cannot be used.
 */
export async function inpaint(model: Model, hole: Hole, options: Options = {}, control: Control = {}): Promise<Filled> {
  const [filled] = await inpaintAll(model, [hole], options, control);
  return filled!;
}

/** Fills the holes of many images; each result is what {@link inpaint} gives for that image alone. */
export async function inpaintAll(
  model: Model,
  holes: readonly Hole[],
  options: Options = {},
  { device, signal, onStep }: Control = {},
): Promise<Filled[]> {
  const resolved = resolveOptions(options);
  for (const { image, mask } of holes) {
    checkImage(image);
    checkMask(mask, image);
    if (image.channels !== 3)
      throw new LatentfillError(`Expected an image of 3 channels, got ${image.channels}: convert it to RGB.`);
  }
  const atOnce = Math.max(1, Math.floor(MAX_ROWS / resolved.restarts));
  const filled: Filled[] = [];
  for (let start = 0; start < holes.length; start += atOnce) {
    const part = holes.slice(start, start + atOnce);
    const views = part.map(({ image, mask }) => viewOf(model, image, mask, resolved));
    const problems = part.map((hole, p) => ({ ...views[p]!.problem, text: textRow(model, hole) }));
    let last: SearchStep | undefined;
    for await (const step of search(model, problems, resolved, device)) {
      signal?.throwIfAborted();
      last = step;
      onStep?.(step);
    }
    const candidates = last!.candidates;
    const size = model.card.latent.size;
    const latents = new Float32Array(candidates.length * resolved.restarts * size);
    for (const [row, { latent }] of candidates.flat().entries()) latents.set(latent, row * size);
    const captions = textRows(model, problems)?.flatMap((row) => new Array<TextRows>(resolved.restarts).fill(row));
    const text = captions && { form: model.text!.form, rows: joined(captions) };
    const { range } = model.card.image;
    const generated = await generate(model.generator, latents, size, { range, text, device });
    for (const [p, { image, mask }] of part.entries()) {
      const fills = candidates[p]!.map((candidate, i): Fill => {
        const own = generated[p * resolved.restarts + i]!;
        // Blending a large hole takes longer than a small search: only for candidates that are looked at.
        let blended: Image | undefined;
        return {
          ...candidate,
          generated: own,
          get image() {
            blended ??= composite(image, mask, own, views[p]!.box, resolved.blend);
            return blended;
          },
        };
      });
      filled.push({ image: fills[0]!.image, candidates: fills });
    }
  }
  return filled;
}
