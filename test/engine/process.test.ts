import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openInpainter } from '../../src/engine/open-inpainter.ts';
import { beginProcess } from '../../src/engine/place.ts';
import { openRemote } from '../../src/engine/remote.ts';
import type { FacePoints } from '../../src/image/face-square.ts';
import { centreHole } from '../../src/image/holes.ts';
import type { Inpainter } from '../../src/inpaint/inpainter.ts';
import { importModel } from '../../src/model/import/import.ts';
import type { Model } from '../../src/model/model.ts';
import * as networks from '../helpers/networks.ts';
import { noisePicture, tinyModel } from '../helpers/pictures.ts';

const hole = (seed: number) => ({ image: noisePicture(20, 24, seed), mask: centreHole(20, 24) });
const quick = { steps: 7, restarts: 2, screen: 32 } as const;
let model: Model;
let away: Inpainter;

beforeAll(async () => {
  const files = { generator: networks.torchGenerator(), discriminator: networks.logitDiscriminator() };
  ({ model } = await importModel(files, { name: 'brought', latent: 'normal', range: [-1, 1] }));
  away = await openInpainter(model, { where: 'process' });
});
afterAll(() => away[Symbol.asyncDispose]());

test('a process gives what this thread gives, bit by bit', async () => {
  await using here = await openInpainter(model);
  expect(away.device).toBe('cpu');
  const steps: string[] = [];
  const [a, b] = [
    await here.inpaintAll([hole(1), hole(2)], quick),
    await away.inpaintAll([hole(1), hole(2)], quick, { onStep: ({ step }) => steps.push(`${step}`) }),
  ];
  expect(steps).toEqual(['1,7', '2,7', '3,7', '4,7', '5,7', '6,7', '7,7']);
  for (const [i, filled] of b.entries()) {
    expect(structuredClone(filled)).toEqual(structuredClone(a[i]!));
    expect(await filled.blended()).toEqual(await a[i]!.blended());
  }
  expect(await away.sample(3, { seed: 4 })).toEqual(await here.sample(3, { seed: 4 }));
});

test('a face is turned there as it is here', async () => {
  const { source, ...opened } = model;
  const card = { ...model.card, faces: { layout: 'ffhq' } } as const;
  const faces = { ...opened, card, source: { ...source!, card } };
  await using here = await openInpainter(faces);
  await using there = await openInpainter(faces, { where: 'process' });
  const face = [
    ...[
      [7, 8],
      [12, 10],
    ],
    ...[
      [6, 12],
      [10, 13.6],
    ],
  ] as unknown as FacePoints;
  const [a, b] = [await here.inpaint({ ...hole(5), face }, quick), await there.inpaint({ ...hole(5), face }, quick)];
  expect(a.candidates[0]!.views[0]!.box.angle).toBeCloseTo(0.38, 1);
  expect(structuredClone(b)).toEqual(structuredClone(a));
  expect(await b.blended()).toEqual(await a.blended());
});

test('a search there is looked at step by step, and left', async () => {
  await using here = await openInpainter(model);
  const own = here.search(hole(3), quick);
  let steps = 0;
  for await (const { step, evaluations, candidates } of away.search(hole(3), quick)) {
    const { value } = await own.next();
    expect([step, evaluations]).toEqual([value.step, value.evaluations]);
    expect(candidates[0]!.losses).toEqual(value.candidates[0]!.losses);
    expect(await candidates[0]!.draw()).toEqual(await value.candidates[0]!.draw());
    if (++steps === 3) break;
  }
  await own.return(undefined);
  expect((await away.inpaint(hole(3), quick)).candidates).toHaveLength(2);
});

test('what is wrong is told as it is here', async () => {
  const small = { image: noisePicture(20, 24, 1), mask: centreHole(8, 8) };
  await expect(away.inpaint(small)).rejects.toThrow(/Expected the mask to be 20×24 pixels like the image, got 8×8/);
  await expect(away.inpaint(hole(1), { steps: 0 })).rejects.toThrow(/'steps'/);
  expect(() => away.check(small)).toThrow(/got 8×8/);
  await expect(openInpainter(tinyModel(), { where: 'process' })).rejects.toThrow(/Expected a model of files .* 'tiny'/);
  await expect(openInpainter(model, { where: 'worker' })).rejects.toThrow(/Expected a page .* use 'process'/);
  await expect(openInpainter(model, { where: 'process', device: 'wasm' })).rejects.toThrow(
    /devices here .* got 'wasm'/,
  );
});

