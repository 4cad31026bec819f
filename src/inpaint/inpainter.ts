/** @file An inpainter: decodes a model's networks once, and compiles each program once, for any number of calls. */

import { follow, unlessAborted } from '../base/abort.ts';
import { checkControl } from '../base/check-options.ts';
import { LatentfillError } from '../base/errors.ts';
import type { Image } from '../image/image.ts';
import { latentSpace } from '../model/card.ts';
import { captionRows, drawImages, type GenerateOptions, type LiveModel, rowCount } from '../model/generate.ts';
import { sampleLatents } from '../model/latents.ts';
import type { Model } from '../model/model.ts';
import { chooseDevice, type Device, type Wanted } from '../runtime/devices.ts';
import { openPrograms } from '../runtime/programs.ts';
import { captionedAs, type Described } from './caption.ts';
import { type Control, fillHoles, type MaskedImage, type SearchStep, searchHole, type Until } from './inpaint.ts';
import { resolveOptions } from './options.ts';
import type { Options } from './options-type.ts';
import type { Filled, Stop } from './results.ts';
import { stage } from './staging.ts';

/** A sample of a model. */
export interface Sample {
  readonly latent: Float32Array;
  readonly image: Image;
}

/** Which samples are drawn. */
export interface SampleOptions extends Described, Stop {
  /** @default 0 */
  readonly seed?: number;
}

/**
 * Fills, searches and draws with one model, in any number of calls, also concurrent ones. Programs are compiled when
 * first needed and stay open. Disposing of the inpainter frees them; calls that are running then end with an error.
 */
export interface Inpainter extends AsyncDisposable {
  readonly model: Model;
  /** Where it computes. */
  readonly device: Device;
  /** Fills the hole of one image. @throws LatentfillError for options, image or mask that cannot be used. */
  inpaint(masked: MaskedImage, options?: Options, control?: Control): Promise<Filled>;
  /** Fills the holes of many images; each result is what {@link inpaint} gives for that image alone. */
  inpaintAll(masked: readonly MaskedImage[], options?: Options, control?: Control): Promise<Filled[]>;
  /**
   * The search alone, step by step. Candidates can be drawn and blended between steps. Leaving the loop ends the
   * search.
   */
  search(masked: MaskedImage, options?: Options, stop?: Stop): AsyncGenerator<SearchStep>;
  /** @throws LatentfillError for a hole that {@link inpaint} would refuse. */
  check(masked: MaskedImage, options?: Options): void;
  /** G at each latent of `latents` [rows, latent], as images in [0, 1]. */
  generate(latents: Float32Array, options?: Omit<GenerateOptions, 'device'>): Promise<Image[]>;
  /** `count` random samples, the same for a seed. */
  sample(count: number, options?: SampleOptions): Promise<Sample[]>;
}

/** The calls that differ between the places where an inpainter can work; the others are built on them. */
export interface Core extends Pick<Inpainter, 'model' | 'device' | 'inpaintAll' | 'search' | 'generate'> {
  [Symbol.asyncDispose](): PromiseLike<void>;
}

/** An inpainter around its core. */
export function inpainterOf(core: Core): Inpainter {
  const { model } = core;
  const inpaintAll: Inpainter['inpaintAll'] = async (masked, options, control) => {
    checkControl(control, ['signal', 'onStep']);
    return core.inpaintAll(masked, options, control);
  };
  return {
    ...core,
    inpaintAll,
    async inpaint(masked, options, control) {
      const [filled] = await inpaintAll([masked], options, control);
      return filled!;
    },
    async *search(masked, options, control) {
      checkControl(control, ['signal']);
      yield* core.search(masked, options, control);
    },
    async generate(latents, control) {
      checkControl(control, ['captioned', 'space', 'signal']);
      return core.generate(latents, control);
    },
    check: (masked, options) => void stage(model, masked, resolveOptions(options)),
    async sample(count, control = {}) {
      checkControl(control, ['seed', 'caption', 'embedding', 'signal']);
      const { seed = 0, signal, ...described } = control;
      if (!Number.isSafeInteger(count) || count < 0) {
        throw new LatentfillError('options', `Expected a whole number of samples, got ${count}.`);
      }
      const { size } = model.card.latent;
      const latents = sampleLatents(latentSpace(model.card), count, seed);
      const images = await core.generate(latents, { captioned: captionedAs(model, described, count), signal });
      return images.map((image, i) => ({ latent: latents.slice(i * size, (i + 1) * size), image }));
    },
  };
}

