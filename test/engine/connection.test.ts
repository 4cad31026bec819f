import { expect, test } from 'vitest';
import { connect } from '../../src/engine/connection.ts';
import type { Answer, Request } from '../../src/engine/messages.ts';
import type { Place } from '../../src/engine/place.ts';
import { openRemote } from '../../src/engine/remote.ts';
import { centreHole } from '../../src/image/holes.ts';
import type { Model } from '../../src/model/model.ts';
import { noisePicture, tinyModel } from '../helpers/pictures.ts';

/** A place whose answers the test gives, and what was posted to it. */
function placeInHand() {
  const posted: Request[] = [];
  let answer!: (message: Answer) => void;
  let busy = false;
  const place: Place = {
    post: (message) => void posted.push(structuredClone(message) as Request),
    listen: (hear) => {
      answer = hear as never;
    },
    onEnd: () => {},
    hold: (held) => {
      busy = held;
    },
    end: async () => {},
  };
  return { place, posted, answer: (message: Answer) => answer(message), isBusy: () => busy };
}
const asks = { latents: new Float32Array(8), captioned: undefined };
const model: Model = {
  ...tinyModel(),
  source: { card: tinyModel().card, generator: new Uint8Array(), discriminator: null, vocabulary: null },
};
const hole = { image: noisePicture(16, 16, 1), mask: centreHole(16, 16) };

test('an error of who is told of steps ends the call, there too', async () => {
  const { place, posted, answer, isBusy } = placeInHand();
  const { ask } = connect(place);
  const onStep = () => {
    throw new Error('mine');
  };
  const call = ask('inpaint', { masked: [], options: {}, steps: true }, { onStep });
  answer({ id: 1, step: { step: [1, 2], evaluations: 1, candidates: [], progress: [] } });
  await expect(call).rejects.toThrow('mine');
  expect(posted.at(-1)).toEqual({ id: 1, stop: true });
  expect(isBusy()).toBe(false);
});

test('what cannot be posted fails, and nothing waits for it', async () => {
  const { place, isBusy, posted } = placeInHand();
  const { ask } = connect(place);
  const controller = new AbortController();
  const strange = { ...asks, latents: (() => {}) as never };
  await expect(ask('generate', strange, { signal: controller.signal })).rejects.toThrow(/could not be cloned/);
  expect(isBusy()).toBe(false);
  controller.abort();
  expect(posted).toEqual([]);
});

test('answers come in any order; one to a stopped call is not heard', async () => {
  const { place, answer, posted, isBusy } = placeInHand();
  const { ask } = connect(place);
  const controller = new AbortController();
  const [a, b, c] = [
    ask('generate', asks),
    ask('generate', asks, { signal: controller.signal }),
    ask('generate', asks),
  ];
  controller.abort(new Error('enough'));
  await expect(b).rejects.toThrow('enough');
  expect(posted.at(-1)).toEqual({ id: 2, stop: true });
  answer({ id: 3, value: 'c' });
  answer({ id: 2, value: 'b' });
  expect(isBusy()).toBe(true);
  answer({ id: 1, value: 'a' });
  expect([await a, await c]).toEqual(['a', 'c']);
  expect(isBusy()).toBe(false);
});

test('a search that is aborted while it begins is left there too', async () => {
  const { place, answer, posted } = placeInHand();
  const opening = openRemote(model, () => place);
  answer({ id: 1, value: 'cpu' });
  const inpainter = await opening;
  const controller = new AbortController();
  const first = inpainter.search(hole, {}, { signal: controller.signal }).next();
  controller.abort(new Error('enough'));
  await expect(first).rejects.toThrow('enough');
  expect(posted.slice(2)).toEqual([
    { id: 2, stop: true },
    { id: 3, call: 'leave', asks: { search: 2 } },
  ]);
});

test('a caller\u2019s objects may hold what cannot be posted', async () => {
  const { place, answer, posted } = placeInHand();
  const opening = openRemote(model, () => place);
  answer({ id: 1, value: 'cpu' });
  const inpainter = await opening;
  const call = inpainter.inpaint({ ...hole, image: { ...hole.image, close() {} } as never });
  expect(posted[1]).toMatchObject({
    call: 'inpaint',
    asks: { masked: [hole], options: { schedule: 'plateau', blend: 'poisson' } },
  });
  answer({
    id: 2,
    value: [{ candidates: [{ latent: new Float32Array(8), losses: {}, generated: noisePicture(16, 16, 2) }] }],
  });
  expect((await call).candidates).toHaveLength(1);
});
