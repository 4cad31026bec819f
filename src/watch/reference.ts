/** @file The images that samples are compared with, held-out and training, as features and as pixels. Node only. */

import { unlessAborted } from '../base/abort.ts';
import { evenIndices } from '../base/indices.ts';
import type { Dataset } from '../data/dataset.ts';
import { openDataset, openHeldOut } from '../data/open-dataset.ts';
import { readPicture } from '../data/read-picture.ts';
import { type FeatureNetwork, openFeatures } from '../eval/measures/features.ts';
import type { Matrix } from '../eval/measures/inner-products.ts';
import { pixelRows } from '../eval/measures/memorisation.ts';
import type { Recipe } from '../gan/recipe.ts';
import type { Image } from '../image/image.ts';
import type { Captioned } from '../model/text/input-rows.ts';
import type { PaintOptions } from './painter.ts';

/** The numbers of images of each kind, at most. */
export interface Counts {
  /** Samples and held-out images between which the distance is taken. */
  readonly samples: number;
  /** Training images among which copies are looked for. */
  readonly gallery: number;
}

/** Images of a split and their rows. */
export interface Gallery {
  readonly dataset: Dataset;
  /** Which images of the dataset. */
  readonly indices: readonly number[];
  readonly features: Matrix;
  readonly pixels: Matrix;
}

/** Both splits and the feature network. Dispose of it to free what ONNX Runtime holds. */
export interface Reference extends AsyncDisposable {
  readonly network: FeatureNetwork;
  /** null: the data has no held-out images, or too few for a distance. */
  readonly heldout: Gallery | null;
  readonly train: Gallery;
  readonly counts: Counts;
}

/** Images whose pixels are held at a time. */
const AT_A_TIME = 64;
/** Held-out images at least; with fewer, a distance has no meaning. */
const FEWEST = 16;

/** Reads images of a recipe's data, evenly spaced in each split; damaged ones are left out. */
export async function openReference(
  recipe: Recipe,
  counts: Counts,
  { device, signal }: PaintOptions = {},
): Promise<Reference> {
  const network = await openFeatures(recipe.size, device);
  try {
    const { dataset: heldout } = await unlessAborted(openHeldOut(recipe.data, { size: recipe.size }), signal);
    const looked = heldout && (await lookAt(heldout, counts.samples, network, signal));
    const opening = openDataset(recipe.data, { size: recipe.size, split: 'train', count: recipe.images });
    const train = await unlessAborted(opening, signal);
    return {
      network,
      heldout: looked && looked.indices.length >= FEWEST ? looked : null,
      train: await lookAt(train, counts.gallery, network, signal),
      counts,
      [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
    };
  } catch (error) {
    await network[Symbol.asyncDispose]();
    throw error;
  }
}

/** The captions of images of a dataset: the first of each, and its embedding where there is one. */
export function captionsOf(dataset: Dataset, indices: readonly number[]): Captioned {
  const embeddings = indices.map((index) => dataset.embeddings?.(index)[0] ?? null);
  return { captions: indices.map((index) => dataset.captions(index)[0] ?? null), embeddings };
}

async function lookAt(
  dataset: Dataset,
  count: number,
  network: FeatureNetwork,
  signal: AbortSignal | undefined,
): Promise<Gallery> {
  const chosen = evenIndices(dataset.length, count);
  const indices: number[] = [];
  const parts: { features: Matrix; pixels: Matrix }[] = [];
  for (let start = 0; start < chosen.length; start += AT_A_TIME) {
    const images: Image[] = [];
    for (const index of chosen.slice(start, start + AT_A_TIME)) {
      signal?.throwIfAborted();
      const { picture } = await readPicture(dataset, index);
      if (!picture) continue;
      images.push(picture);
      indices.push(index);
    }
    if (images.length > 0) parts.push({ features: await network.of(images, signal), pixels: pixelRows(images) });
  }
  const stack = (which: 'features' | 'pixels') => stacked(parts.map((part) => part[which]));
  return { dataset, indices, features: stack('features'), pixels: stack('pixels') };
}

function stacked(parts: readonly Matrix[]): Matrix {
  const columns = parts[0]?.columns ?? 0;
  const rows = parts.reduce((all, part) => all + part.rows, 0);
  const data = new Float32Array(rows * columns);
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { rows, columns, data };
}
