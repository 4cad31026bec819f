/** @file Fills of cases by one search, with what the search says of itself. Node only. */

import type { Image } from '../../image/image.ts';
import { captionedAs, concatRows } from '../../inpaint/caption.ts';
import { blendHole } from '../../inpaint/inpaint.ts';
import type { Inpainter } from '../../inpaint/inpainter.ts';
import { type Resolved, resolveOptions } from '../../inpaint/options.ts';
import type { Options } from '../../inpaint/options-type.ts';
import type { DrawnView, Filled } from '../../inpaint/results.ts';
import { psnr, recordedPsnr } from '../measures/psnr.ts';
import { type Case, in8Bits } from './cases.ts';
import { type Moment, type Share, watchSearch } from './moments.ts';
import { type Reconstruction, reconstructed } from './reconstruction.ts';

/** What a method made of a case. */
export interface Fill {
  /** With 8-bit values. */
  readonly image: Image;
  /** Null where another program filled. */
  readonly seconds: number | null;
  readonly searched?: Searched;
}

/** What a search made of a case, besides the picture. */
export interface Searched {
  readonly reconstruction: Reconstruction;
  /** The picture with each candidate as a plain paste, best first. */
  readonly candidates: readonly Image[];
  readonly contextual: number;
  /** Images that G drew, as if the case had been filled alone. */
  readonly evaluations: number;
  /** Images drawn by G, seconds, contextual loss and hole PSNR at some steps. */
  readonly curve?: [number, number, number, number][];
}

/** A case and its share of the search. */
export type CaseShare = Share & { readonly one: Case };

type Blend = Resolved['blend'];

/** Fills cases by one search; for each way to blend, a fill of each case. */
export async function searchCases(
  inpainter: Inpainter,
  cases: readonly CaseShare[],
  { options, blends }: { readonly options: Options; readonly blends: readonly Blend[] },
  signal?: AbortSignal,
): Promise<Fill[][]> {
  const resolved = resolveOptions(options);
  const masked = cases.map(({ one: { truth, mask, caption } }) => ({ image: truth, mask, caption }));
  const watch = watchSearch(cases);
  const began = performance.now();
  const found = await inpainter.inpaintAll(masked, options, { signal, onStep: watch.see });
  const seconds = (performance.now() - began) / 1000 / cases.length;

  const blended = async (i: number, views: readonly DrawnView[], blend: Blend) =>
    in8Bits(await blendHole(inpainter.model, masked[i]!, views, { context: resolved.context, blend }, { signal }));

  const fills = blends.map((): Fill[] => []);
  for (const [i, { candidates }] of found.entries()) {
    const searched = await searchedOf(i, candidates);
    const moments = await drawnMoments(i);
    for (const [b, blend] of blends.entries()) {
      const start = performance.now();
      const image = await blended(i, candidates[0]!.views, blend);
      const took = seconds + (performance.now() - start) / 1000;
      const curve = await curveOf(i, moments, blend);
      fills[b]!.push({ image, seconds: took, searched: { ...searched, ...(curve.length > 0 && { curve }) } });
    }
  }
  return fills;

  async function searchedOf(i: number, candidates: Filled['candidates']): Promise<Searched> {
    const { truth, mask } = cases[i]!.one;
    const pasted: Image[] = [];
    for (const { views } of candidates) pasted.push(await blended(i, views, 'paste'));
    const best = candidates[0]!;
    return {
      reconstruction: reconstructed(truth, mask, best.views),
      candidates: pasted,
      contextual: best.losses.contextual,
      evaluations: watch.evaluations(i),
    };
  }

  /** The moments of a case with what G draws at them. */
  async function drawnMoments(i: number): Promise<(Moment & { readonly views: readonly DrawnView[] })[]> {
    const all = [];
    for (const moment of watch.moments(i)) {
      const { views } = moment.best;
      const captioned = captionedAs(inpainter.model, cases[i]!.one, views.length);
      const latents = concatRows(views.map(({ latent }) => latent)) as Float32Array;
      const drawn = await inpainter.generate(latents, { captioned, signal });
      all.push({ ...moment, views: views.map((view, v) => ({ ...view, generated: drawn[v]! })) });
    }
    return all;
  }

  async function curveOf(i: number, moments: Awaited<ReturnType<typeof drawnMoments>>, blend: Blend) {
    const { truth, mask } = cases[i]!.one;
    const curve: NonNullable<Searched['curve']> = [];
    for (const { evaluations, seconds, best, views } of moments) {
      const { hole } = psnr(await blended(i, views, blend), truth, mask);
      curve.push([evaluations, seconds, best.losses.contextual, recordedPsnr(hole)]);
    }
    return curve;
  }
}
