/** @file `latentfill inspect`: what an ONNX file or a model folder is. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { type Inspection, inspectOnnx } from '../graph/inspect.ts';
import type { Port } from '../graph/onnx/signature.ts';
import { modelFolder } from '../model/find.ts';
import { loadModel } from '../model/folder.ts';
import { readOnnxFile } from '../model/import/onnx-file.ts';
import { commonFlags } from './flags.ts';
import { columns, print, printJson } from './terminal.ts';

const args = {
  path: { type: 'positional', required: true, description: 'An ONNX file, a model folder, or a model that ships.' },
  ...commonFlags,
} as const;

export default defineCommand({
  meta: {
    name: 'inspect',
    description: 'Tell the inputs, outputs, operators, size, cost and differentiability of a network.',
  },
  args,
  async run({ args: given }) {
    const found = await stat(given.path).catch(() => undefined);
    if (found?.isFile() || /\.onnx$/i.test(given.path)) {
      const { path } = given;
      const inspection = inspectOnnx(await readOnnxFile(path));
      if (given.json) printJson({ file: path, ...inspection });
      else print(textOf(path, inspection));
      return;
    }
    const path = await modelFolder(given.path);
    const { card, discriminator } = await loadModel(path);
    const files = ['generator.onnx', ...(discriminator ? ['discriminator.onnx'] : [])];
    const networks = [];
    for (const file of files) networks.push({ file, ...inspectOnnx(await readOnnxFile(join(path, file))) });
    if (given.json) {
      printJson({ model: path, name: card.name, image: card.image, latent: card.latent, networks });
      return;
    }
    const { size, range } = card.image;
    print(
      `${card.name}: ${card.latent.size} ${card.latent.prior} numbers to ${size}×${size} images in ${range[0]}..${range[1]}${discriminator ? '' : ', no discriminator'}`,
    );
    for (const { file, ...inspection } of networks) print(['', ...textOf(file, inspection)]);
  },
});

/** Room for the headings at the left. */
const LEFT = 14;

function textOf(file: string, inspection: Inspection): string[] {
  const { producer, opset, parameters, flops, unread } = inspection;
  const lines = [
    ['written by', [`${producer || 'unknown'}, opset ${opset}`]],
    ['inputs', ports(inspection.inputs)],
    ['outputs', ports(inspection.outputs)],
    ['parameters', [`${parameters.count.toLocaleString('en')} in ${scaled(parameters.bytes, 'B')}`]],
    ['FLOPs', [flops ? `${work(flops)} per image` : 'not known'], flops ? null : unread],
    ['gradient', gradient(inspection)],
    [
      'operators',
      columns(
        Object.entries(inspection.operators).map(([name, n]) => [name, `${n}`]),
        [1],
      ),
    ],
  ] as const;
  const body = lines.flatMap(([heading, texts, reason]) =>
    [...texts, ...(reason ? [reason] : [])].map((text, i) => `  ${(i === 0 ? heading : '').padEnd(LEFT)}${text}`),
  );
  return [file, ...body];
}

function work({ forward, backward }: NonNullable<Inspection['flops']>): string {
  return `${scaled(forward, '')} forward, ${backward === null ? 'none' : scaled(backward, '')} backward`;
}

function gradient({ obstacles, inputs, flops, unread }: Inspection): string[] {
  if (!inputs.some(({ type }) => type.startsWith('float'))) return ['none: there is no float input'];
  if (obstacles.length === 0 && flops && unread) return [unread]; // a known operator in a form that is not
  if (obstacles.length === 0 && unread) return ['not known'];
  if (obstacles.length === 0) return ['passes from every output to every float input'];
  return columns(
    obstacles.map(({ operator, count, node, reason }) => [operator, `${count}`, `${reason}, first at node '${node}'`]),
    [1],
  ).map((line, i) => (i === 0 ? `stops at  ${line}` : `          ${line}`));
}

function ports(of: readonly Port[]): string[] {
  if (of.length === 0) return ['none'];
  return columns(
    of.map(({ name, type, shape }) => [name, type, shape ? `[${shape.map((n) => n ?? '?').join(', ')}]` : 'any shape']),
  );
}

/** 12.3 k, 4.56 M, 7.89 G: three digits. */
function scaled(n: number, unit: string): string {
  const power = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, n)) / 3)));
  const digits = power === 0 ? `${Math.round(n)}` : (n / 1000 ** power).toPrecision(3);
  return `${digits} ${['', 'k', 'M', 'G', 'T'][power]}${unit}`.trimEnd();
}
