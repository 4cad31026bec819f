/** @file Gathers what an evaluation measured: the kept lines, and what networks see in the kept pictures. Node only. */

import type { Image } from '../../image/image.ts';
import { resizeImage } from '../../image/resize.ts';
import { type LiveModel, logitsOf, toRange } from '../../model/generate.ts';
import { openPrograms } from '../../runtime/programs.ts';
import type { Measure } from '../measures/definitions.ts';
import { discriminativeScores } from '../measures/discriminative.ts';
import { featureDistances } from '../measures/feature-distance.ts';
import { openFeatures } from '../measures/features.ts';
import { type Matrix, matrix, pickRows } from '../measures/inner-products.ts';
import type { Method } from '../methods/method.ts';
import type { Evaluated, Evaluation } from './evaluate.ts';
import { type Judging, keepingOf } from './judging.ts';
import { keptPicture } from './pictures.ts';
import type { Line } from './results.ts';

/** A fill with every measure that is a number of its own; null where it has none. */
export interface Scored {
  readonly line: Line;
  readonly values: Readonly<Record<Exclude<Measure, 'kernel'>, number | null>>;
}

/** The fills of a method with one protocol, in the order of pictures. */
export interface Scores {
  readonly method: Method;
  readonly protocol: string;
  readonly fills: readonly Scored[];
  /** Features of the fills and of their true pictures, [fills, 576] each; undefined where there are no fills. */
  readonly features: { readonly fills: Matrix; readonly truths: Matrix } | undefined;
}

/** Settings of {@link gatherScores}. */
export interface GatherOptions {
  readonly judging?: Judging | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The scores of every method with every protocol, in the order of protocols. */
export async function gatherScores(
  { model, methods, out, device }: Evaluation,
  { cases, results }: Evaluated,
  { judging, signal }: GatherOptions = {},
): Promise<Scores[]> {
  await using network = await openFeatures(cases[0]!.truth.width, device);
  await using programs = openPrograms({ device });
  const live: LiveModel = { model, programs };
  const firsts = [...new Map(cases.map((one) => [one.picture, one])).values()];
  const truths = await network.of(
    firsts.map(({ truth }) => truth),
    signal,
  );
  const rowOf = new Map(firsts.map(({ picture }, i) => [picture, i]));
  const truthLogits = await logits(
    live,
    firsts.map(({ truth }) => truth),
    signal,
  );
  const keeping = judging && (await keepingOf(judging, firsts, signal));
  const all: Scores[] = [];
  for (const protocol of new Set(cases.map((one) => one.protocol))) {
    for (const method of methods) {
      signal?.throwIfAborted();
      const lines = linesOf(method, protocol);
      if (lines.length === 0) {
        all.push({ method, protocol, fills: [], features: undefined });
        continue;
      }
      const images: Image[] = [];
      for (const line of lines) images.push(await keptPicture(out, 'fills', method.name, line));
      const pictures = lines.map(({ picture }) => picture);
      const at = pictures.map((picture) => rowOf.get(picture)!);
      const features = { fills: await network.of(images, signal), truths: pickRows(truths, at) };
      const distances = featureDistances(features.fills, features.truths);
      const judged = discriminativeScores(
        features.fills,
        features.truths,
        lines.map(({ photograph }) => photograph),
      );
      const own = await logits(live, images, signal);
      const kept = await keeping?.(images, pictures);
      const fills = lines.map((line, i): Scored => {
        const { hole, whole, ssim, ssimHole, seam, known, diversity, evaluations, seconds } = line;
        return {
          line,
          values: {
            ...{ hole, whole, ssim, ssimHole, seam, known, diversity, evaluations, seconds },
            features: distances[i]!,
            paired: judged && 100 * judged.paired[i]!,
            unpaired: judged && 100 * judged.unpaired[i]!,
            attributes: kept?.[i] ?? null,
            logit: own && truthLogits && own[i]! - truthLogits[at[i]!]!,
          },
        };
      });
      all.push({ method, protocol, fills, features });
    }
  }
  return all;

  function linesOf(method: Method, protocol: string): Line[] {
    const own = cases.filter(
      (one) => one.protocol === protocol && one.picture < (method.most ?? Number.POSITIVE_INFINITY),
    );
    return own.flatMap(({ picture }) => results.get(method, protocol, picture) ?? []);
  }
}

/** D's logit of each picture, its largest square at the model's size; null without a discriminator. */
async function logits(live: LiveModel, pictures: readonly Image[], signal?: AbortSignal): Promise<Float32Array | null> {
  const { card, discriminator } = live.model;
  if (!discriminator) return null;
  const { size, range } = card.image;
  const { data } = matrix(pictures.map((picture) => toRange(resizeImage(picture, size, size).data, range)));
  return logitsOf(live, data, { signal });
}
