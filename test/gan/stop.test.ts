/** @file Training and exporting stop when told, and what was begun can be resumed. */

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { exportModel } from '../../src/gan/export.ts';
import { sampleCheckpoint } from '../../src/gan/open-checkpoint.ts';
import { recipeSchema } from '../../src/gan/recipe.ts';
import { checkpointEpochs } from '../../src/gan/run/checkpoint.ts';
import { train } from '../../src/gan/train.ts';
import { noisePicture } from '../helpers/pictures.ts';
import { expectNotBegun, expectStops, sessions } from '../helpers/sessions.ts';

vi.mock('../../src/runtime/session.ts', async (original) => {
  const { countedSessions } = await import('../helpers/sessions.ts');
  return countedSessions(await original());
});

const folder = mkdtempSync(join(tmpdir(), 'latentfill-stop-'));
const source = { source: 'toon', size: 16, split: 'train', count: 32 } as const;
const recipe = recipeSchema.parse({
  ...{ data: 'toon', images: 32, size: 16, width: 4, latent: 8, batch: 4, accumulate: 2, seed: 3 },
  ...{ discriminatorSteps: 2, epochs: 2, checkpointEvery: 1 },
});
const noise = (look: (i: number) => Promise<unknown> = async () => {}): Dataset => ({
  name: 'noise',
  length: 32,
  size: 16,
  captions: () => [],
  licence: { licence: 'none', attribution: 'none' },
  async image(i) {
    await look(i);
    return noisePicture(16, 16, i);
  },
});

async function trained(out: string, data: Parameters<typeof train>[1], signal?: AbortSignal): Promise<void> {
  const resume = existsSync(join(out, 'recipe.json'));
  for await (const _ of train(recipe, data, { out, resume, signal }));
}

const hashOf = (out: string) => {
  const last = readdirSync(join(out, 'checkpoints')).sort().at(-1)!;
  return createHash('sha256')
    .update(readFileSync(join(out, 'checkpoints', last)))
    .digest('hex');
};
const locked = (out: string) => existsSync(join(out, '.train.lock'));

let whole: string;
let out: string;
beforeAll(async () => {
  whole = join(folder, 'whole');
  await trained(whole, noise());
});
beforeEach(() => {
  out = join(mkdtempSync(join(folder, 'run-')), 'run');
  sessions.reset();
});

describe('train', () => {
  test('stops within one run of a program and one compilation, and goes on when resumed', async () => {
    const again = () => rmSync(out, { recursive: true, force: true });
    const call = async (signal: AbortSignal) => {
      again();
      await trained(out, noise(), signal);
    };
    await expectStops(call, async () => {
      expect(locked(out)).toBe(false);
      await trained(out, noise());
      expect(hashOf(out)).toBe(hashOf(whole));
    });
  });

  test('begins nothing when it was stopped before', async () => {
    for (const data of [noise(), source]) await expectNotBegun((signal) => trained(out, data, signal));
    expect(existsSync(out)).toBe(false);
  });

  test('stops while an image is decoded, however long that takes', async () => {
    const controller = new AbortController();
    let images = 0;
    const slow = noise(() => {
      if (++images < 6) return Promise.resolve();
      setImmediate(() => controller.abort(new Error('enough')));
      return new Promise(() => {});
    });
    await expect(trained(out, slow, controller.signal)).rejects.toThrow('enough');
    expect([sessions.released, locked(out)]).toEqual([sessions.opened, false]);
    await trained(out, noise());
    expect(hashOf(out)).toBe(hashOf(whole));
  });

  test('stops while the data is opened, here or in threads', async () => {
    const opening = new AbortController();
    const stopped = expect(trained(out, source, opening.signal)).rejects.toThrow('enough');
    opening.abort(new Error('enough'));
    await stopped;
    expect(existsSync(out)).toBe(false);

    const inThreads = new AbortController();
    const began = expect(trained(out, source, inThreads.signal)).rejects.toThrow('enough');
    while (!existsSync(join(out, 'log.jsonl'))) await new Promise(setImmediate); // the threads come next
    inThreads.abort(new Error('enough'));
    await began;
    expect([sessions.opened, locked(out)]).toEqual([0, false]);
    await trained(out, source);
    expect(await checkpointEpochs(out)).toEqual([1, 2]);
  });

  test('is not ended by a signal that comes after its last run: what is done is kept', async () => {
    await trained(out, noise());
    const { runs } = sessions;
    rmSync(out, { recursive: true });
    sessions.reset();
    const controller = new AbortController();
    sessions.onRun = (run) => run === runs && controller.abort(new Error('too late'));
    await trained(out, noise(), controller.signal);
    expect(hashOf(out)).toBe(hashOf(whole));
  });
});

describe('stops within one run of a program', () => {
  test('exportModel, which leaves nothing', async () => {
    const model = join(folder, 'model');
    const call = async (signal: AbortSignal) => {
      rmSync(model, { recursive: true, force: true });
      await exportModel(whole, { out: model, name: 'noise', signal });
    };
    await expectNotBegun(call);
    const before = readdirSync(folder).filter((name) => name !== 'model');
    await expectStops(call, () => expect(readdirSync(folder)).toEqual(before));
  });

  test('sampleCheckpoint', async () => {
    const call = (signal: AbortSignal) => sampleCheckpoint(whole, 2, 70, 0, undefined, signal);
    await expectNotBegun(call);
    await expectStops(call);
  });
});
