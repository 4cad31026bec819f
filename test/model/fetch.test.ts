import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FetchProgress, fetchModel } from '../../src/model/fetch.ts';
import { loadModel } from '../../src/model/folder.ts';
import { type Answers, serveFiles } from '../helpers/serve.ts';

const answers: Answers = new Map();
let server: Awaited<ReturnType<typeof serveFiles>>;
let address: string;
beforeAll(async () => {
  server = await serveFiles(answers);
  address = `${server.address}/models`;
});
afterAll(() => server.close());

test('a model comes over HTTP as it lies on the disk, and tells how far it is', async () => {
  const told: FetchProgress[] = [];
  const fetched = await fetchModel(`${address}/fashion-32`, { onProgress: (progress) => told.push(progress) });
  const loaded = await loadModel('models/fashion-32');
  expect(fetched.card).toEqual(loaded.card);
  expect(fetched.source!.generator).toEqual(new Uint8Array(loaded.source!.generator));
  expect(fetched.source!.vocabulary).toEqual(loaded.source!.vocabulary);
  const total = [...Object.values(fetched.source!)].reduce(
    (sum, part) => sum + (part instanceof Uint8Array ? part.length : 0),
    0,
  );
  const words = readFileSync('models/fashion-32/vocabulary.json').length;
  expect(told.at(-1)).toEqual({ loaded: total + words, total: total + words });
  expect(told.map(({ loaded }) => loaded)).toEqual(told.map(({ loaded }) => loaded).sort((a, b) => a - b));
});

test('a changed file, a missing one, and a server that is not there are told of', async () => {
  answers.set('/models/fashion-32/discriminator.onnx', { body: readFileSync('models/fashion-32/generator.onnx') });
  const changed = fetchModel(`${address}/fashion-32/`);
  await expect(changed).rejects.toThrow(/Expected 'http:.*discriminator\.onnx' to be the file that model\.json names/);
  answers.set('/models/fashion-32/discriminator.onnx', { status: 404, body: 'gone' });
  await expect(fetchModel(`${address}/fashion-32`)).rejects.toThrow(/discriminator\.onnx', got status 404/);
  answers.clear();
  answers.set('/models/fashion-32/model.json', { body: '<html>' });
  await expect(fetchModel(`${address}/fashion-32`)).rejects.toMatchObject({ code: 'model' });
  answers.clear();
  await expect(fetchModel('http://127.0.0.1:9/toon-64')).rejects.toThrow(/cannot be reached: check the connection/);
  await expect(fetchModel('toon-64')).rejects.toThrow("Expected the address of a model's folder, got 'toon-64'");
});

test('a signal ends it', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const onProgress = () => controller.abort(reason);
  await expect(fetchModel(`${address}/toon-64`, { signal: controller.signal, onProgress })).rejects.toBe(reason);
  await expect(fetchModel(`${address}/toon-64`, { signal: controller.signal })).rejects.toBe(reason);
});
