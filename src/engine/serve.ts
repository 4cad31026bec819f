/** @file The serving end: answers calls with an inpainter of its own. */

import { toPosted } from '../base/errors.ts';
import { blendHole, type FillStep, type SearchStep } from '../inpaint/inpaint.ts';
import { type Inpainter, openHere } from '../inpaint/inpainter.ts';
import { resolveOptions } from '../inpaint/options.ts';
import type { TriedFill } from '../inpaint/staging.ts';
import { openModel } from '../model/model.ts';
import type { Calls, Line, Request } from './messages.ts';

/** Answers the calls that arrive at a port, until it closes. The first call must be `open`. */
export function serve(port: Line): void {
  let inpainter: Inpainter;
  const stops = new Map<number, AbortController>();
  const searches = new Map<number, AsyncGenerator<SearchStep>>();

  const answers: { readonly [K in keyof Calls]: (asks: Calls[K]['asks'], of: Call) => Promise<Calls[K]['gives']> } = {
    async open({ model: { card, generator, discriminator, vocabulary, waist }, device }) {
      inpainter = await openHere(openModel(card, generator, discriminator, vocabulary, waist), { device });
      return inpainter.device;
    },
    async inpaint({ masked, options, steps }, { id, signal }) {
      const onStep = steps ? (step: FillStep) => port.post({ id, step }) : undefined;
      const filled = await inpainter.inpaintAll(masked, options, { signal, onStep });
      return filled.map(({ candidates, pieces, fit, progress }) => ({
        candidates: candidates.map(({ losses, views }) => ({ losses, views })),
        ...{ pieces, fit, progress },
      }));
    },
    async search({ masked, options }, { id, signal }) {
      searches.set(id, inpainter.search(masked, options, { signal }));
      return null;
    },
    async next({ search }) {
      const { value, done } = await searches.get(search)!.next();
      if (!done) return { ...value, candidates: value.candidates.map(plain) };
      end(search);
      return null;
    },
    async leave({ search }) {
      stops.get(search)?.abort();
      await searches.get(search)?.return(undefined);
      end(search);
      return null;
    },
    generate: ({ latents, captioned, space }, { signal }) => inpainter.generate(latents, { captioned, space, signal }),
    blend: ({ masked, views, options }, { signal }) =>
      blendHole(inpainter.model, masked, views, resolveOptions(options), { signal }),
  };

  function end(search: number): void {
    searches.delete(search);
    stops.delete(search);
  }

  port.listen(async (request: Request) => {
    const { id } = request;
    if ('stop' in request) return stops.get(id)?.abort();
    const controller = new AbortController();
    stops.set(id, controller);
    try {
      const value = await answers[request.call](request.asks as never, { id, signal: controller.signal });
      port.post({ id, value });
    } catch (error) {
      if ('search' in request.asks) end(request.asks.search);
      port.post({ id, ...toPosted(error) });
    } finally {
      if (!searches.has(id)) stops.delete(id);
    }
  });
}

/** A call in progress. */
interface Call {
  readonly id: number;
  readonly signal: AbortSignal;
}

function plain({ losses, views }: TriedFill): TriedFill {
  return { losses, views };
}
