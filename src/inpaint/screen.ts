/**
 * @file Screening: evaluates many random latents by forward passes alone, to find good initial latents for the search.
 */

import { random } from '../base/random.ts';
import { drawRows, type LiveModel } from '../model/generate.ts';
import type { Model } from '../model/model.ts';
import { drawPoints, type Space } from '../model/spaces.ts';
import type { TextRows } from '../model/text/input-rows.ts';
import { concatRows, textRows } from './caption.ts';
import type { Settled } from './effort.ts';
import { contextualDistance } from './objective.ts';
import type { Problem } from './problem.ts';
import { comparedSide } from './pyramid.ts';

/** The result of screening. */
export interface Screened {
  /** For each problem the latents of least contextual loss, best first, [restarts, latent]. */
  readonly latents: readonly Float32Array[];
  /** How many images were drawn. */
  readonly drawn: number;
  /** How many would have been for one problem alone. */
  readonly each: number;
}

/**
 * The `restarts` latents of least contextual loss for each problem. All problems are compared with the same `screen`
 * random latents; G draws each latent once for every distinct caption.
 */
export async function screen(
  live: LiveModel,
  space: Space,
  problems: readonly Problem[],
  options: Settled,
  signal?: AbortSignal,
): Promise<Screened> {
  const size = space.points.latent;
  const side = comparedSide(live.model.card, options);
  const count = Math.max(options.screen, options.restarts);
  const losses = problems.map(() => new Float64Array(count));
  const latents = drawPoints(space, random(options.seed, 'screen'), count);
  const groups = sameCaptions(live.model, problems);
  for (const { row, members } of groups) {
    const text = row && concatRows(new Array<TextRows>(count).fill(row));
    for await (const { start, rows, values } of drawRows(live, latents, text, { signal, space: space.name, side })) {
      for (const p of members) {
        const { target, weights } = problems[p]!;
        for (let i = 0; i < rows; i++) {
          const generated = values.subarray(i * target.length, (i + 1) * target.length);
          const loss = contextualDistance(generated, target, weights, options.norm);
          losses[p]![start + i] = Number.isNaN(loss) ? Number.POSITIVE_INFINITY : loss; // NaN cannot be sorted
        }
      }
    }
  }
  const best = losses.map((loss) => {
    const order = Array.from(loss.keys()).sort((a, b) => (loss[a] === loss[b] ? 0 : loss[a]! - loss[b]!));
    const rows = order.slice(0, options.restarts).map((i) => latents.subarray(i * size, (i + 1) * size));
    return Float32Array.from(rows.flatMap((z) => [...z]));
  });
  return { latents: best, drawn: groups.length * count, each: count };
}

/** For each distinct caption, its row of the text input and the indices of its problems. */
function sameCaptions(
  model: Model,
  problems: readonly Problem[],
): { readonly row: TextRows | undefined; readonly members: readonly number[] }[] {
  const rows = textRows(model, problems);
  if (!rows) return [{ row: undefined, members: [...problems.keys()] }];
  const groups = new Map<string, number[]>();
  for (const [p, row] of rows.entries()) groups.set(`${row}`, [...(groups.get(`${row}`) ?? []), p]);
  return [...groups.values()].map((members) => ({ row: rows[members[0]!]!, members }));
}
