import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type BatchOptions, batchLoader, type DatasetSource } from '../../src/data/batches.ts';
import { openDataset } from '../../src/data/open-dataset.ts';
import { writeImage } from '../../src/image/image-file.ts';
import { noisePicture } from '../helpers/pictures.ts';

const options: BatchOptions = { batch: 6, seed: 5, flip: true, captionDropout: 0.2 };

/** A folder of small pictures with captions, some of them damaged. */
async function pictures(count: number, isDamaged: (i: number) => boolean): Promise<DatasetSource> {
  const source = mkdtempSync(join(tmpdir(), 'latentfill-'));
  const name = (i: number) => `${String(i).padStart(3, '0')}.png`;
  for (let i = 0; i < count; i++) {
    await writeImage(join(source, name(i)), noisePicture(12, 10, i));
    if (isDamaged(i)) writeFileSync(join(source, name(i)), 'no picture');
  }
  const lines = Array.from({ length: count }, (_, i) =>
    JSON.stringify({ file: name(i), captions: [`a ${i}`, `b ${i}`] }),
  );
  writeFileSync(join(source, 'captions.jsonl'), lines.join('\n'));
  return { source, size: 8, split: 'train' };
}

/** Runs a program with the built package's `batchLoader` in scope: what it prints, and how it ends. */
async function run(program: string, flags: string[] = []): Promise<string> {
  const url = new URL('../../dist/data/batches.js', import.meta.url);
  const code = `import { batchLoader } from ${JSON.stringify(url)};\n${program}`;
  const { stdout, stderr } = await promisify(execFile)('node', [...flags, '--input-type=module', '-e', code]);
  expect(stderr).toBe('');
  return stdout.trim();
}

test('any number of threads gives what the calling thread gives, from any step on', async () => {
  const source = await pictures(60, (i) => i % 7 === 0);
  const here = await batchLoader(await openDataset(source.source, source), options);
  const expected = [];
  for (let step = 0; step < 24; step++) expected.push(await here.load(step));
  expect(here.skipped.length).toBeGreaterThan(4);
  for (const [workers, cacheBytes] of [
    [1, 2 ** 30],
    [3, 20 * 192],
  ]) {
    await using threads = await batchLoader(source, { ...options, workers: workers!, cacheBytes: cacheBytes! });
    expect(threads.epochLength).toBe(here.epochLength);
    for (const step of [17, 18, 19, 2]) expect(await threads.load(step)).toEqual(expected[step]);
    expect(await Promise.all(expected.map((_, step) => threads.load(step)))).toEqual(expected);
    const byIndex = (all: typeof here.skipped) => [...all].sort((a, b) => a.index - b.index);
    expect(byIndex(threads.skipped)).toEqual(byIndex(here.skipped));
  }
});

test('a batch is its own memory: later ones leave it as it was', async () => {
  const source: DatasetSource = { source: 'toon', size: 16, split: 'train', count: 40 };
  await using loader = await batchLoader(source, { ...options, keep: 1, workers: 2 });
  const first = await loader.load(0);
  const [images, indices] = [first.images.slice(), first.indices.slice()];
  expect(first.images.buffer).toBeInstanceOf(ArrayBuffer);
  expect(first.images.buffer.byteLength).toBe(4 * 6 * 3 * 16 * 16);
  for (let step = 1; step < 20; step++) expect((await loader.load(step)).images.buffer).not.toBe(first.images.buffer);
  expect([first.images, first.indices]).toEqual([images, indices]);
});

test('what cannot be opened is told as the calling thread tells it', async () => {
  const wrong: DatasetSource = { source: join(tmpdir(), 'latentfill-none'), size: 8, split: 'train' };
  const sentence = await openDataset(wrong.source, wrong).catch((error) => error);
  expect(sentence.name).toBe('LatentfillError');
  await expect(batchLoader(wrong, { ...options, workers: 2 })).rejects.toEqual(sentence);
  const toon: DatasetSource = { source: 'toon', size: 16, split: 'train', count: 5 };
  await expect(batchLoader(toon, options)).rejects.toThrow(/at least 6 training images for a batch, got 5/);
});

test('a folder of damaged images is one error, also before anyone asks for its step', async () => {
  await using loader = await batchLoader(await pictures(30, () => true), options);
  await expect(loader.load(0)).rejects.toThrow(/that can be read, got (\d+) damaged ones among \1: .*\.png/);
  await new Promise((resolve) => setTimeout(resolve, 100)); // steps 1 and 2 have failed too
  await expect(loader.load(1)).rejects.toMatchObject({ name: 'LatentfillError' });
});

test('disposing of the loader ends what is asked for, at once and again', async () => {
  const source: DatasetSource = { source: 'toon', size: 64, split: 'train' };
  for (let round = 0; round < 3; round++) {
    const loader = await batchLoader(source, { batch: 4000, seed: 0, workers: 2, ahead: 1 });
    const asked = loader.load(round);
    asked.catch(() => {});
    await loader[Symbol.asyncDispose]();
    await expect(asked).rejects.toThrow(/disposed of/);
    await expect(loader.load(9)).rejects.toThrow(/disposed of/);
    await loader[Symbol.asyncDispose]();
  }
});

test('the built package reads in threads, which keep no process alive, disposed of or not', async () => {
  const source = `{ source: 'toon', size: 16, split: 'train', count: 40 }`;
  const program = (end: string) => `const loader = await batchLoader(${source}, { batch: 6, seed: 5 });
    console.log((await loader.load(3)).indices.join());
    ${end}`;
  const here = await batchLoader(await openDataset('toon', { size: 16, split: 'train', count: 40 }), {
    batch: 6,
    seed: 5,
  });
  const indices = (await here.load(3)).indices.join();
  expect(await run(program(''))).toBe(indices);
  expect(await run(program('await loader[Symbol.asyncDispose]();'))).toBe(indices);
});

test('a thread that runs out of memory ends in a sentence', async () => {
  const { source } = await pictures(10, () => false);
  const line = (i: number) => JSON.stringify({ file: `${i}.png`, captions: ['a', 'b', 'c'] });
  writeFileSync(join(source, 'captions.jsonl'), Array.from({ length: 300_000 }, (_, i) => line(i)).join('\n'));
  const program = `await batchLoader({ source: ${JSON.stringify(source)}, size: 8, split: 'train' }, { batch: 2, seed: 0 })
    .catch(({ name, message }) => console.log(name, message));`;
  expect(await run(program, ['--max-old-space-size=40'])).toMatch(
    /^LatentfillError Expected the thread that reads the data to go on, but it ran out of memory: give Node more/,
  );
});
