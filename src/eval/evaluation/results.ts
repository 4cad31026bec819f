/** @file results.jsonl: the settings of an evaluation, then a line for each fill, written as it goes. Node only. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LatentfillError } from '../../base/errors.ts';
import { append } from '../../base/write-whole.ts';
import type { Method } from '../methods/method.ts';
import { removePictures } from './pictures.ts';

const settingsSchema = z.strictObject({
  evaluation: z.literal(1),
  model: z.string(),
  /** SHA-256 of both networks. */
  networks: z.string(),
  data: z.string(),
  /** Pixels a side. */
  size: z.int(),
  masks: z.array(z.string()),
  seed: z.int(),
  captions: z.boolean(),
  device: z.string(),
  /** SHA-256 of the first picture with its holes. */
  first: z.string(),
});

/** What every fill of an evaluation depends on. */
export type Settings = z.output<typeof settingsSchema>;

const number = z.number().nullable();

const lineSchema = z.strictObject({
  method: z.string(),
  /** A hash of the method's definition. */
  of: z.string(),
  protocol: z.string(),
  picture: z.int(),
  photograph: z.string(),
  hole: z.number(),
  whole: z.number(),
  ssim: z.number(),
  ssimHole: z.number(),
  seam: z.number(),
  /** These are null for what does not search. */
  known: number,
  diversity: number,
  contextual: number,
  evaluations: number,
  /** Null for what another program filled. */
  seconds: number,
  /** The search as it went: images drawn by G, seconds, contextual loss and hole PSNR in dB, at some steps. */
  curve: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])).optional(),
});

/** A fill and its measures. */
export type Line = z.output<typeof lineSchema>;

/** The results of an evaluation so far. */
export interface Results {
  /** The line of a fill; undefined where there is none, or the method was another. */
  get(method: Method, protocol: string, picture: number): Line | undefined;
  /** Adds the lines of fills that were made together: all of them, or none. A line that is there already is not written again. */
  add(lines: readonly Line[]): void;
}

const pathOf = (out: string) => join(out, 'results.jsonl');
const keyOf = (method: string, protocol: string, picture: number) => JSON.stringify([method, protocol, picture]);

/** A hash by which a definition is known. */
export function definitionHash(definition: string): string {
  return createHash('sha256').update(definition).digest('hex').slice(0, 12);
}

/**
 * Opens the results in a folder, and begins them where there are none. A line that a killed process left incomplete is
 * removed.
 * @throws LatentfillError where they are of other settings, or damaged.
 */
export async function openResults(out: string, settings: Settings): Promise<Results> {
  const path = pathOf(out);
  const lines = new Map<string, Line>();
  const keep = (line: Line) => lines.set(keyOf(line.method, line.protocol, line.picture), line);
  const text = existsSync(path) ? await readFile(path, 'utf8') : '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole !== text) await truncate(path, Buffer.byteLength(whole));
  const [first, ...rest] = whole.split('\n').slice(0, -1);
  if (first === undefined) append(path, `${JSON.stringify(settings)}\n`);
  else checkSettings(out, parse(settingsSchema, first, path, 1), settings);
  for (const [i, line] of rest.entries()) keep(parse(lineSchema, line, path, i + 2));
  return {
    get(method, protocol, picture) {
      const found = lines.get(keyOf(method.name, protocol, picture));
      return found?.of === definitionHash(method.definition) ? found : undefined;
    },
    add(added) {
      const isNew = (line: Line) =>
        JSON.stringify(lines.get(keyOf(line.method, line.protocol, line.picture))) !== JSON.stringify(line);
      append(
        path,
        added
          .filter(isNew)
          .map((line) => `${JSON.stringify(line)}\n`)
          .join(''),
      );
      for (const line of added) keep(line);
    },
  };
}

/**
 * Removes the results in a folder, with the pictures of their fills; whatever else lies there stays. Damaged lines are
 * passed over.
 * @throws LatentfillError for a file of that name that is no evaluation's.
 */
export async function removeResults(out: string): Promise<void> {
  const path = pathOf(out);
  if (!existsSync(path)) return;
  const [first, ...rest] = (await readFile(path, 'utf8')).split('\n');
  if (first !== '') parse(settingsSchema, first!, path, 1);
  for (const text of rest) {
    const line = lineOf(text);
    if (line) await removePictures(out, line.method, line);
  }
  await rm(path);
}

/** A line of results; undefined for a damaged one. */
function lineOf(text: string): Line | undefined {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function checkSettings(out: string, earlier: Settings, now: Settings): void {
  const differs = (Object.keys(now) as (keyof Settings)[]).filter(
    (key) => JSON.stringify(earlier[key]) !== JSON.stringify(now[key]),
  );
  if (differs.length === 0) return;
  const [key] = differs;
  const what = { networks: 'the networks of the model', first: 'the pictures or masks' }[key as string] ?? `'${key}'`;
  const values = key === 'networks' || key === 'first' ? '' : ` (${text(earlier[key!])} then, ${text(now[key!])} now)`;
  throw new LatentfillError(
    'options',
    `Expected the settings of the evaluation that is in '${out}', got another value of ${what}${values}: write to another folder, or start anew.`,
  );
}

const text = (value: unknown) => `${value}`;

function parse<T>(schema: z.ZodType<T>, line: string, path: string, number: number): T {
  try {
    return schema.parse(JSON.parse(line));
  } catch (cause) {
    throw new LatentfillError(
      'file',
      `Expected ${number === 1 ? 'the settings of an evaluation' : 'a fill'} in line ${number} of '${path}', got '${line.slice(0, 60)}': ${number === 1 ? 'name another folder' : 'delete that line'}.`,
      { cause },
    );
  }
}
