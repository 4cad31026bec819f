/** Gradients of exported generators, discriminators and feature networks against PyTorch's, to 1e-4 of the largest. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compile } from '../../src/runtime/compile.ts';
import { differentiated, type Expected, relativeDifference } from '../helpers/exported.ts';

const folder = join(import.meta.dirname, 'models');
const read = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
const cases = readdirSync(folder).flatMap((file) => {
  if (!file.endsWith('.json')) return [];
  const name = file.slice(0, -5);
  const expected = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Expected;
  const again = expected.atBatch2;
  return [[name, expected, name] as const, ...(again ? [[`${name} at batch 2`, again, name] as const] : [])];
});

test.each(cases)('%s', async (_label, truth, name) => {
  const { graph, feeds, expected } = differentiated(read(`${name}.onnx`), truth, read);
  await using program = await compile(graph);
  const got = await program.run(feeds);
  for (const [key, values] of Object.entries(expected)) {
    expect(relativeDifference(got[key]!, values), key).toBeLessThan(1e-4);
  }
});
