/** @file The results of a search: candidates while it runs, and fills at its end. Their fields are plain data. */

import type { Image } from '../image/image.ts';
import type { Tried } from './search.ts';

/** Cancellation of a call. */
export interface Stop {
  readonly signal?: AbortSignal | undefined;
}

/** Draws and blends candidates of one hole, wherever the inpainter works. */
export interface Scene {
  /** G at a latent, as an image in [0, 1]. */
  draw(latent: Float32Array, stop: Stop): Promise<Image>;
  /** The hole's image with a drawn one in its hole. */
  blend(generated: Image, stop: Stop): Promise<Image>;
}

/** One of the best latents of a search so far. */
export class Candidate implements Tried {
  readonly latent: Float32Array;
  readonly losses: Tried['losses'];
  readonly #scene: Scene;

  constructor({ latent, losses }: Tried, scene: Scene) {
    this.latent = latent;
    this.losses = losses;
    this.#scene = scene;
  }

  /** G(z), the model's own picture of the view, [3, size, size]; drawn while its inpainter is open. */
  draw(stop: Stop = {}): Promise<Image> {
    return this.#scene.draw(this.latent, stop);
  }

  /** The image with {@link draw} in its hole. */
  async blended(stop: Stop = {}): Promise<Image> {
    return this.#scene.blend(await this.draw(stop), stop);
  }
}

/** One way to fill a hole. */
export class Fill implements Tried {
  readonly latent: Float32Array;
  readonly losses: Tried['losses'];
  /** G(z), the model's own picture of the view, [3, size, size]. */
  readonly generated: Image;
  readonly #scene: Pick<Scene, 'blend'>;
  #blended: Image | undefined;

  constructor({ latent, losses }: Tried, generated: Image, scene: Pick<Scene, 'blend'>) {
    this.latent = latent;
    this.losses = losses;
    this.generated = generated;
    this.#scene = scene;
  }

  /**
   * The image with this fill in its hole. Blending a large hole takes long, so it is done at the first call, and
   * cached.
   */
  async blended(stop: Stop = {}): Promise<Image> {
    if (this.#blended) return this.#blended;
    const image = await this.#scene.blend(this.generated, stop);
    this.#blended ??= image; // of concurrent calls, the first result is kept
    return this.#blended;
  }
}

/** A hole that was filled: every candidate of finite loss, best first. */
export class Filled {
  readonly candidates: readonly Fill[];

  constructor(candidates: readonly Fill[]) {
    this.candidates = candidates;
  }

  /** The image with the best candidate in its hole. */
  blended(stop: Stop = {}): Promise<Image> {
    return this.candidates[0]!.blended(stop);
  }
}
