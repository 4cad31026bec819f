/** @file The near end: an inpainter whose work is done elsewhere. */

import { onAbort } from '../base/abort.ts';
import { LatentfillError } from '../base/errors.ts';
import type { Image } from '../image/image.ts';
import { captionedAs } from '../inpaint/caption.ts';
import { Candidate, Fill, Filled, type Scene } from '../inpaint/fill.ts';
import { allOf, blendHole, type Hole, problemOf } from '../inpaint/inpaint.ts';
import { type Core, disposed, type Inpainter, inpainterOf, type OpenOptions } from '../inpaint/inpainter.ts';
import { type Resolved, resolveOptions } from '../inpaint/options.ts';
import { captionRows, rowCount } from '../model/generate.ts';
import type { Model } from '../model/model.ts';
import { type Connection, connect } from './connection.ts';
import type { Place } from './place.ts';

/** Opens an inpainter in a place that is begun. @throws LatentfillError for a model that was not opened from files. */
export async function openRemote(
  model: Model,
  begin: () => Place,
  { device, signal }: OpenOptions = {},
): Promise<Inpainter> {
  const { source } = model;
  if (!source) {
    throw new LatentfillError(
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
  const generate: Core['generate'] = async (latents, { captioned, signal } = {}) => {
    captionRows(model, rowCount(model, latents), captioned); // what is wrong is told as it is here
    return [...(await ask('generate', { latents, captioned }, { signal }))];
  };

  /** What draws and blends for a hole. */
  function sceneOf(hole: Hole, options: Resolved): Scene {
    const captioned = captionedAs(model, hole, 1);
    return {
      async draw(latent, { signal }) {
        const [drawn] = await generate(latent, { captioned, signal });
        return drawn!;
      },
      async blend(generated, stop) {
        try {
          return await ask('blend', { hole: posted(hole), generated: postedImage(generated), options }, stop);
        } catch (error) {
          if (isOpen() || stop.signal?.aborted) throw error;
          return blendHole(model, hole, generated, options, stop); // what was found outlives the place where it was
        }
      },
    };
  }

  /** A hole as it will be posted; what is wrong with it is told as it is here. */
  function checked(hole: Hole, options: Resolved): Hole {
    problemOf(model, hole, options);
    return posted(hole);
  }

  return {
    model,
    device,
    generate,
    async inpaintAll(given, wanted = {}, { signal, onStep } = {}) {
      const options = resolveOptions(wanted);
      const holes = allOf(given).map((hole) => checked(hole, options));
      const filled = await ask('inpaint', { holes, options, tell: onStep !== undefined }, { signal, onStep });
      return filled.map(({ candidates }, i) => {
        const scene = sceneOf(holes[i]!, options);
        return new Filled(candidates.map((fill) => new Fill(fill, fill.generated, scene)));
      });
    },
    async *search(given, wanted = {}, { signal } = {}) {
      const options = resolveOptions(wanted);
      const hole = checked(given, options);
      const scene = sceneOf(hole, options);
      const { id, answer } = ask.numbered('search', { hole, options }, { signal });
      let open = true;
      const leave = () => {
        if (open) ask('leave', { search: id }).catch(() => {}); // nobody waits for it, and the place may be gone
        open = false;
      };
      using _ = signal && onAbort(signal, leave); // also where nobody comes back to this loop
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

/** A hole as data alone: what else a caller's objects hold need not be fit to be posted. */
function posted({ image, mask: { width, height, data }, caption, embedding }: Hole): Hole {
  return {
    image: postedImage(image),
    mask: { width, height, data },
    ...(caption !== undefined && { caption }),
    ...(embedding && { embedding }),
  };
}

function postedImage({ width, height, channels, data }: Image): Image {
  return { width, height, channels, data };
}
