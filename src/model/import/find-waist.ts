/** @file The waist of an imported generator: found in its graph, or named, and whitened on samples. */

import { LatentfillError } from '../../base/errors.ts';
import { random } from '../../base/random.ts';
import { type OpenOnnx, openOnnx } from '../../graph/onnx/read.ts';
import { count, input, type Value } from '../../graph/value.ts';
import { usesOf, waistOf } from '../../graph/waist.ts';
import type { Programs } from '../../runtime/programs.ts';
import { rowsOf, runRows } from '../../runtime/rows.ts';
import { type Draft, latentParts, latentSpace, type WaistCard } from '../card.ts';
import { drawLatents } from '../latents.ts';
import { cutPoint, fixedInputs } from '../wiring.ts';
import { type Whitened, whitened } from './whitened.ts';

/** Latents whose waist is drawn to whiten it. */
const SAMPLES = 10_000;

/** A generator's waist and its whitened space. */
export interface FoundWaist {
  readonly card: WaistCard;
  readonly space: Whitened;
}

/**
 * The waist of the generator of a card, or the tensor that is `named`. Undefined where it has none.
 * @throws LatentfillError for a tensor that the generator does not have, or that is no waist.
 */
export async function findWaist(
  programs: Programs,
  card: Draft,
  generator: Uint8Array,
  { named, seed, signal }: { named: string | undefined; seed: number; signal?: AbortSignal | undefined },
): Promise<FoundWaist | undefined> {
  const network = openOnnx(generator);
  const { image: output } = card.network!.generator;
  const { tensors, outputs, parts } = readAt(network, card, 2, output);
  const image = outputs[output]!;
  const main = parts[latentParts(card)[0]!.input]!;
  const value = named === undefined ? waistOf(main, image)?.value : tensors.get(named);
  const name = named ?? [...tensors].findLast(([, tensor]) => tensor === value)?.[0];
  if (named !== undefined && (value?.shape[0] !== 2 || value.dtype !== 'float32')) {
    throw new LatentfillError(
      'network',
      `Expected the name of a tensor of the generator with a batch axis in the option 'searchIn', got '${named}': look at its graph.`,
    );
  }
  if (!value || name === undefined) return undefined;
  const shape = value.shape.slice(1);
  const size = count(shape);
  const samples = new Float32Array(SAMPLES * size);
  const latents = drawLatents(latentSpace(card), random(seed, 'waist'), SAMPLES);
  const graph = {
    key: 'waist',
    build: (rows: number) => ({ outputs: { waist: readAt(network, card, rows, name).outputs[name]! } }),
  };
  const feeds = (start: number, rows: number) => ({ latent: rowsOf(latents, card.latent.size, start, rows) });
  for await (const { start, outputs } of runRows(programs, graph, SAMPLES, feeds, { most: 500, signal })) {
    samples.set(outputs.waist!, start * size);
  }
  return {
    card: { tensor: name, shape: [...shape], uses: usesOf(value, image) },
    space: await whitened(samples, size, signal),
  };
}

/** One tensor of the generator, for `rows` latents. */
function readAt(network: OpenOnnx, card: Draft, rows: number, output: string) {
  const parts: Readonly<Record<string, Value>> = cutPoint(latentParts(card), input('latent', [rows, card.latent.size]));
  const inputs = { ...parts, ...fixedInputs(card.network!.generator.fixed, rows) };
  return { parts, ...network.read({ inputs, outputs: [output] }) };
}
