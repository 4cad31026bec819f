/** @file From a file of PyTorch with the weights of a known architecture to an ONNX model. Browser-safe. */

import { checkControl } from '../../../base/check-options.ts';
import { LatentfillError } from '../../../base/errors.ts';
import { openTorchFile } from '../../../python/torch-file.ts';
import type { Prior } from '../../latents.ts';
import type { Range } from '../range.ts';
import { dcganModel } from './dcgan.ts';
import { generatorState, type StateDictionary } from './state.ts';

/** An architecture that weights are read for, and how its generators are trained where nothing else is said. */
interface Architecture {
  readonly model: (state: StateDictionary) => Uint8Array;
  readonly layers: string;
  readonly latent: Prior;
  readonly range: Range;
}

export const architectures = {
  dcgan: {
    model: dcganModel,
    layers:
      'transposed convolutions (4×4, each twice as large) with batch norm between them, from a latent to an image',
    latent: 'normal',
    range: [-1, 1],
  },
} as const satisfies Record<string, Architecture>;

/** Settings of {@link readTorchGenerator}. */
export interface TorchOptions {
  /** What the weights belong to: a state dictionary does not say it. `dcgan`: the generator of PyTorch's tutorial. */
  readonly architecture: keyof typeof architectures;
}

/**
 * The bytes of an ONNX model [batch, L, 1, 1] → [batch, C, H, H] from those of a file that torch.save wrote, in any
 * version of PyTorch: a generator's state dictionary, one within a dictionary ('state_dict', 'generator', 'netG' …), or a
 * whole module. The file is read as data; nothing in it is run.
 * @throws LatentfillError for other files, and for weights of another architecture (the error lists them).
 */
export function readTorchGenerator(bytes: Uint8Array, options: TorchOptions): Uint8Array {
  checkControl(options ?? null, ['architecture']);
  const { architecture } = options ?? {};
  if (!(bytes instanceof Uint8Array) || !Object.hasOwn(architectures, architecture)) {
    throw new LatentfillError(
      'options',
      `Expected the bytes of a file of PyTorch and an architecture of ${Object.keys(architectures).join(', ')}, got ${typeof bytes} and '${architecture}': name one, or export the generator to ONNX.`,
    );
  }
  const { model, layers } = architectures[architecture];
  const file = attempt(
    () => openTorchFile(bytes),
    'a file that torch.save wrote',
    'save the state dictionary of the generator again, or export it to ONNX',
  );
  const state = attempt(
    () => generatorState(file),
    'the state dictionary of a generator',
    'save netG.state_dict() by itself',
  );
  return attempt(() => model(state), layers, 'export the generator to ONNX where it was trained, and import that');
}

/** Errors of the readers, which say what came, as sentences. */
function attempt<Result>(read: () => Result, expected: string, todo: string): Result {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof LatentfillError) throw cause;
    throw new LatentfillError('network', `Expected ${expected}, got ${(cause as Error).message}: ${todo}.`, { cause });
  }
}
