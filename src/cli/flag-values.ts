/** @file Values of flags that no schema parses. */

import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { LatentfillError } from '../base/errors.ts';
import { optionsSchema, resolveOptions } from '../inpaint/options.ts';
import type { Options } from '../inpaint/options-type.ts';
import { readPreset } from '../inpaint/preset-file.ts';
import type { Model } from '../model/model.ts';
import { chooseDevice, type Device } from '../runtime/devices.ts';
import { valuesOf } from './flags.ts';
import { say } from './terminal.ts';

/** A whole number, at least 0. */
export function wholeNumber(flag: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new LatentfillError('command', `Expected a whole number for --${flag}, got '${text}'.`);
}

/** What a folder is called, however its path is written. */
export function nameOf(folder: string): string {
  return basename(resolve(folder)) || 'model';
}

/** The options of a search by its flags; --preset is a preset's name or a file of options. */
export function searchOptionsOf(given: Readonly<Record<string, unknown>>): Options {
  const { preset, ...others } = valuesOf(optionsSchema, given);
  const options = { ...(preset !== undefined && readPreset(`${preset}`)), ...others } as Options;
  resolveOptions(options); // wrong options end before anything is read
  return options;
}

/** What --device takes. */
export const nodeDevices = ['cpu', 'webgpu', 'cuda', 'auto'] as const;

/**
 * The device of --device, after a trial; undefined if the flag is absent. With `auto`, prints which device it is and
 * why.
 */
export async function deviceOf(text: string | undefined): Promise<Device | undefined> {
  if (text === undefined) return undefined;
  const wanted = nodeDevices.find((name) => name === text);
  if (!wanted) throw new LatentfillError('command', `Expected --device ${nodeDevices.join(', ')}, got '${text}'.`);
  const { device, reason } = await chooseDevice(wanted);
  if (wanted === 'auto') say(`on ${device}: ${reason}`);
  return device;
}

/** Names the words of a caption that a model never learned, once. */
export function warnOfUnknownWords({ text }: Pick<Model, 'text'>, caption: string | undefined): void {
  const unknown = caption === undefined ? [] : (text?.unknown(caption) ?? []);
  if (unknown.length === 0) return;
  say(`the model never learned '${unknown.join("', '")}': it goes on without.`);
}

/** The numbers of --embedding, a JSON list in a file; undefined where it is not given. */
export async function embeddingOf(path: string | undefined): Promise<Float32Array | undefined> {
  if (path === undefined) return undefined;
  const text = await readFile(path, 'utf8').catch(() => {
    throw new LatentfillError('file', `Expected an embedding in '${path}', got no such file: check the name.`);
  });
  try {
    return Float32Array.from(z.array(z.number()).min(1).parse(JSON.parse(text)));
  } catch (cause) {
    throw new LatentfillError(
      'caption',
      `Expected a JSON list of numbers in '${path}', got something else: write what the sentence encoder gave.`,
      { cause },
    );
  }
}
