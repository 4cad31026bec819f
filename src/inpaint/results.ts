/** @file The results of a search: candidates while it runs, and fills at its end. Their fields are plain data. */

import type { Image } from '../image/image.ts';
import type { Box } from '../image/mask.ts';
import type { Fit } from './fit.ts';
import type { Progress, Tried } from './search.ts';
import type { TriedFill, TriedView } from './staging.ts';

/** Cancellation of a call. */
export interface Stop {
  readonly signal?: AbortSignal | undefined;
}

/** A view of a fill, with the picture that the model drew of it. */
export interface FilledView extends TriedView {
  /** G(z), [3, size, size]. */
  readonly generated: Image;
}

/** A picture of a view: what is blended into an image. */
export type DrawnView = Pick<FilledView, 'box' | 'pieces' | 'generated'>;

/** Draws and blends candidates of one hole, wherever the inpainter works. */
export interface Scene {
  /** G at a latent, a point of its space, as an image in [0, 1]. */
  draw(tried: Pick<Tried, 'latent' | 'space'>, stop: Stop): Promise<Image>;
  /** The hole's image with what was drawn in its hole. */
  blend(views: readonly DrawnView[], stop: Stop): Promise<Image>;
}

/** One of the best fills of a search so far. */
export class Candidate implements TriedFill {
  readonly losses: TriedFill['losses'];
  readonly views: TriedFill['views'];
  readonly #scene: Scene;

  constructor({ losses, views }: TriedFill, scene: Scene) {
    this.losses = losses;
    this.views = views;
    this.#scene = scene;
  }

  /** G(z) of each view, the model's own picture of it, [3, size, size]; drawn while its inpainter is open. */
  async draw(stop: Stop = {}): Promise<Image[]> {
    const drawn: Image[] = [];
    for (const view of this.views) drawn.push(await this.#scene.draw(view, stop));
    return drawn;
  }

  /** The image with {@link draw} in its hole. */
  async blended(stop: Stop = {}): Promise<Image> {
    const drawn = await this.draw(stop);
    const views = this.views.map(({ box, pieces }, i) => ({ box, pieces, generated: drawn[i]! }));
    return this.#scene.blend(views, stop);
  }
}

/** One way to fill a hole. */
export class Fill implements TriedFill {
  readonly losses: TriedFill['losses'];
  readonly views: readonly FilledView[];
  readonly #scene: Pick<Scene, 'blend'>;
  #blended: Image | undefined;

  constructor({ losses, views }: Pick<Fill, 'losses' | 'views'>, scene: Pick<Scene, 'blend'>) {
    this.losses = losses;
    this.views = views;
    this.#scene = scene;
  }

  /**
   * The image with this fill in its hole. Blending a large hole takes long, so it is done at the first call, and
   * cached.
   */
  async blended(stop: Stop = {}): Promise<Image> {
    if (this.#blended) return this.#blended;
    const image = await this.#scene.blend(this.views, stop);
    this.#blended ??= image; // of concurrent calls, the first result is kept
    return this.#blended;
  }
}

/** What a filled hole has besides its candidates. */
export interface About {
  /** The boxes around the pieces of the hole that lie far apart, by their number. */
  readonly pieces: readonly Box[];
  /** How well the best candidate matches the known pixels. */
  readonly fit: Fit;
  /** How far its search came. */
  readonly progress: Progress;
}

/** A hole that was filled: every candidate of finite loss, best first. */
export class Filled implements About {
  readonly candidates: readonly Fill[];
  readonly pieces: About['pieces'];
  readonly fit: About['fit'];
  readonly progress: About['progress'];

  constructor(candidates: readonly Fill[], { pieces, fit, progress }: About) {
    this.candidates = candidates;
    this.pieces = pieces;
    this.fit = fit;
    this.progress = progress;
  }

  /** The image with the best candidate in its hole. */
  blended(stop: Stop = {}): Promise<Image> {
    return this.candidates[0]!.blended(stop);
  }
}
