/** @file Measures how well a model matches held-out pictures, and keeps it in the model's card. */

import { openHeldOut } from '../data/open-dataset.ts';
import { readPicture } from '../data/read-picture.ts';
import type { Image } from '../image/image.ts';
import { LEAST_PICTURES, measureFit } from '../inpaint/fit.ts';
import type { FillStep } from '../inpaint/inpaint.ts';
import { openHere } from '../inpaint/inpainter.ts';
import type { ModelCard } from '../model/card.ts';
import { amendCard, loadModel } from '../model/folder.ts';
import type { Device } from '../runtime/devices.ts';
import { bar, liveLine, say } from './terminal.ts';

/** Pictures that are filled at most. */
const PICTURES = 100;

/** Settings of {@link keepFit}. */
interface KeepOptions {
  readonly count?: number;
  readonly device?: Device | undefined;
  readonly signal: AbortSignal;
}

/**
 * Fills held-out pictures of a source by a model and keeps the distribution of losses in its card; undefined, and said in a
 * line, where there are too few.
 */
export async function keepFit(
  folder: string,
  source: string,
  { count = PICTURES, device, signal }: KeepOptions,
): Promise<ModelCard['fit']> {
  const model = await loadModel(folder);
  const { dataset } = await openHeldOut(source, { size: model.card.image.size, count });
  const pictures: Image[] = [];
  for (let i = 0; i < (dataset?.length ?? 0); i++) {
    signal.throwIfAborted();
    const { picture } = await readPicture(dataset!, i); // training has told of damaged ones
    if (picture) pictures.push(picture);
  }
  if (pictures.length < LEAST_PICTURES) {
    say(
      `the model cannot tell which pictures it does not know: that takes ${LEAST_PICTURES} held-out pictures, and there are ${pictures.length}`,
    );
    return undefined;
  }
  await using inpainter = await openHere(model, { device });
  const line = liveLine();
  const onStep = ({ step: [done, all] }: FillStep) =>
    line.update(`${bar(done, all)} how well it knows ${pictures.length} held-out pictures`);
  const fit = await measureFit(inpainter, pictures, { signal, onStep });
  line.done();
  await amendCard(folder, { fit, ...(dataset && { view: { share: dataset.share ?? 1 } }) });
  return fit;
}
