/**
 * @file Infers the wiring of an imported network: which input is the latent, which output the image, which the logit.
 */

import { LatentfillError } from '../../base/errors.ts';
import { readOnnx } from '../../graph/onnx/read.ts';
import { onnxSignature, type Port } from '../../graph/onnx/signature.ts';
import { count, input } from '../../graph/value.ts';
import type { ModelCard, Networks } from '../card.ts';
import type { Prior } from '../latents.ts';
import { cutPoint, fixedInputs } from '../wiring.ts';
import { fix, type InputRule } from './fixed.ts';
import {
  describePort,
  imageShape,
  isFloat,
  layoutOf,
  listPorts,
  logitShape,
  pick,
  ROWS,
  sizesOf,
} from './port-shapes.ts';

/** What the user tells about a pair of networks. */
export interface WireOptions {
  /** The latent's prior. */
  readonly latent: Prior;
  /** Inputs besides the latent and the image, of either network, by name. */
  readonly inputs?: Readonly<Record<string, InputRule>>;
  /** Names of inputs and outputs, where shapes leave a choice. */
  readonly latentInput?: string | undefined;
  readonly imageOutput?: string | undefined;
  readonly logitOutput?: string | undefined;
}

/** The wiring of the generator. @throws LatentfillError naming what cannot be inferred or used. */
export function wireGenerator(
  bytes: Uint8Array,
  options: WireOptions,
): Pick<ModelCard, 'latent'> & { size: number; generator: Networks['generator'] } {
  const { inputs } = onnxSignature(bytes);
  const main = latentOf(inputs, options);
  const rules = options.inputs ?? {};
  const others = inputs.filter((port) => port !== main);
  const searched = others.filter(({ name }) => ruleOf(rules, name) === 'search');
  for (const port of searched) {
    const { shape } = port;
    if (!isFloat(port) || !shape || (shape.length < 2 && typeof shape[0] !== 'string')) {
      throw new LatentfillError(
        'network',
        `Expected a float input with a batch axis to search, got ${describePort(port)}: fix it by a value.`,
      );
    }
  }
  const parts = [main, ...searched].map((port) => ({
    input: port.name,
    shape: sizesOf(port),
    prior: port === main ? options.latent : ('normal' as const),
  }));
  const size = parts.reduce((sum, { shape }) => sum + count(shape), 0);
  const latent = { size, prior: options.latent, parts };
  const fixed = others.filter((port) => !searched.includes(port)).map((port) => fixedOf(port, rules, main));
  const feeds = { ...cutPoint(parts, input('latent', [ROWS, size])), ...fixedInputs(fixed, ROWS) };
  const found = pick('generator', 'image', readOnnx(bytes, { inputs: feeds }).outputs, imageShape, options.imageOutput);
  return { latent, size: found.size, generator: { image: found.name, ...found.planes, fixed } };
}

/** The wiring of the discriminator, for images of `size` pixels a side. */
export function wireDiscriminator(
  bytes: Uint8Array,
  options: WireOptions,
  size: number,
): NonNullable<Networks['discriminator']> {
  const { inputs } = onnxSignature(bytes);
  const rules = options.inputs ?? {};
  const images = inputs.filter((port) => isFloat(port) && !ruleOf(rules, port.name) && layoutOf(port.shape ?? []));
  const [image] = images;
  if (!image || images.length > 1) {
    throw new LatentfillError(
      'network',
      `Expected one input of the discriminator to be an image, [N, 3, ${size}, ${size}] or [N, ${size}, ${size}, 3], got ${listPorts(inputs)}: give the others values by the option 'inputs'.`,
    );
  }
  const planes = layoutOf(image.shape!)!;
  const sides = planes.layout === 'NCHW' ? image.shape!.slice(2) : image.shape!.slice(1, 3);
  if (sides.some((side) => typeof side === 'number' && side !== size)) {
    throw new LatentfillError(
      'network',
      `Expected a discriminator of the ${size}×${size} images that the generator draws, got one of ${sides.join('×')}: import the two that were trained together.`,
    );
  }
  const fixed = inputs.filter((port) => port !== image).map((port) => fixedOf(port, rules, image));
  const shape = planes.layout === 'NCHW' ? [ROWS, planes.channels, size, size] : [ROWS, size, size, planes.channels];
  const feeds = { [image.name]: input('image', shape), ...fixedInputs(fixed, ROWS) };
  const { outputs } = readOnnx(bytes, { inputs: feeds });
  const { name } = pick('discriminator', 'logit', outputs, logitShape, options.logitOutput);
  return { image: image.name, logit: name, ...planes, fixed };
}

function latentOf(inputs: readonly Port[], { latentInput, inputs: rules = {} }: WireOptions): Port {
  if (latentInput !== undefined) {
    const named = inputs.find(({ name }) => name === latentInput);
    if (named && isFloat(named) && (named.shape?.length ?? 0) > 1) return named;
    throw new LatentfillError(
      'network',
      `Expected a float input of the generator with a batch axis for the option 'latentInput', got '${latentInput}': it has ${listPorts(inputs)}.`,
    );
  }
  const shaped = inputs.filter((port) => isLatent(port) && !Array.isArray(ruleOf(rules, port.name)));
  const free = shaped.filter(({ name }) => ruleOf(rules, name) === undefined);
  const found = free.length > 0 ? free : shaped;
  if (found.length === 1) return found[0]!;
  throw new LatentfillError(
    'network',
    `Expected one float input of the generator to be the latent, [N, L] or [N, L, 1, 1], got ${listPorts(found.length > 0 ? found : inputs)}: name it by the option 'latentInput'.`,
  );
}

function isLatent(port: Port): boolean {
  const rest = port.shape?.slice(1) ?? [];
  const vector = rest.length === 1 || (rest.length === 3 && rest.filter((size) => size === 1).length >= 2);
  return isFloat(port) && vector && !rest.includes(0);
}

function fixedOf(port: Port, rules: NonNullable<WireOptions['inputs']>, main: Port) {
  const rule = ruleOf(rules, port.name);
  if (rule !== undefined && rule !== 'search') return fix(port, rule, main.shape![0]!);
  const add = `give it a number${isFloat(port) ? ", or 'search'," : ''} by the option 'inputs'`;
  const [got, todo] = rule ? ["'search'", 'only the generator is searched'] : ['none', add];
  throw new LatentfillError('network', `Expected a value for the input ${describePort(port)}, got ${got}: ${todo}.`);
}

function ruleOf(rules: NonNullable<WireOptions['inputs']>, name: string): InputRule | undefined {
  return Object.hasOwn(rules, name) ? rules[name] : undefined; // an input may have the name 'constructor'
}
