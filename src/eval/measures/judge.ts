/** @file A judge: a classifier of a user's own that says what pictures show, from a folder. Node only. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseOptions } from '../../base/check-options.ts';
import { LatentfillError } from '../../base/errors.ts';
import { parseWrittenJson } from '../../base/json.ts';
import type { Dataset } from '../../data/dataset.ts';
import { openOnnx } from '../../graph/onnx/read.ts';
import { input } from '../../graph/value.ts';
import type { Image } from '../../image/image.ts';
import { resizeImage } from '../../image/resize.ts';
import { toRange } from '../../model/generate.ts';
import type { Wanted } from '../../runtime/devices.ts';
import { openPrograms } from '../../runtime/programs.ts';
import { type RowGraph, runRows } from '../../runtime/rows.ts';

const headSchema = z.strictObject({ attribute: z.string(), values: z.array(z.string()).min(2) });

const judgeSchema = z.strictObject({
  /** Pixels a side of the pictures that the network takes. */
  size: z.int().min(1),
  /** Its values of black and of white. */
  range: z.tuple([z.number(), z.number()]).default([-1, 1]),
  /** Attributes in the order of its logits: one for each value. */
  heads: z.array(headSchema).min(1),
});

/** What judge.json says. */
export type JudgeCard = z.output<typeof judgeSchema>;

/** What a picture shows: a value by attribute. */
export type Shown = Readonly<Record<string, string>>;

/** An opened judge. Dispose of it to free what ONNX Runtime holds. */
export interface Judge extends AsyncDisposable {
  readonly card: JudgeCard;
  /** What each picture, of any size, shows: of every head the value of the largest logit. */
  classify(pictures: readonly Image[], signal?: AbortSignal): Promise<Shown[]>;
}

/**
 * Opens a folder with `judge.onnx`, which takes `image` [N, 3, size, size] and gives `logits` [N, number of all values], and
 * `judge.json`, a {@link JudgeCard}.
 * @throws LatentfillError where a file is missing, or they do not fit.
 */
export async function openJudge(folder: string, device?: Wanted): Promise<Judge> {
  const card = cardOf(await fileIn(folder, 'judge.json'), folder);
  const network = openOnnx(await fileIn(folder, 'judge.onnx'));
  const { size, range, heads } = card;
  const columns = heads.reduce((sum, { values }) => sum + values.length, 0);
  const build = (rows: number) => {
    const { logits } = network.read({ inputs: { image: input('image', [rows, 3, size, size]) } }).outputs;
    checkLogits(logits?.shape, [rows, columns], folder);
    return { outputs: { logits: logits! } };
  };
  build(2); // a network that does not fit ends before anything is filled
  const graph: RowGraph = { key: 'judge', build };
  const programs = openPrograms({ device });
  const area = 3 * size * size;
  return {
    card,
    async classify(pictures, signal) {
      const shown: Shown[] = [];
      const feeds = (start: number, rows: number) => {
        const image = new Float32Array(rows * area);
        for (const [i, picture] of pictures.slice(start, start + rows).entries()) {
          image.set(toRange(resizeImage(picture, size, size).data, range), i * area);
        }
        return { image };
      };
      for await (const { rows, outputs } of runRows(programs, graph, pictures.length, feeds, { signal })) {
        for (let i = 0; i < rows; i++)
          shown.push(decode(card, outputs.logits!.subarray(i * columns, (i + 1) * columns)));
      }
      return shown;
    },
    [Symbol.asyncDispose]: () => programs[Symbol.asyncDispose](),
  };
}

/**
 * Of the attributes that the data name of a picture and the judge sees in the true picture, the share that it sees in the
 * fill too, 0 to 1; null where it sees none of them in the true picture.
 */
export function attributesKept(named: Shown, truth: Shown, fill: Shown): number | null {
  const asked = Object.entries(named).filter(([attribute, value]) => truth[attribute] === value);
  if (asked.length === 0) return null;
  return asked.filter(([attribute, value]) => fill[attribute] === value).length / asked.length;
}

/** @throws LatentfillError for data that name nothing of what the judge tells apart. */
export function checkNamed({ card: { heads } }: Judge, { name, length, attributes }: Dataset): void {
  for (let i = 0; i < length && attributes; i++) {
    const named = attributes(i);
    if (heads.some(({ attribute, values }) => values.includes(named[attribute]!))) return;
  }
  const told = heads.map(({ attribute }) => attribute).join(', ');
  throw new LatentfillError(
    'data',
    `Expected data that name ${told} as the judge has them, got '${name}' without: leave the judge out, or name the attributes of its judge.json as the data do.`,
  );
}

async function fileIn(folder: string, name: string): Promise<Buffer> {
  const path = join(folder, name);
  return readFile(path).catch((cause) => {
    throw new LatentfillError(
      'file',
      `Expected a judge in '${folder}' (judge.onnx and judge.json), got no '${path}': check the folder.`,
      { cause },
    );
  });
}

function cardOf(bytes: Buffer, folder: string): JudgeCard {
  const path = join(folder, 'judge.json');
  return parseOptions(judgeSchema, parseWrittenJson(`${bytes}`, path, 'file'), `a judge in '${path}'`);
}

/** @throws LatentfillError for another number of logits than the heads have values. */
function checkLogits(shape: readonly number[] | undefined, wanted: readonly number[], folder: string): void {
  if (shape && shape.length === wanted.length && shape.every((n, axis) => n === wanted[axis])) return;
  throw new LatentfillError(
    'network',
    `Expected the output 'logits' of '${join(folder, 'judge.onnx')}' to have a logit for each value of judge.json, [${wanted}], got ${shape ? `[${shape}]` : 'no such output'}: export it again, or correct judge.json.`,
  );
}

/** The value of the largest logit of each head. */
function decode({ heads }: JudgeCard, logits: Float32Array): Shown {
  let at = 0;
  const seen = heads.map(({ attribute, values }) => {
    const own = logits.subarray(at, at + values.length);
    at += values.length;
    return [attribute, values[own.indexOf(Math.max(...own))]!] as const;
  });
  return Object.fromEntries(seen);
}
