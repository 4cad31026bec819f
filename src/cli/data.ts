/** @file `latentfill data`: shows a source as a model will see it. */

import { defineCommand } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import { evenIndices } from '../base/indices.ts';
import type { Dataset, Split } from '../data/dataset.ts';
import { openDataset, sourceForms } from '../data/open-dataset.ts';
import { readPicture } from '../data/read-picture.ts';
import type { Image } from '../image/image.ts';
import { checkOutput, writeImage } from '../image/image-file.ts';
import { drawSheet, rowsOfSheet, type SheetRow, sheetScale } from '../report/sheet.ts';
import { wholeNumber } from './flag-values.ts';
import { commonFlags } from './flags.ts';
import { print, printJson } from './terminal.ts';

/** Images whose captions are counted, for the fewest and the most of an image. */
const LOOKED_AT = 300;

const args = {
  source: {
    type: 'positional',
    required: true,
    description: `${sourceForms.join(', ')}, or a folder of images.`,
  },
  sheet: { type: 'string', valueHint: 'file', description: 'Draw images here, as a model will see them.' },
  size: { type: 'string', default: '64', valueHint: 'number', description: 'Pixels a side.' },
  split: { type: 'string', default: 'train', valueHint: 'train|heldout', description: 'Which part of the data.' },
  count: {
    type: 'string',
    default: '64',
    valueHint: 'number',
    description: 'How many images the sheet shows, from the first to the last.',
  },
  captions: { type: 'boolean', description: 'Write the first caption under each image of the sheet.' },
  ...commonFlags,
} as const;

export default defineCommand({
  meta: { name: 'data', description: 'Tell what is in a data source, and show what a model will see of it.' },
  args,
  async run({ args: given }) {
    const { source, sheet, json = false } = given;
    const [size, count] = [positive('size', given.size), positive('count', given.count)];
    if (sheet !== undefined) checkOutput(sheet);
    const dataset = await openDataset(source, { size, split: splitOf(given.split) });
    const shown = sheet === undefined ? undefined : await draw(sheet, dataset, count, given.captions ?? false);
    const summary = { source, split: given.split, ...summaryOf(dataset), ...shown };
    if (json) printJson(summary);
    else print(lines(summary));
  },
});

/** The sheet, its number of images, and the errors of the others. */
interface Drawn {
  readonly sheet: string;
  readonly images: number;
  readonly damaged: readonly string[];
}

type Summary = ReturnType<typeof summaryOf> & { readonly split: string } & Partial<Drawn>;

function summaryOf(dataset: Dataset) {
  const looked = evenIndices(dataset.length, LOOKED_AT);
  const counts = looked.map((index) => dataset.captions(index).length);
  const attributes = dataset.attributes && Object.keys(Object.assign({}, ...looked.map(dataset.attributes)));
  return {
    name: dataset.name,
    size: dataset.size,
    length: dataset.length,
    captionsPerImage: [Math.min(...counts), Math.max(...counts)] as const,
    example: dataset.captions(looked.find((_, i) => counts[i]! > 0) ?? 0),
    embeddings: dataset.embeddings !== undefined,
    attributes: attributes ?? [],
    ...dataset.licence,
  };
}

function lines({ name, split, size, length, captionsPerImage: [fewest, most], ...rest }: Summary): string[] {
  const captions = fewest === most ? `${most}` : `${fewest} to ${most}`;
  return [
    `${name}, ${split} split: ${length} images, seen at ${size}×${size}`,
    `captions    ${captions} an image${rest.embeddings ? ', with embeddings' : ''}`,
    ...rest.example.map((caption) => `            ${caption}`),
    ...(rest.attributes.length > 0 ? [`attributes  ${rest.attributes.join(', ')}`] : []),
    `licence     ${rest.licence}`,
    `            ${rest.attribution}`,
    ...(rest.sheet === undefined ? [] : [`sheet       ${rest.sheet}: ${rest.images} images`]),
    ...(rest.damaged ?? []).map((message) => `damaged     ${message}`),
  ];
}

/** Draws evenly spaced images on a sheet; reports those that cannot be read. */
async function draw(sheet: string, dataset: Dataset, count: number, captioned: boolean): Promise<Drawn> {
  const images: Image[] = [];
  const captions: string[] = [];
  const damaged: string[] = [];
  for (const index of evenIndices(dataset.length, count)) {
    const { picture, reason } = await readPicture(dataset, index);
    if (!picture) damaged.push(reason);
    else {
      images.push(picture);
      captions.push(dataset.captions(index)[0] ?? '');
    }
  }
  if (images.length === 0) throw new LatentfillError('data', `${damaged[0]} No other image could be read either.`);
  const across = Math.min(captioned ? 8 : 16, Math.ceil(Math.sqrt(images.length)));
  const rows = rowsOfSheet(images, across).map((row, r): SheetRow => {
    return captioned ? { ...row, captions: captions.slice(r * across, (r + 1) * across) } : row;
  });
  await writeImage(sheet, await drawSheet({ rows, scale: sheetScale(dataset.size, 128) }));
  return { sheet, images: images.length, damaged };
}

function splitOf(text: string): Split {
  if (text === 'train' || text === 'heldout') return text;
  throw new LatentfillError('command', `Expected --split train or --split heldout, got '${text}'.`);
}

function positive(flag: string, text: string): number {
  const value = wholeNumber(flag, text);
  if (value > 0 && value <= 1024) return value;
  throw new LatentfillError('command', `Expected 1 to 1024 for --${flag}, got ${text}.`);
}
