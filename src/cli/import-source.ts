/** @file Where `latentfill import` takes the generator from: a flag for each format. */

import { LatentfillError } from '../base/errors.ts';
import { joinOnnx } from '../model/import/join.ts';
import { readOnnxFile } from '../model/import/onnx-file.ts';
import { readOpenVinoFile } from '../model/import/openvino/openvino-file.ts';
import { type Range, ranges } from '../model/import/range.ts';
import { architectures } from '../model/import/torch/generator.ts';
import { readTorchFile } from '../model/import/torch/generator-file.ts';
import type { Prior } from '../model/latents.ts';

/** The flags that say where the generator is, and how it was trained. */
export const sourceFlags = {
  generator: { type: 'string', valueHint: 'file', description: 'The generator (.onnx).' },
  mapping: {
    type: 'string',
    valueHint: 'file',
    description: 'A network (.onnx) whose output the generator takes, as that of StyleGAN from z to w.',
  },
  openvino: {
    type: 'string',
    valueHint: 'file',
    description: 'The generator as OpenVINO has it: its .xml, with its .bin beside it.',
  },
  second: {
    type: 'positional',
    required: false,
    description: 'After --openvino: a second .xml, which takes what the first gives.',
  },
  torch: {
    type: 'string',
    valueHint: 'file',
    description: 'The weights of the generator as torch.save wrote them (.pt, .pth), with --architecture.',
  },
  architecture: {
    type: 'string',
    valueHint: Object.keys(architectures).join('|'),
    description: 'What the weights of --torch belong to; then --latent and --range have defaults.',
  },
  latent: {
    type: 'string',
    valueHint: 'normal|uniform',
    description: "The latent's prior: standard normal, or uniform on [−1, 1].",
  },
  range: {
    type: 'string',
    valueHint: Object.keys(ranges).join('|'),
    description: 'The values of black and white in the images of both networks.',
  },
} as const;

/** The values of {@link sourceFlags}. */
type Given = { readonly [Flag in keyof typeof sourceFlags]?: string | undefined };

/** A generator that is yet to be read. */
interface Source {
  readonly latent: Prior;
  readonly range: Range;
  /** The bytes of its ONNX model. */
  read(): Promise<Uint8Array>;
}

/** @throws LatentfillError for flags that are missing or do not belong together. */
export function sourceOf(given: Given): Source {
  const { generator, mapping, openvino, second, torch } = given;
  const forms = Object.entries({ generator, openvino, torch }).filter(([, file]) => file !== undefined);
  if (forms.length !== 1) {
    const got = forms.map(([flag]) => `--${flag}`).join(' and ') || 'none';
    throw wrong('--generator, --openvino or --torch', got, 'see --help');
  }
  if (second !== undefined && openvino === undefined) {
    throw wrong('a second network after --openvino alone', `'${second}'`, 'see --help');
  }
  if (mapping !== undefined && generator === undefined) {
    throw wrong('--mapping with --generator', `--${forms[0]![0]}`, 'give both networks as ONNX files');
  }
  const architecture = architectureOf(given);
  const told = architecture && architectures[architecture];
  const { latent = told?.latent, range } = given;
  if (latent === undefined) throw wrong('--latent', 'none', 'see --help');
  if (latent !== 'normal' && latent !== 'uniform') {
    throw wrong('--latent normal or uniform', `'${latent}'`, 'it is the prior of training');
  }
  if (range === undefined && !told) throw wrong('--range', 'none', 'see --help');
  if (range !== undefined && !Object.hasOwn(ranges, range)) {
    const names = Object.keys(ranges).join(', ');
    throw wrong(`--range ${names}`, `'${range}'`, 'it holds the values of black and white');
  }
  return {
    latent,
    range: range === undefined ? told!.range : ranges[range]!,
    async read() {
      if (generator !== undefined && mapping !== undefined) {
        return joinOnnx(await readOnnxFile(mapping), await readOnnxFile(generator), { name: 'w' });
      }
      if (generator !== undefined) return readOnnxFile(generator);
      if (torch !== undefined) return readTorchFile(torch, { architecture: architecture! });
      const first = await readOpenVinoFile(openvino!);
      return second === undefined ? first : joinOnnx(first, await readOpenVinoFile(second), { name: 'w' });
    },
  };
}

function architectureOf({ torch, architecture }: Given): keyof typeof architectures | undefined {
  if (torch === undefined && architecture === undefined) return undefined;
  const known = Object.keys(architectures) as (keyof typeof architectures)[];
  const found = known.find((name) => name === architecture);
  if (torch === undefined) throw wrong('--torch with --architecture', 'none', 'an ONNX model says what it is itself');
  return found ?? fail(known, architecture);
}

function fail(known: readonly string[], architecture: string | undefined): never {
  const got = architecture === undefined ? 'none' : `'${architecture}'`;
  throw wrong(
    `--architecture ${known.join(', ')}`,
    got,
    'export other generators to ONNX, and give them as --generator',
  );
}

function wrong(expected: string, got: string, todo: string): LatentfillError {
  return new LatentfillError('command', `Expected ${expected}, got ${got}: ${todo}.`);
}
