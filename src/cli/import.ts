/** @file `latentfill import`: a model folder from networks that were trained elsewhere. */

import { defineCommand } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import type { Image } from '../image/image.ts';
import { encodePng } from '../image/image-file.ts';
import { resizeImage } from '../image/resize.ts';
import { checkModelPlace, saveModel } from '../model/folder.ts';
import { importedCardText } from '../model/import/card-text.ts';
import type { InputRule } from '../model/import/fixed.ts';
import { importModel } from '../model/import/import.ts';
import { readOnnxFile } from '../model/import/onnx-file.ts';
import { drawSheet, rowsOfSheet, sheetScale } from '../report/sheet.ts';
import { interruptSignal } from './exit-code.ts';
import { nameOf, wholeNumber } from './flag-values.ts';
import { commonFlags, inFlags, repeated } from './flags.ts';
import { sourceFlags, sourceOf } from './import-source.ts';
import { print, printJson, say } from './terminal.ts';

const args = {
  ...sourceFlags,
  discriminator: { type: 'string', valueHint: 'file', description: 'The discriminator (.onnx), if there is one.' },
  out: { type: 'string', required: true, valueHint: 'folder', description: 'The model folder to write.' },
  name: { type: 'string', valueHint: 'text', description: "The model's name (default: the folder's)." },
  input: {
    type: 'string',
    valueHint: 'name=value|search',
    description:
      'What becomes of an input besides latent and image: a number that fills it, all of its numbers ([0,1,0]), or search. May be repeated.',
  },
  'latent-input': { type: 'string', valueHint: 'name', description: "The generator's latent (default: by its shape)." },
  'image-output': { type: 'string', valueHint: 'name', description: "The generator's image (default: by its shape)." },
  'logit-output': {
    type: 'string',
    valueHint: 'name',
    description: "The discriminator's logit (default: by its shape).",
  },
  'search-in': {
    type: 'string',
    valueHint: 'tensor',
    description: 'The tensor of the generator to search in (default: the one that all of it passes, as StyleGAN has).',
  },
  faces: {
    type: 'string',
    valueHint: 'ffhq',
    description: 'The generator draws faces, laid out so: inpaint turns those of photographs to lie the same way.',
  },
  seed: { type: 'string', valueHint: 'number', description: 'The latents to sample (default 0).' },
  ...commonFlags,
} as const;

export default defineCommand({
  meta: { name: 'import', description: 'Check a generator and discriminator and write them as a model folder.' },
  args,
  async run({ args: given, rawArgs }) {
    const signal = interruptSignal('no model was written');
    const { out } = given;
    const { latent, range, read } = sourceOf(given);
    const options = {
      name: given.name ?? nameOf(out),
      latent,
      range,
      inputs: Object.fromEntries(repeated('input', rawArgs).map(parseRule)),
      latentInput: given['latent-input'],
      imageOutput: given['image-output'],
      logitOutput: given['logit-output'],
      searchIn: given['search-in'],
      faces: facesOf(given.faces),
      seed: wholeNumber('seed', given.seed ?? '0'),
    } as const;
    await checkModelPlace(out);
    const generator = await read();
    const discriminator = given.discriminator === undefined ? null : await readOnnxFile(given.discriminator);
    const { model, samples, notes } = await importModel({ generator, discriminator }, { ...options, signal });
    const { card, source } = model;
    const text = importedCardText(card, notes);
    await saveModel(out, {
      card,
      generator,
      discriminator,
      waist: source?.waist ?? null,
      text,
      samples: await sheet(samples),
    });
    if (given.json) {
      printJson({ model: out, name: card.name, image: card.image, latent: card.latent, notes });
      return;
    }
    for (const note of notes) say(inFlags(note));
    print(
      `model written to ${out}: ${card.latent.size} numbers to ${card.image.size}×${card.image.size} images, samples in samples.png; ` +
        `fill a hole: latentfill inpaint photo.png --mask mask.png --model ${out} --out filled.png`,
    );
  },
});

/** @throws LatentfillError for a layout that has no name here. */
function facesOf(given: string | undefined): { readonly layout: 'ffhq' } | undefined {
  if (given === undefined || given === 'ffhq') return given && { layout: given };
  throw new LatentfillError(
    'command',
    `Expected --faces ffhq, got '${given}': leave it out for faces that lie otherwise.`,
  );
}

/** `name=search`, `name=0.7`, `name=[0,1,0]`, `name=0,1,0`. */
function parseRule(text: string): [name: string, rule: InputRule] {
  const [, name, value = ''] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name !== undefined && value === 'search') return [name, 'search'];
  const numbers = value
    .replace(/^\s*\[|\]\s*$/g, '')
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(Number);
  if (name !== undefined && numbers.length > 0 && numbers.every(Number.isFinite)) return [name, numbers];
  throw new LatentfillError(
    'command',
    `Expected --input name=value or name=search, got '${text}': a value is a number, or numbers like [0,1,0].`,
  );
}

/** Samples in samples.png are at most so wide, so that the file stays small. */
const WIDEST = 256;

async function sheet(samples: readonly Image[]): Promise<Uint8Array> {
  const shown = samples.map((sample) => (sample.width > WIDEST ? resizeImage(sample, WIDEST, WIDEST) : sample));
  const across = samples.length >= 60 ? 10 : Math.ceil(Math.sqrt(samples.length * 1.5));
  return encodePng(await drawSheet({ rows: rowsOfSheet(shown, across), scale: sheetScale(shown[0]!.width, 96) }));
}