describe('a signal', () => {
  const long = { steps: 100_000, restarts: 2, screen: 32 };
  test('ends a fill, whose process then does other work', async () => {
    const controller = new AbortController();
    const stopped = away.inpaint(hole(1), long, {
      signal: controller.signal,
      onStep: () => controller.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
    expect((await away.inpaint(hole(1), quick)).candidates).toHaveLength(2);
  });

  test('ends a search between and within its steps', async () => {
    const controller = new AbortController();
    const steps: number[] = [];
    const looped = async () => {
      for await (const { step } of away.search(hole(1), long, { signal: controller.signal })) {
        steps.push(step[0]);
        if (step[0] === 3) setTimeout(() => controller.abort(new Error('enough')));
      }
    };
    await expect(looped()).rejects.toThrow('enough');
    expect(steps.length).toBeGreaterThan(2);
  });

  test('leaves nothing running there', async () => {
    const place = beginProcess();
    let answers = 0;
    const counted = {
      ...place,
      listen: (hear: (message: never) => void) =>
        place.listen((message) => {
          answers++;
          hear(message);
        }),
    };
    await using busy = await openRemote(model, () => counted, undefined);
    const controller = new AbortController();
    const control = { signal: controller.signal, onStep: () => controller.abort(new Error('enough')) };
    await expect(busy.inpaint(hole(1), long, control)).rejects.toThrow('enough');
    for (let i = 0; i < 2; i++) await busy.sample(1); // by then the stop was heard, and answered
    answers = 0;
    await busy.sample(40);
    expect(answers).toBe(1);
  });

  test('ends drawing and blending', async () => {
    const large = { image: noisePicture(512, 512, 1), mask: centreHole(512, 512) };
    const filled = await away.inpaint(large, { ...quick, steps: 1 });
    const running = away.search(large, quick);
    const { value } = await running.next();
    const calls: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
      'Filled.blended': (signal) => filled.blended({ signal }),
      'Fill.blended': (signal) => filled.candidates[1]!.blended({ signal }),
      'Candidate.draw': (signal) => value.candidates[0].draw({ signal }),
      'Candidate.blended': (signal) => value.candidates[0].blended({ signal }),
    };
    for (const [name, call] of Object.entries(calls)) {
      await expect(call(AbortSignal.abort(new Error('too late'))), name).rejects.toThrow('too late');
      const controller = new AbortController();
      const stopped = expect(call(controller.signal), name).rejects.toThrow('enough');
      controller.abort(new Error('enough'));
      await stopped;
      await call(new AbortController().signal); // and once more asked, it is done
    }
    await running.return(undefined);
  });
});

test('what comes over has buffers of its own', async () => {
  const [a, b] = await away.sample(2);
  for (const { latent, image } of [a!, b!]) {
    expect([latent.buffer.byteLength, image.data.buffer.byteLength]).toEqual([
      latent.byteLength,
      image.data.byteLength,
    ]);
  }
  structuredClone(a!.image, { transfer: [a!.image.data.buffer as ArrayBuffer] });
  expect([a!.image.data.length, b!.image.data.length]).toEqual([0, 768]);
});

test('many calls at once are answered each with its own', async () => {
  const filled = await Promise.all([1, 2, 3, 4].map((seed) => away.inpaint(hole(seed), quick)));
  const alone = await away.inpaint(hole(3), quick);
  expect(structuredClone(filled[2])).toEqual(structuredClone(alone));
});

test('a process that ends by itself, or is disposed of, fails what it is asked, in a sentence', async () => {
  const place = beginProcess();
  const dying = await openRemote(model, () => place, undefined);
  const lost = expect(dying.inpaint(hole(1), { steps: 100_000 })).rejects.toThrow(
    /Expected the process of the inpainter to go on, but it was ended by SIGKILL/,
  );
  const found = await away.inpaint(hole(4), quick);
  const there = await dying.inpaint(hole(4), quick);
  await place.end(); // as the kernel does when memory runs out
  await lost;
  expect(await there.blended()).toEqual(await found.blended()); // what was found outlives it
  await expect(dying.sample(1)).rejects.toThrow(/but it was ended by SIGKILL/);
  await dying[Symbol.asyncDispose]();

  const other = await openInpainter(model, { where: 'process' });
  const stopped = expect(other.inpaint(hole(1), { steps: 100_000 })).rejects.toThrow(/Expected an open inpainter/);
  await other[Symbol.asyncDispose]();
  await stopped;
  await expect(other.sample(1)).rejects.toThrow(/Expected an open inpainter/);
});
