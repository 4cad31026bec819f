/** @file Opens an inpainter in one of three places. */

import { checkControl } from '../base/check-options.ts';
import { LatentfillError } from '../base/errors.ts';
import { type Inpainter, openHere } from '../inpaint/inpainter.ts';
import type { Stop } from '../inpaint/results.ts';
import type { Model } from '../model/model.ts';
import type { Wanted } from '../runtime/devices.ts';
import { beginProcess, beginWorker } from './place.ts';
import { openRemote } from './remote.ts';

/** Settings of {@link openInpainter}. */
export interface OpenOptions extends Stop {
  /** Where to compute; `auto`: the fastest that works there. @default 'cpu' under Node, 'wasm' in browsers */
  readonly device?: Wanted | undefined;
  /**
   * `here`: in the calling thread. `worker`: in a worker of the page, which stays responsive. `process`: in a child
   * process of Node, which leaves the event loop free and can be killed. @default 'here'
   */
  readonly where?: 'here' | 'worker' | 'process';
}

/**
 * Opens an inpainter. It keeps its decoded networks and compiled programs until it is disposed of.
 * @throws LatentfillError for a device or a place that is not available.
 */
export async function openInpainter(model: Model, control: OpenOptions = {}): Promise<Inpainter> {
  checkControl(control, ['where', 'device', 'signal']);
  const { where = 'here', ...options } = control;
  if (where === 'here') return openHere(model, options);
  const begin = { worker: beginWorker, process: beginProcess }[where];
  if (begin) return openRemote(model, begin, options);
  throw new LatentfillError('options', `Expected 'here', 'worker' or 'process' as where to work, got '${where}'.`);
}
