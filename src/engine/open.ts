/** @file Opens an inpainter in one of three places. */

import type { Model } from '../gan/model.ts';
import { type Inpainter, openHere } from '../inpaint/inpainter.ts';
import type { Wanted } from '../runtime/devices.ts';
import { beginProcess, beginWorker } from './place.ts';
import { openRemote } from './remote.ts';

/** Settings of {@link openInpainter}. */
export interface OpenOptions {
  /** Where to compute; `auto`: the fastest that works there. @default 'cpu' under Node, 'wasm' in browsers */
  readonly device?: Wanted | undefined;
  /**
   * `here`, in the thread that calls; in a `worker` of the page, which then never freezes; in a child `process` of Node's,
   * which leaves the event loop free and can be killed. @default 'here'
   */
  readonly where?: 'here' | 'worker' | 'process';
}

/**
 * Opens an inpainter: it stays, with its networks decoded and its programs compiled, until it is disposed of.
 * @throws LatentfillError for a device or a place that is not to be had.
 */
export async function openInpainter(model: Model, { device, where = 'here' }: OpenOptions = {}): Promise<Inpainter> {
  if (where === 'here') return openHere(model, { device });
  return openRemote(model, where === 'process' ? beginProcess : beginWorker, device);
}
