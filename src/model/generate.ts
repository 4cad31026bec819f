/** @file Pictures and logits from finished networks. */

import { checkControl } from '../base/check-options.ts';
import { LatentfillError } from '../base/errors.ts';
import { earlyMeans } from '../graph/cell-means.ts';
import { input } from '../graph/value.ts';
import { type Image, image } from '../image/image.ts';
import type { Wanted } from '../runtime/devices.ts';
import { openPrograms, type Programs } from '../runtime/programs.ts';
import { type RowGraph, type RowOptions, rowsOf, runRows } from '../runtime/rows.ts';
import type { Model } from './model.ts';
import { type Space, type SpaceName, spaceOf } from './spaces.ts';
import { textInput } from './text/input-form.ts';
import type { Captioned, TextRows } from './text/input-rows.ts';

/** A model and its compiled programs. */
export interface LiveModel {
  readonly model: Model;
  readonly programs: Programs;
}

/** Settings of {@link generate}. */
export interface GenerateOptions {
  /** A caption (or embedding) for each latent, for a model that uses them. @default no captions */
  readonly captioned?: Captioned | undefined;
  /** The space of which the latents are points. @default the generator's latent */
  readonly space?: SpaceName | undefined;
  /** Where to run; `auto`: the fastest that works here. @default 'cpu' under Node, 'wasm' in browsers */
  readonly device?: Wanted | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** G at each latent of `latents` [rows, latent], as images in [0, 1]. To draw again and again, open an inpainter. */
export async function generate(model: Model, latents: Float32Array, options: GenerateOptions = {}): Promise<Image[]> {
  checkControl(options, ['captioned', 'space', 'device', 'signal']);
  await using programs = openPrograms({ device: options.device });
  return await drawImages(
    { model, programs },
    latents,
    captionRows(model, rowCount(model, latents, options.space), options.captioned),
    options,
  );
}

/** {@link generate} with open programs. `text` holds a row for each latent; left out for a model without captions. */
export async function drawImages(
  live: LiveModel,
  latents: Float32Array,
  text: TextRows | undefined,
  { signal, space }: Pick<DrawOptions, 'signal' | 'space'> = {},
): Promise<Image[]> {
  const { size, channels, range } = live.model.card.image;
  const images: Image[] = [];
  for await (const { values, rows } of drawRows(live, latents, text, { signal, space })) {
    const area = values.length / rows;
    for (let i = 0; i < rows; i++) {
      images.push(image(size, size, channels, shown(values.subarray(i * area, (i + 1) * area), range)));
    }
  }
  return images;
}

/** Some of the images that a generator drew: `rows` of them from row `start` on. */
export interface Drawn {
  readonly start: number;
  readonly rows: number;
  /** [rows, 3, side, side] in the card's range. */
  readonly values: Float32Array;
}

/** How {@link drawRows} draws. */
export interface DrawOptions extends RowOptions {
  /** The space of which the latents are points. @default the generator's latent */
  readonly space?: SpaceName | undefined;
  /** The side of the images, which divides the model's: they are shrunk to it. @default the model's */
  readonly side?: number;
}

/** G at each latent of `latents` [rows, latent], some rows at a time. */
export async function* drawRows(
  { model, programs }: LiveModel,
  latents: Float32Array,
  text: TextRows | undefined,
  { space = 'latent', side = model.card.image.size, ...options }: DrawOptions = {},
): AsyncGenerator<Drawn> {
  const count = rowCount(model, latents, space);
  if (count === 0) return;
  const size = pointsOf(model, space).points.latent;
  const words = text && text.length / count;
  const feeds = (start: number, rows: number) => ({
    latent: rowsOf(latents, size, start, rows),
    ...(text && { text: rowsOf(text, words!, start, rows) }),
  });
  for await (const { start, rows, outputs } of runRows(programs, drawing(model, space, side), count, feeds, options)) {
    yield { start, rows, values: outputs.images! };
  }
}

/** D's mean logit over images [rows, 3, size, size] in the card's range, without captions. */
export async function meanLogit(
  live: LiveModel,
  images: Float32Array,
  options: Pick<RowOptions, 'signal'> = {},
): Promise<number> {
  const logits = await logitsOf(live, images, options);
  return logits.reduce((sum, logit) => sum + logit, 0) / logits.length;
}

/** D's logit of each of images [rows, 3, size, size] in the card's range, without captions. The model must have a D. */
export async function logitsOf(
  { model, programs }: LiveModel,
  images: Float32Array,
  options: Pick<RowOptions, 'signal'> = {},
): Promise<Float32Array> {
  const { size } = model.card.image;
  const area = 3 * size * size;
  const all = new Float32Array(images.length / area);
  const judging: RowGraph = {
    key: 'judge',
    build: (rows) => ({ outputs: { logits: model.discriminator!(input('image', [rows, 3, size, size])) } }),
  };
  const feeds = (start: number, rows: number) => ({ image: rowsOf(images, area, start, rows) });
  for await (const { start, outputs } of runRows(programs, judging, all.length, feeds, options)) {
    all.set(outputs.logits!, start);
  }
  return all;
}

/**
 * The rows of a model's text input for `count` images, all without a caption if `captioned` is left out; undefined for
 * a model that uses no captions. @throws LatentfillError for captions that the model cannot use, or a wrong number of
 * them.
 */
export function captionRows({ text, card }: Model, count: number, captioned?: Captioned): TextRows | undefined {
  if (captioned && !Array.isArray(captioned.captions)) {
    throw new LatentfillError(
      'caption',
      'Expected captions as { captions: [...] }, a text or null for each latent, got others.',
    );
  }
  if (captioned && captioned.captions.length !== count) {
    throw new LatentfillError(
      'caption',
      `Expected a caption for each of ${count} latents, got ${captioned.captions.length}.`,
    );
  }
  if (text) return text.rows(captioned ?? { captions: new Array<null>(count).fill(null) });
  if (!captioned?.captions.some((caption) => caption !== null)) return undefined;
  throw new LatentfillError(
    'caption',
    `Expected no captions for the model '${card.name}', which knows none, got some: leave them out.`,
  );
}

/** Values from 0 to 1 in a network's range: the inverse of {@link shown}. */
export function toRange(values: Float32Array, [black, white]: readonly [number, number]): Float32Array {
  return values.map((v) => black + v * (white - black));
}

/** A network's values rescaled to black 0 and white 1, clipped. @throws LatentfillError for NaN. */
export function shown(values: Float32Array, [black, white]: readonly [number, number]): Float32Array {
  return values.map((v) => {
    const level = (v - black) / (white - black);
    if (Number.isNaN(level)) {
      throw new LatentfillError(
        'model',
        'Expected an image of numbers from the generator, got NaN: check its weights, and the latents.',
      );
    }
    return Math.min(1, Math.max(0, level));
  });
}

function drawing(model: Model, space: SpaceName, side: number): RowGraph {
  const { card, text } = model;
  const { points, image } = pointsOf(model, space);
  const factor = card.image.size / side;
  return {
    key: `draw ${space} ${side}`,
    build: (rows) => {
      const drawn = image(
        input('latent', [rows, points.latent]),
        text ? textInput('text', text.form, rows) : undefined,
      );
      return { outputs: { images: factor === 1 ? drawn : earlyMeans(drawn, factor) } };
    },
  };
}

/** A space of a model. @throws LatentfillError for one that the model lacks. */
function pointsOf(model: Model, name: SpaceName): Space {
  const space = spaceOf(model, name);
  if (space) return space;
  throw new LatentfillError(
    'options',
    `Expected a space of the model '${model.card.name}', whose generator has no waist, got '${name}': use 'latent'.`,
  );
}

/** The number of latents. @throws LatentfillError for data that is not finite, or of a wrong type or length. */
export function rowCount(model: Model, latents: Float32Array, space: SpaceName = 'latent'): number {
  const { card } = model;
  const size = pointsOf(model, space).points.latent;
  if (!(latents instanceof Float32Array) || !latents.every(Number.isFinite)) {
    throw new LatentfillError(
      'options',
      'Expected latents of finite numbers in a Float32Array, got others: check where they come from.',
    );
  }
  if (latents.length % size === 0) return latents.length / size;
  throw new LatentfillError(
    'options',
    `Expected latents of ${size} numbers each for the model '${card.name}', got ${latents.length} in all.`,
  );
}
