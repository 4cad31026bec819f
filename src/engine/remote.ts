/** @file The near end: an inpainter whose work is done elsewhere. */

import { LatentfillError } from '../base/errors.ts';
import type { Model } from '../gan/model.ts';
import { captionedAs } from '../inpaint/caption.ts';
import { Candidate, Fill, Filled, type Scene } from '../inpaint/fill.ts';
import type { Hole } from '../inpaint/inpaint.ts';
import { type Core, disposed, type Inpainter, inpainterOf } from '../inpaint/inpainter.ts';
import { type Options, resolveOptions } from '../inpaint/options.ts';
import type { Wanted } from '../runtime/devices.ts';
import { type Connection, connect } from './connection.ts';
import type { Place } from './place.ts';

/** Opens an inpainter in a place that has been begun. @throws LatentfillError for a model that was not opened from files. */
export async function openRemote(model: Model, begin: () => Place, device: Wanted | undefined): Promise<Inpainter> {
  const { source } = model;
  if (!source) {
    throw new LatentfillError(
      `Expected a model of files to be opened elsewhere, got '${model.card.name}', whose networks were made here: open it here.`,
    );
  }
  const place = begin();
  const connection = connect(place);
  try {
    return inpainterOf(coreOf(model, connection, await connection.ask('open', { model: source, device })));
  } catch (error) {
    await connection.close(disposed());
    throw error;
  }
}

function coreOf(model: Model, { ask, close }: Connection, device: Inpainter['device']): Core {
  const generate: Core['generate'] = async (latents, { captioned, signal } = {}) => [
    ...(await ask('generate', { latents, captioned }, { signal })),
  ];

  /** What draws and blends for a hole. */
  function sceneOf(hole: Hole, options: Options): Scene {
    const captioned = captionedAs(model, hole, 1);
    return {
      async draw(latent, { signal }) {
        const [drawn] = await generate(latent, { captioned, signal });
        return drawn!;
      },
      blend: (generated, { signal }) => ask('blend', { hole: posted(hole), generated, options }, { signal }),
    };
  }

  return {
    model,
    device,
    generate,
    async inpaintAll(holes, options = {}, { signal, onStep } = {}) {
      resolveOptions(options); // wrong ones are told as they are here
      const asks = { holes: holes.map(posted), options, tell: onStep !== undefined };
      const filled = await ask('inpaint', asks, { signal, onStep });
      return filled.map(({ candidates }, i) => {
        const scene = sceneOf(holes[i]!, options);
        return new Filled(candidates.map((fill) => new Fill(fill, fill.generated, scene)));
      });
    },
    async *search(hole, options = {}, { signal } = {}) {
      const scene = sceneOf(hole, options);
      const { id, answer } = ask.numbered('search', { hole: posted(hole), options }, { signal });
      await answer;
      let open = true;
      try {
        for (;;) {
          const step = await ask('next', { search: id }, { signal });
          open = step !== null;
          if (!step) return;
          yield { ...step, candidates: step.candidates.map((tried) => new Candidate(tried, scene)) };
        }
      } finally {
        if (open) ask('leave', { search: id }).catch(() => {}); // nobody waits for it, and the place may be gone
      }
    },
    [Symbol.asyncDispose]: () => close(disposed()),
  };
}

/** A hole as data alone. */
function posted({ image, mask, caption, embedding }: Hole): Hole {
  return { image, mask, ...(caption !== undefined && { caption }), ...(embedding && { embedding }) };
}
