/** @file Parameters: how a network declares them, their initial values, and their form in a graph. */

import { normal, type Random, random } from '../base/random.ts';
import { constant, count, fail, input, type Shape, type Value } from '../graph/value.ts';

/** Draws the initial values of a parameter. */
export type Initialiser = (rng: Random, shape: Shape) => Float32Array;

/** A declared parameter. */
export interface Parameter {
  readonly name: string;
  readonly shape: Shape;
  readonly initialise: Initialiser;
}

/** Gives a network its parameter of a name: one network definition serves training, the EMA and the finished model. */
export type Ask = (name: string, shape: Shape, initialise: Initialiser) => Value;

/** Weights by name. */
export type Weights = Readonly<Record<string, Float32Array>>;

/** Normal with standard deviation gain / √fanIn, so that activations keep their scale (He et al. 2015, eq. 10). */
export function heNormal(fanIn: number, gain = Math.SQRT2): Initialiser {
  return (rng, shape) => normal(rng, count(shape)).map((x) => (x * gain) / Math.sqrt(fanIn));
}

/** The same number for every element. */
export function filled(x: number): Initialiser {
  return (_rng, shape) => new Float32Array(count(shape)).fill(x);
}

/** An `ask` that makes an input per parameter, named `prefix` and the parameter's name, and collects the parameters. */
export function asInputs(prefix: string): { ask: Ask; parameters: Parameter[]; values: Map<string, Value> } {
  const parameters: Parameter[] = [];
  const values = new Map<string, Value>();
  const ask: Ask = (name, shape, initialise) => {
    const known = values.get(name); // both uses of a network that is applied twice share it
    if (known) return known;
    const value = input(prefix + name, shape);
    values.set(name, value);
    parameters.push({ name, shape, initialise });
    return value;
  };
  return { ask, parameters, values };
}

/** An `ask` that gives trained weights, as constants. */
export function asConstants(weights: Weights): Ask {
  const made = new Map<string, Value>();
  return (name, shape) => {
    const data = weights[name];
    if (data?.length !== count(shape))
      fail('weights', `${count(shape)} for '${name}' [${shape}], got ${data?.length ?? 'none'}`);
    const value = made.get(name) ?? constant(data, shape);
    made.set(name, value);
    return value;
  };
}

/** Initial values of all parameters. Each has its own random stream, so that adding one changes no other. */
export function initialise(parameters: readonly Parameter[], seed: number): Record<string, Float32Array> {
  return Object.fromEntries(parameters.map((p) => [p.name, p.initialise(random(seed, 'initialise', p.name), p.shape)]));
}
