import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openHere } from '../../src/inpaint/inpainter.ts';
import { tinyModel } from '../helpers/pictures.ts';
import { tryCommandLine, tryLibrary } from '../helpers/try-pairs.ts';

/** Two hundred pairs, by the one way or the other; `npm run bench:pairs` tries more. */
const numbers = Array.from({ length: 200 }, (_, i) => i);
const of = (rest: number) => numbers.filter((i) => i % 2 === rest);

/** As models differ in what their cards say of how they see. */
const taught = [undefined, { share: 1 }, { share: 0.7 }, { share: 0 }].map((view) => {
  const model = tinyModel();
  return { ...model, card: { ...model.card, view } };
});

test('of any picture and mask, the library fills the hole alone, or refuses in a sentence', {
  timeout: 180_000,
}, async () => {
  const inpainters = [];
  for (const model of taught) inpainters.push(await openHere(model));
  const { filled, refused, faults } = await tryLibrary(inpainters, of(0));
  for (const inpainter of inpainters) await inpainter[Symbol.asyncDispose]();
  expect(faults).toEqual([]);
  expect(filled).toBeGreaterThan(70);
  expect(refused).toBeGreaterThan(10); // holes of everything, of nothing, and of a picture's only pixel
});

test('so does the command line, of a folder', { timeout: 180_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latentfill-pairs-'));
  try {
    const cli = join(import.meta.dirname, '../../dist/cli/main.js');
    const { filled, refused, faults } = await tryCommandLine(cli, folder, of(1));
    expect(faults).toEqual([]);
    expect(filled).toBeGreaterThan(60);
    expect(refused).toBeGreaterThan(10);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
