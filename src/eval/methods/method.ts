/** @file What `eval` compares: ways to fill holes, each with a name. */

import type { Image, Mask } from '../../image/image.ts';
import type { Options } from '../../inpaint/options-type.ts';

/** Fills a hole without a model; sees the known pixels alone. */
export type Filler = (picture: Image, hole: Mask) => Image;

/** How a method fills holes. */
export type Way =
  | { readonly kind: 'filler'; open(): Promise<Filler> }
  | { readonly kind: 'search'; readonly options: Options }
  | { readonly kind: 'finished'; readonly folder: string };

/** A way to fill holes, with its name. */
export interface Method {
  readonly name: string;
  /** In a sentence, for reports. */
  readonly about: string;
  /** What decides its results: two methods of one definition give the same. */
  readonly definition: string;
  /** It fills the first so many pictures alone, since it takes long. */
  readonly most?: number | undefined;
  readonly way: Way;
}
