/**
 * @file The weights of a generator in a file of PyTorch: a state dictionary, one within dictionaries, or a whole module.
 * Browser-safe.
 */

import { Built, type Pickled } from '../../../python/pickle-values.ts';
import type { TorchFile, TorchTensor } from '../../../python/torch-file.ts';

/** Tensors by their names, in the order of the file. */
export type StateDictionary = ReadonlyMap<string, TorchTensor>;

/** Keys under which training scripts keep the generator, the likeliest first. */
const likely = [
  /^(net|model)?_?(g|gen|generator)(_?ema)?(_?(state|weights|params))?(_?dict)?$/i,
  /^(g|gen|generator)_/i,
  /^(model_?)?state_?dict$|^(net|model|module|weights|params)$/i,
];

/** Tensors of a state dictionary and depth of its modules at most, so that no file makes this slow. */
const MOST_TENSORS = 10_000;
const DEEPEST = 64;

/**
 * The generator's state dictionary.
 * @throws Error that says what the file has in its place, for a sentence that begins with what was expected.
 */
export function generatorState(file: TorchFile): StateDictionary {
  let value: Pickled = file.value;
  for (let depth = 0; depth < DEEPEST; depth++) {
    const state = stateOf(value, file);
    if (state.size > 0) return state;
    if (!(value instanceof Map)) break;
    const inner = [...value.entries()].filter(([, each]) => each instanceof Map || isModule(each));
    const found = likely.map((key) => inner.find(([name]) => typeof name === 'string' && key.test(name)));
    const next = found.find((each) => each) ?? (inner.length === 1 ? inner[0] : undefined);
    if (!next) break;
    value = next[1];
  }
  throw new Error(`${described(value)} without tensors`);
}

function described(value: Pickled): string {
  if (value instanceof Built) return `a ${value.of}`;
  if (!(value instanceof Map)) return 'a value';
  const keys = [...value.keys()].slice(0, 12).map((key) => `'${key}'`);
  return `a dictionary of ${keys.join(', ') || 'nothing'}`;
}

/** The tensors of a state dictionary or a module, with the dotted names that PyTorch gives them; none for other values. */
function stateOf(value: Pickled, file: TorchFile): Map<string, TorchTensor> {
  const state = new Map<string, TorchTensor>();
  if (value instanceof Map) collect(value, '', file, state);
  else if (isModule(value)) collectModule(value, '', file, state, 0);
  return state;
}

function isModule(value: Pickled): value is Built {
  return value instanceof Built && value.state instanceof Map && value.state.get('_modules') instanceof Map;
}

function collect(tensors: Pickled | undefined, prefix: string, file: TorchFile, into: Map<string, TorchTensor>): void {
  if (!(tensors instanceof Map)) return;
  for (const [name, value] of tensors) {
    const tensor = file.tensor(value);
    if (!tensor) continue;
    into.set(`${prefix}${name}`, tensor);
    if (into.size > MOST_TENSORS) throw new Error(`more than ${MOST_TENSORS} tensors`);
  }
}

/** As Module.state_dict: parameters, buffers, then the modules within. */
function collectModule(module: Built, prefix: string, file: TorchFile, into: Map<string, TorchTensor>, depth: number) {
  if (depth > DEEPEST) throw new Error(`modules more than ${DEEPEST} deep`);
  const state = module.state as Map<Pickled, Pickled>;
  collect(state.get('_parameters'), prefix, file, into);
  collect(state.get('_buffers'), prefix, file, into);
  const modules = state.get('_modules') as Map<Pickled, Pickled>;
  for (const [name, inner] of modules) {
    if (isModule(inner)) collectModule(inner, `${prefix}${name}.`, file, into, depth + 1);
  }
}
