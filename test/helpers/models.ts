/** @file The exported models of test/graph/models, from disk. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Expected, ModelCase } from './exported.ts';

const folder = join(import.meta.dirname, '../graph/models');
const base64 = (name: string) => readFileSync(join(folder, name)).toString('base64');

/** Every exported model; one that is fixed at batch 1 also at batch 2. */
export function modelCases(): ModelCase[] {
  return readdirSync(folder).flatMap((file) => {
    if (!file.endsWith('.json')) return [];
    const name = file.slice(0, -5);
    const truth = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Expected;
    const data = `${name}.onnx.data`;
    const files = { model: base64(`${name}.onnx`), external: readdirSync(folder).includes(data) ? base64(data) : null };
    const { atBatch2: again, family } = truth;
    const own = { name, family, truth, ...files };
    return again ? [own, { ...own, name: `${name} at batch 2`, truth: again }] : [own];
  });
}
