import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { protocols } from '../../../src/eval/protocols/index.ts';
import { openProtocols } from '../../../src/eval/protocols/parse.ts';
import { image, type Mask } from '../../../src/image/image.ts';
import { encodePng } from '../../../src/image/image-file.ts';
import { rectangle } from '../../helpers/pictures.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latentfill-'));
});

const png = ({ width, height, data }: Mask) => encodePng(image(width, height, 1, data));
const rng = random('parse');

test('names and folders, in their order', async () => {
  const masks = join(folder, 'ours');
  mkdirSync(masks);
  writeFileSync(join(masks, 'a.png'), await png(rectangle(32, 32, [0, 0, 16, 16])));
  const opened = await openProtocols(`thin, ${masks},center`);
  expect(opened.map(({ name }) => name)).toEqual(['thin', 'ours', 'center']);
  expect(opened[0]).toBe(protocols.thin);
  expect(opened[1]!.about).toBe('The mask of the folder ours, in turn.');
});

test('masks of a folder in turn, at the size of the picture; a pixel that is missing in part is missing', async () => {
  writeFileSync(join(folder, 'b.png'), await png(rectangle(64, 64, [9, 16, 23, 16])));
  writeFileSync(join(folder, 'a.png'), await png(rectangle(32, 16, [8, 0, 8, 8])));
  writeFileSync(join(folder, 'notes.txt'), 'no mask');
  writeFileSync(join(folder, '.hidden.png'), 'no mask');
  const [masks] = await openProtocols(folder);
  const hole = (i: number, width = 32, height = 32) => masks!.hole(width, height, rng, i);
  expect(hole(0, 32, 16)).toEqual(rectangle(32, 16, [8, 0, 8, 8]));
  // From 9 to 32 of 64 pixels: of pixel 4 of 32 only the half is missing.
  expect(hole(1)).toEqual(rectangle(32, 32, [4, 8, 12, 8]));
  expect(hole(2)).toEqual(hole(0));
  expect(hole(3, 64, 64)).toEqual(rectangle(64, 64, [9, 16, 23, 16]));
});

test('a mask that cannot be used is named', async () => {
  await expect(openProtocols(folder)).rejects.toThrow(`Expected PNG, JPEG or WebP masks in '${folder}', got none`);
  writeFileSync(join(folder, 'a.png'), await png(rectangle(64, 64, [0, 0, 63, 64])));
  const [masks] = await openProtocols(folder);
  expect(() => masks!.hole(16, 16, rng, 0)).toThrow(/Expected known pixels .*a\.png' at 16×16 pixels, got only hole/);
  writeFileSync(join(folder, 'b.png'), 'no');
  await expect(openProtocols(folder)).rejects.toMatchObject({
    name: 'LatentfillError',
    message: expect.stringContaining('b.png'),
  });
});

test('what is neither a name nor a folder is an error that lists both, and so is a name that comes twice', async () => {
  const error = { name: 'LatentfillError', code: 'options' };
  for (const wrong of ['centre', 'thin,', '', join(folder, 'none')]) {
    await expect(openProtocols(wrong)).rejects.toMatchObject({
      ...error,
      message: expect.stringMatching(/Expected protocols of center, half, .*, thick or folders of mask files, got/),
    });
  }
  const named = join(folder, 'thin');
  mkdirSync(named);
  writeFileSync(join(named, 'a.png'), await png(rectangle(32, 32, [0, 0, 16, 16])));
  for (const twice of ['half,thick,half', `thin,${named}`]) {
    await expect(openProtocols(twice)).rejects.toMatchObject({
      ...error,
      message: expect.stringContaining(`twice in '${twice}'`),
    });
  }
});
