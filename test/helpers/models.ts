/** @file The exported models of test/graph/models, from disk. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Extent } from './devices.ts';
import type { Expected, ModelCase } from './exported.ts';

const folder = join(import.meta.dirname, '../graph/models');
const base64 = (name: string) => readFileSync(join(folder, name)).toString('base64');

/** One model of each family. */
const SAMPLE = [
  'biggan_generator_dynamo',
  'dcgan_generator_batch1',
  'fastgan_generator',
  'gradient_operators',
  'jax_generator',
  'nhwc_generator',
  'r3gan_generator',
  'sngan_generator',
  'stylegan2_generator',
  'tensorflow_discriminator',
  'vit',
  'vq_decoder_raw',
  'wgangp_critic',
];

/** Exported models, all or one of each family; one that is fixed at batch 1 also at batch 2. */
export function modelCases(extent: Extent = 'whole'): ModelCase[] {
  return readdirSync(folder).flatMap((file) => {
    const name = file.slice(0, -5);
    if (!file.endsWith('.json') || (extent === 'sample' && !SAMPLE.includes(name))) return [];
    const truth = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Expected;
    const data = `${name}.onnx.data`;
    const files = { model: base64(`${name}.onnx`), external: readdirSync(folder).includes(data) ? base64(data) : null };
    const { atBatch2: again, family } = truth;
    const own = { name, family, truth, ...files };
    return again ? [own, { ...own, name: `${name} at batch 2`, truth: again }] : [own];
  });
}
