/** @file The interface of datasets, through which training reads all pictures. */

import type { Image } from '../image/image.ts';

/** A part of a dataset: for training, or held out from it. */
export type Split = 'train' | 'heldout';

/** Square RGB pictures, with what is known about each. */
export interface Dataset {
  readonly name: string;
  /** How many images. */
  readonly length: number;
  /** Pixels a side. */
  readonly size: number;
  /** The smallest square that is taken of a picture, as a share of its shorter side. @default 1 */
  readonly share?: number;
  /** Image `index`, [3, size, size] in [0, 1]. */
  image(index: number): Promise<Image>;
  /** English captions of image `index`; [] if it has none. */
  captions(index: number): readonly string[];
  /** Embeddings of the captions of image `index`, one for each, if the source has them. */
  embeddings?(index: number): readonly Float32Array[];
  /** Attributes of image `index`; absent if the source has none. */
  attributes?(index: number): Readonly<Record<string, string>>;
  /** Which photograph image `index` shows, where several images are squares of one; absent: each image is its own. */
  photograph?(index: number): string;
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
