/**
 * @file Makes a model of networks that were trained elsewhere: finds their wiring, tests and samples them.
 * Browser-safe.
 */

import { checkControl, parseOptions } from '../../base/check-options.ts';
import { LatentfillError } from '../../base/errors.ts';
import { onnxSignature } from '../../graph/onnx/signature.ts';
import type { FaceLayout } from '../../image/face-square.ts';
import type { Image } from '../../image/image.ts';
import { openPrograms } from '../../runtime/programs.ts';
import { type Draft, facesSchema } from '../card.ts';
import { type Model, openModel } from '../model.ts';
import { type FoundWaist, findWaist } from './find-waist.ts';
import { type WireOptions, wireDiscriminator, wireGenerator } from './infer-wiring.ts';
import { judgeRange, type Range } from './range.ts';
import { drawSamples } from './samples.ts';
import { tryModel } from './search-trial.ts';

/** Settings of {@link importModel}. */
export interface ImportOptions extends WireOptions {
  readonly name: string;
  /** The generator's values of black and white; the discriminator takes the same. */
  readonly range: Range;
  /**
   * The tensor of the generator in which holes are searched, by its name in the file. Left out: the waist, where it has one.
   */
  readonly searchIn?: string | undefined;
  /** How the generator's faces lie in its square, so that faces of photographs can be turned to lie so. Left out: not known. */
  readonly faces?: FaceLayout | undefined;
  /** Seed of the samples. @default 0 */
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A model that passed every check, with samples and notes. */
export interface Imported {
  readonly model: Model;
  /** Random samples, in [0, 1]. */
  readonly samples: readonly Image[];
  /** Sentences for the user: what looks odd, and what the model lacks. */
  readonly notes: readonly string[];
}

/**
 * A model from ONNX files that hold their own weights, `discriminator` null where there is none.
 * @throws LatentfillError for networks that cannot be wired, differentiated or searched, with what to do.
 */
export async function importModel(
  networks: { readonly generator: Uint8Array; readonly discriminator: Uint8Array | null },
  control: ImportOptions,
): Promise<Imported> {
  checkControl(control ?? null, ['name', 'range', 'latent', 'inputs', ...NAMED, 'seed', 'signal']);
  const { seed = 0, signal, ...options } = control;
  const faces = options.faces && parseOptions(facesSchema, options.faces, "a layout of faces in the option 'faces'");
  const { generator, discriminator } = networks ?? {};
  checkBytes({ generator, ...(discriminator && { discriminator }) });
  checkNames([generator, ...(discriminator ? [discriminator] : [])], options);
  const { latent, size, generator: drawn } = wireGenerator(generator, options);
  const judged = discriminator && wireDiscriminator(discriminator, options, size);
  const card: Draft = {
    format: 1,
    name: options.name,
    image: { size, channels: 3, range: [...options.range] },
    latent,
    text: null,
    calibration: null, // no real images are at hand: the discriminator's logits are taken as they are
    training: null,
    ...(faces && { faces }),
    data: null,
    network: { generator: drawn, discriminator: judged },
  };
  await using programs = openPrograms({ open: 0 }); // each program is needed once
  const waist = await findWaist(programs, card, generator, { named: options.searchIn, seed, signal });
  const model = openModel(
    waist ? { ...card, waist: waist.card } : card,
    generator,
    discriminator,
    null,
    waist?.space.onnx ?? null,
  );
  const live = { model, programs };
  await tryModel(live, seed, signal);
  const { values, images } = await drawSamples(live, size <= 64 ? 60 : size <= 256 ? 24 : 8, seed, signal);
  const odd = judgeRange(values, options.range);
  const without = discriminator
    ? []
    : ['There is no discriminator: holes are filled by the contextual loss and a prior term alone.'];
  return { model, samples: images, notes: [...(odd ? [odd] : []), ...without, ...(waist ? [noteOf(waist)] : [])] };
}

/** What was found about a waist, for the user. */
function noteOf({ card, space: { slope, kurtosis, axes } }: FoundWaist): string {
  const undone = slope === 1 ? '' : ` with its last leaky ReLU (${slope}) undone`;
  const [before, after] = kurtosis.map((k) => k.toFixed(1));
  const shape = `kurtosis ${after}${slope === 1 ? '' : `, ${before} as it is`}; ${axes} axes hold 90 % of its variance`;
  return `Holes are searched in '${card.tensor}', [${card.shape}] and used in ${card.uses} places,${undone} (${shape}).`;
}

const NAMED = ['latentInput', 'imageOutput', 'logitOutput', 'searchIn', 'faces'] as const;

/** @throws LatentfillError for anything but bytes. */
function checkBytes(networks: Readonly<Record<string, unknown>>): void {
  for (const [name, bytes] of Object.entries(networks)) {
    if (bytes instanceof Uint8Array) continue;
    throw new LatentfillError(
      'options',
      `Expected the ${name} as the bytes of an ONNX file, got ${typeof bytes}: read them with readOnnxFile.`,
    );
  }
}

/** @throws LatentfillError for a rule about an input that neither network has. */
function checkNames(networks: readonly Uint8Array[], { inputs = {} }: WireOptions): void {
  const names = networks.flatMap((bytes) => onnxSignature(bytes).inputs.map(({ name }) => name));
  const unknown = Object.keys(inputs).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new LatentfillError(
    'network',
    `Expected names of inputs in the option 'inputs' ('${names.join("', '")}'), got '${unknown}': check the name.`,
  );
}
