/** @file Screening: many random latents, forward passes only; the best of them begin the search. */

import { random } from '../base/random.ts';
import { latentSpace } from '../gan/card.ts';
import { drawLatents } from '../gan/latents.ts';
import type { Model } from '../gan/model.ts';
import type { TextRows } from '../gan/text/codec.ts';
import { textInput } from '../gan/text/encoder.ts';
import { input } from '../graph/value.ts';
import { compile } from '../runtime/compile.ts';
import type { Wanted } from '../runtime/devices.ts';
import { joined, textRows } from './caption.ts';
import { contextualDistance } from './objective.ts';
import type { Resolved } from './options.ts';
import type { Problem } from './problem.ts';

/** Images per run of G. */
const BATCH = 32;

/**
 * The `restarts` latents of least contextual loss for each problem, best first, [restarts, latent] each. All problems
 * are held against the same `screen` random latents, each of which G draws once for every caption.
 */
export async function screen(
  model: Model,
  problems: readonly Problem[],
  options: Resolved,
  device?: Wanted,
): Promise<Float32Array[]> {
  const { size } = model.card.latent;
  const count = Math.max(options.screen, options.restarts);
  const runs = Math.ceil(count / BATCH);
  const losses = problems.map(() => new Float64Array(runs * BATCH).fill(Number.POSITIVE_INFINITY));
  const latents = drawLatents(latentSpace(model.card), random(options.seed, 'screen'), runs * BATCH);
  const text = model.text ? textInput('text', model.text.form, BATCH) : undefined;
  const images = model.generator(input('latent', [BATCH, size]), text);
  await using program = await compile({ images }, { device });
  for (const { feed, members } of sameCaptions(model, problems)) {
    for (let run = 0; run < runs; run++) {
      const latent = latents.subarray(run * BATCH * size, (run + 1) * BATCH * size);
      const outputs = await program.run({ latent, ...feed });
      for (const p of members) {
        const { target, weights } = problems[p]!;
        for (let i = 0; i < BATCH && run * BATCH + i < count; i++) {
          const generated = outputs.images!.subarray(i * target.length, (i + 1) * target.length);
          losses[p]![run * BATCH + i] = contextualDistance(generated, target, weights, options.norm);
        }
      }
    }
  }
  return losses.map((loss) => {
    const order = Array.from(loss.keys()).sort((a, b) => loss[a]! - loss[b]!);
    const best = order.slice(0, options.restarts).map((i) => latents.subarray(i * size, (i + 1) * size));
    return Float32Array.from(best.flatMap((z) => [...z]));
  });
}

/** The problems, by number, of each caption; `feed` holds it for every row of a run. */
function sameCaptions(model: Model, problems: readonly Problem[]): { feed: { text?: TextRows }; members: number[] }[] {
  const rows = textRows(model, problems);
  if (!rows) return [{ feed: {}, members: [...problems.keys()] }];
  const groups = new Map<string, number[]>();
  for (const [p, row] of rows.entries()) groups.set(`${row}`, [...(groups.get(`${row}`) ?? []), p]);
  return [...groups.values()].map((members) => ({
    feed: { text: joined(new Array<TextRows>(BATCH).fill(rows[members[0]!]!)) },
    members,
  }));
}
