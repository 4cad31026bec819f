/** @file What a judge makes of an evaluation's fills. */

import type { Image } from '../../image/image.ts';
import { attributesKept, type Judge, type Shown } from '../measures/judge.ts';
import type { Case } from './cases.ts';

/** A judge, and what the data name of each picture. */
export interface Judging {
  readonly judge: Judge;
  attributes(picture: number): Shown;
}

/** Of each fill, the attributes that it keeps, in % of those that can be asked; null where there are none. */
export type Keeping = (fills: readonly Image[], pictures: readonly number[]) => Promise<(number | null)[]>;

/** Has the judge look at the true pictures, once, so that it can be asked about their fills. */
export async function keepingOf(
  { judge, attributes }: Judging,
  truths: readonly Pick<Case, 'picture' | 'truth'>[],
  signal?: AbortSignal,
): Promise<Keeping> {
  const seen = await judge.classify(
    truths.map(({ truth }) => truth),
    signal,
  );
  const shown = new Map(truths.map(({ picture }, i) => [picture, seen[i]!]));
  return async (fills, pictures) => {
    const filled = await judge.classify(fills, signal);
    return pictures.map((picture, i) => {
      const share = attributesKept(attributes(picture), shown.get(picture)!, filled[i]!);
      return share === null ? null : 100 * share;
    });
  };
}
