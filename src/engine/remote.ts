/** @file The calling end: an inpainter whose work is done in another thread or process. */

import { onAbort } from '../base/abort.ts';
import { LatentfillError } from '../base/errors.ts';
import type { Image } from '../image/image.ts';
import { captionedAs } from '../inpaint/caption.ts';
import { allOf, blendHole, type MaskedImage } from '../inpaint/inpaint.ts';
import { type Core, disposed, type Inpainter, inpainterOf, type OpenOptions } from '../inpaint/inpainter.ts';
import { type Resolved, resolveOptions } from '../inpaint/options.ts';
import { Candidate, type DrawnView, Fill, Filled, type Scene } from '../inpaint/results.ts';
import { stage } from '../inpaint/staging.ts';
import { captionRows, rowCount } from '../model/generate.ts';
import type { Model } from '../model/model.ts';
import { type Connection, connect } from './connection.ts';
import type { Place } from './place.ts';

/**
 * Opens an inpainter in a place that was started.
 * @throws LatentfillError for a model that was not opened from files.
 */
export async function openRemote(
  model: Model,
  begin: () => Place,
  { device, signal }: OpenOptions = {},
): Promise<Inpainter> {
  const { source } = model;
  if (!source) {
    throw new LatentfillError(
      'model',
      `Expected a model of files to be opened elsewhere, got '${model.card.name}', whose networks were made here: open it here.`,
    );
  }
  signal?.throwIfAborted();
  const connection = connect(begin());
  try {
    const there = await connection.ask('open', { model: source, device }, { signal });
    return inpainterOf(coreOf(model, connection, there));
  } catch (error) {
    await connection.close(disposed());
    throw error;
  }
}

function coreOf(model: Model, { ask, close, isOpen }: Connection, device: Inpainter['device']): Core {
  const generate: Core['generate'] = async (latents, { captioned, space, signal } = {}) => {
    captionRows(model, rowCount(model, latents, space), captioned); // throws as an inpainter in this thread does
    return [...(await ask('generate', { latents, captioned, space }, { signal }))];
  };

  /** Draws and blends candidates of a masked image. */
  function sceneOf(masked: MaskedImage, options: Resolved): Scene {
    const captioned = captionedAs(model, masked, 1);
    return {
      async draw({ latent, space }, { signal }) {
        const [drawn] = await generate(latent, { captioned, space, signal });
        return drawn!;
      },
      async blend(views, stop) {
        try {
          return await ask('blend', { masked: posted(masked), views: views.map(postedView), options }, stop);
        } catch (error) {
          if (isOpen() || stop.signal?.aborted) throw error;
          return blendHole(model, masked, views, options, stop); // results stay usable after the place has ended
        }
      },
    };
  }

  /** A masked image as data to post. Checked first, so that errors are those of an inpainter in this thread. */
  function checked(masked: MaskedImage, options: Resolved): MaskedImage {
    stage(model, masked, options);
    return posted(masked);
  }

  return {
    model,
    device,
    generate,
    async inpaintAll(given, wanted = {}, { signal, onStep } = {}) {
      const options = resolveOptions(wanted);
      const masked = allOf(given).map((masked) => checked(masked, options));
      const filled = await ask('inpaint', { masked, options, steps: onStep !== undefined }, { signal, onStep });
      return filled.map(({ candidates, ...about }, i) => {
        const scene = sceneOf(masked[i]!, options);
        return new Filled(
          candidates.map((fill) => new Fill(fill, scene)),
          about,
        );
      });
    },
    async *search(given, wanted = {}, { signal } = {}) {
      const options = resolveOptions(wanted);
      const masked = checked(given, options);
      const scene = sceneOf(masked, options);
      const { id, answer } = ask.numbered('search', { masked, options }, { signal });
      let open = true;
      const leave = () => {
        if (open) ask('leave', { search: id }).catch(() => {}); // not awaited; fails if the place has ended
        open = false;
      };
      using _ = signal && onAbort(signal, leave); // also if the caller abandons this generator
      try {
        await answer;
        for (;;) {
          const step = await ask('next', { search: id }, { signal });
          if (!step) {
            open = false;
            return;
          }
          yield { ...step, candidates: step.candidates.map((tried) => new Candidate(tried, scene)) };
        }
      } finally {
        leave();
      }
    },
    [Symbol.asyncDispose]: () => close(disposed()),
  };
}

/** A masked image with only the fields that are used: other fields of the caller's objects may not be postable. */
function posted({ image, mask: { width, height, data }, face, caption, embedding }: MaskedImage): MaskedImage {
  return {
    image: postedImage(image),
    mask: { width, height, data },
    ...(face && { face }),
    ...(caption !== undefined && { caption }),
    ...(embedding && { embedding }),
  };
}

function postedView({ box, pieces, generated }: DrawnView): DrawnView {
  return { box, pieces, generated: postedImage(generated) };
}

function postedImage({ width, height, channels, data }: Image): Image {
  return { width, height, channels, data };
}
