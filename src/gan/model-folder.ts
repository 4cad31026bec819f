/** @file The folder of a finished model: model.json, generator.onnx, discriminator.onnx, CARD.md, samples.png. Node only. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LatentfillError } from '../base/errors.ts';
import { writeWhole } from '../base/files.ts';
import { cardSchema, type Model, type ModelCard, openModel } from './model.ts';

/** The files that a card vouches for. */
const networkFiles = ['generator.onnx', 'discriminator.onnx'] as const;

/** What a model folder is made of. */
export interface ModelFiles {
  readonly card: Omit<ModelCard, 'files'>;
  readonly generator: Uint8Array;
  readonly discriminator: Uint8Array;
  /** CARD.md. */
  readonly text: string;
  /** samples.png. */
  readonly samples: Uint8Array;
}

/** Reads a model folder. @throws LatentfillError when a file is missing, damaged or not the one that the card names. */
export async function loadModel(folder: string): Promise<Model> {
  const card = await readCard(folder);
  const [generator, discriminator] = await Promise.all(
    networkFiles.map(async (name) => {
      const path = join(folder, name);
      const bytes = await readFile(path).catch(() => {
        throw new LatentfillError(
          `Expected the model's '${name}' at '${path}', got no such file: copy the whole folder again.`,
        );
      });
      if (sha256(bytes) !== card.files[name]) {
        throw new LatentfillError(
          `Expected '${path}' to be the file that model.json names (sha256), got another: copy the whole folder again.`,
        );
      }
      return bytes;
    }),
  );
  return openModel(card, generator!, discriminator!);
}

/** Writes a model folder; model.json comes last, so that a folder with one is whole. */
export async function saveModel(
  folder: string,
  { card, generator, discriminator, text, samples }: ModelFiles,
): Promise<void> {
  await writeWhole(join(folder, 'generator.onnx'), generator);
  await writeWhole(join(folder, 'discriminator.onnx'), discriminator);
  await writeWhole(join(folder, 'CARD.md'), text);
  await writeWhole(join(folder, 'samples.png'), samples);
  const files = { 'generator.onnx': sha256(generator), 'discriminator.onnx': sha256(discriminator) };
  await writeWhole(join(folder, 'model.json'), `${JSON.stringify(cardSchema.parse({ ...card, files }), null, 2)}\n`);
}

async function readCard(folder: string): Promise<ModelCard> {
  const path = join(folder, 'model.json');
  const text = await readFile(path, 'utf8').catch(() => {
    throw new LatentfillError(
      `Expected a model folder with a model.json at '${folder}', got none: give --model such a folder.`,
    );
  });
  try {
    return cardSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new LatentfillError(
      `Expected '${path}' to be a latentfill model card of format 1, got something else: copy it again.`,
      { cause },
    );
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
