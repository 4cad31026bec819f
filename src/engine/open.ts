/** @file Opens an inpainter in one of three places. */

import { type Inpainter, type OpenOptions as OpenHere, openHere } from '../inpaint/inpainter.ts';
import type { Model } from '../model/model.ts';
import { beginProcess, beginWorker } from './place.ts';
import { openRemote } from './remote.ts';

/** Settings of {@link openInpainter}. */
export interface OpenOptions extends OpenHere {
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
export async function openInpainter(
  model: Model,
  { where = 'here', ...options }: OpenOptions = {},
): Promise<Inpainter> {
  if (where === 'here') return openHere(model, options);
  return openRemote(model, where === 'process' ? beginProcess : beginWorker, options);
}
