import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { optional } from '../../src/base/optional-package.ts';
import { installPackage } from '../helpers/installed.ts';

/** The packages of a scope, or those of them that are for this machine. */
const scope = (name: string) =>
  readdirSync(join(import.meta.dirname, '../../node_modules', name)).map((one) => `${name}/${one}`);
const SHARP = ['sharp', 'detect-libc', 'semver', ...scope('@img')];

/** Prints what comes of drawing sheets without text and with it. */
const sheets = `
  const { drawSheet, image } = await import('latentfill/node');
  const rows = [{ images: [image(4, 4, 3, new Float32Array(48))] }];
  for (const title of ['', 'a']) {
    await drawSheet({ rows, title }).then(() => console.log('drawn'), ({ name, message }) => console.log(name + ': ' + message));
  }`;
const missing = (name: string, use: string, packages = name) =>
  `LatentfillError: Expected the package ${name} for ${use}, got none installed: run \`npm i ${packages}\`.`;

test('images, toon faces and Parquet say what to install where it is missing', async () => {
  await using installed = await installPackage([]);
  await writeFile(join(installed.folder, 'a.png'), 'none');
  await writeFile(join(installed.folder, 'a.parquet'), 'none');
  const said = await installed.script(`
    const { readImage } = await import('latentfill/node');
    const { openDataset } = await import('./node_modules/latentfill/dist/data/open-dataset.js');
    const open = (source) => openDataset(source, { size: 64, split: 'train' });
    for (const task of [() => readImage('a.png'), () => open('toon'), () => open('parquet:a.parquet')]) {
      await task().catch(({ name, message }) => console.log(name + ': ' + message));
    }`);
  expect(said.split('\n')).toEqual([
    missing('sharp', 'image files'),
    missing('@dicebear/core', 'toon faces', '@dicebear/core@9 @dicebear/toon-head@9 @resvg/resvg-js@2'),
    missing('hyparquet', 'Parquet files'),
  ]);
});

test('sheets say what to install where it is missing', async () => {
  await using installed = await installPackage(SHARP);
  const [drawing] = (await installed.script(sheets)).split('\n');
  expect(drawing).toBe(missing('@resvg/resvg-js', 'sheets of pictures'));
});

test('without the font, sheets without text are drawn and others say what to install', async () => {
  await using installed = await installPackage([...SHARP, ...scope('@resvg')]);
  expect((await installed.script(sheets)).split('\n')).toEqual([
    'drawn',
    missing('@expo-google-fonts/inter', 'text on sheets'),
  ]);
});

test('what fails for another reason stays as it is', async () => {
  const failure = Object.assign(new Error("Cannot find package 'b' imported from a"), { code: 'ERR_MODULE_NOT_FOUND' });
  const fail = () => Promise.reject(failure);
  await expect(optional(fail, 'a @scope/c@2', 'a test')).rejects.toBe(failure);
  await expect(optional(fail, 'a b@2', 'a test')).rejects.toThrow(
    'Expected the package b for a test, got none installed: run `npm i a b@2`.',
  );
  expect(await optional(() => 3, 'a', 'a test')).toBe(3);
});
