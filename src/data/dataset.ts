/** @file The one seam between pictures and training: a dataset. */

import type { Image } from '../image/image.ts';

/** Which part of a dataset: what networks are trained on, or what they never see. */
export type Split = 'train' | 'heldout';

/** Square RGB pictures, with what is known about each. */
export interface Dataset {
  readonly name: string;
  /** How many images. */
  readonly length: number;
  /** Pixels a side. */
  readonly size: number;
  /** Image `index`, [3, size, size] in [0, 1]. */
  image(index: number): Promise<Image>;
  /** English captions of image `index`; none where none are known. */
  captions(index: number): readonly string[];
  /** Embeddings of the captions of image `index`, one for each, where the source brings them. */
  embeddings?(index: number): readonly Float32Array[];
  /** What is in image `index`, by attribute; absent where the source knows nothing of the kind. */
  attributes?(index: number): Readonly<Record<string, string>>;
  /** For a model's card. */
  readonly licence: { readonly licence: string; readonly attribution: string };
}

/** Settings of every source. */
export interface DatasetOptions {
  /** Pixels a side. */
  readonly size: number;
  readonly split: Split;
  /** Only the first so many images. */
  readonly count?: number | undefined;
}