/** The error of calls to an inpainter that was disposed of. */
export const disposed = () =>
  new LatentfillError('closed', 'Expected an open inpainter, got one that was disposed of: open another.');

/** A live model that several inpainters share. */
interface Shared {
  readonly live: LiveModel;
  users: number;
}

const shared = new WeakMap<Model, Map<Device, Shared>>();

/** Settings of {@link openHere}. */
export interface OpenOptions extends Stop {
  /** Where to compute; `auto`: the fastest that works there. @default 'cpu' under Node, 'wasm' in browsers */
  readonly device?: Wanted | undefined;
}

/** Opens an inpainter in this thread. Those of one model and device share their programs. */
export async function openHere(model: Model, { device: wanted, signal: stop }: OpenOptions = {}): Promise<Inpainter> {
  if (typeof model?.generator !== 'function') {
    throw new LatentfillError(
      'options',
      'Expected a model, as openModel or loadModel gives it, got something else: open one.',
    );
  }
  const { device } = await unlessAborted(chooseDevice(wanted), stop);
  const own = take(model, device);
  const { live } = own;
  const closing = new AbortController();
  let ended: Promise<void> | undefined;

  /** As {@link Until} says. */
  const until: Until = async (stop, task) => {
    using following = follow(closing.signal, stop);
    following.signal.throwIfAborted();
    return await task(following.signal);
  };

  return inpainterOf({
    model,
    device,
    inpaintAll: (masked, options, { signal, onStep } = {}) =>
      until(signal, (both) => fillHoles(live, masked, resolveOptions(options), until, { signal: both, onStep })),
    async *search(masked, options, { signal } = {}) {
      using following = follow(closing.signal, signal);
      following.signal.throwIfAborted();
      yield* searchHole(live, masked, resolveOptions(options), until, following);
    },
    generate: (latents, { captioned, space, signal } = {}) =>
      until(signal, (both) => {
        const text = captionRows(model, rowCount(model, latents, space), captioned);
        return drawImages(live, latents, text, { signal: both, space });
      }),
    [Symbol.asyncDispose]() {
      if (!closing.signal.aborted) closing.abort(disposed());
      ended ??= give(model, device, own);
      return ended;
    },
  });
}

function take(model: Model, device: Device): Shared {
  const devices = shared.get(model) ?? new Map<Device, Shared>();
  shared.set(model, devices);
  const own = devices.get(device) ?? { live: { model, programs: openPrograms({ device }) }, users: 0 };
  devices.set(device, own);
  own.users++;
  return own;
}

async function give(model: Model, device: Device, own: Shared): Promise<void> {
  own.users--;
  if (own.users > 0) return;
  const devices = shared.get(model);
  if (devices?.get(device) === own) devices.delete(device);
  await own.live.programs[Symbol.asyncDispose]();
}

/**
 * Fills the hole of one image. To fill again and again, open an inpainter.
 * @throws LatentfillError for options, image or mask that cannot be used.
 */
export async function inpaint(
  model: Model,
  masked: MaskedImage,
  options?: Options,
  control: Control & Pick<OpenOptions, 'device'> = {},
): Promise<Filled> {
  const [filled] = await inpaintAll(model, [masked], options, control);
  return filled!;
}

/** Fills the holes of many images; each result is what {@link inpaint} gives for that image alone. */
export async function inpaintAll(
  model: Model,
  masked: readonly MaskedImage[],
  options?: Options,
  control: Control & Pick<OpenOptions, 'device'> = {},
): Promise<Filled[]> {
  checkControl(control, ['device', 'signal', 'onStep']);
  const { device, ...rest } = control;
  await using inpainter = await openHere(model, { device });
  return await inpainter.inpaintAll(masked, options, rest);
}
