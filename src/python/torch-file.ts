/**
 * @file Reads what torch.save wrote: a pickle, and the storages of its tensors. A zip file since PyTorch 1.6, before
 * that pickles one after the other (torch/serialization.py). Nothing in it is run. Browser-safe.
 */

import { unzipSync } from 'fflate';
import { parsePickle } from './pickle.ts';
import { Built, Named, Opened, type Pickled } from './pickle-values.ts';

/** Elements of a tensor, row by row, as they are stored. */
export interface TorchTensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A file of PyTorch. Errors are plain ones, whose messages complete "Expected a file of PyTorch, got …". */
export interface TorchFile {
  readonly value: Pickled;
  /** The tensor that a value of the pickle is a record of; undefined for other values. */
  tensor(value: Pickled): TorchTensor | undefined;
}

type ElementType = keyof typeof sizes;

/** Bytes of an element. */
const sizes = {
  float32: 4,
  float64: 8,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
};

const storageTypes: Readonly<Record<string, ElementType>> = {
  ...{ FloatStorage: 'float32', DoubleStorage: 'float64', HalfStorage: 'float16', BFloat16Storage: 'bfloat16' },
  ...{ LongStorage: 'int64', IntStorage: 'int32', ShortStorage: 'int16', CharStorage: 'int8', ByteStorage: 'uint8' },
  ...{ BoolStorage: 'bool' },
};

/** The number with which files before PyTorch 1.6 begin. */
const MAGIC = 0x1950a86a20f9469cfc6cn;

/** Bytes of an unpacked file at most. */
const MOST_BYTES = 2 ** 31 - 1;

/** Gives the bytes of a storage, by its name in the file. */
type Storages = (key: string) => Uint8Array | undefined;

/** @throws Error for bytes that are no such file, as {@link TorchFile} says. */
export function openTorchFile(bytes: Uint8Array): TorchFile {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  const { value, storages } = isZip ? openZip(bytes) : openLegacy(bytes);
  return { value, tensor: (each) => tensorOf(each, storages) };
}

function openZip(bytes: Uint8Array): { value: Pickled; storages: Storages } {
  const files = unzipped(bytes);
  const pickle = Object.keys(files).find((name) => /^([^/]+\/)?data\.pkl$/.test(name));
  if (pickle === undefined) throw new Error('a zip file without data.pkl');
  const folder = pickle.slice(0, -'data.pkl'.length);
  const order = files[`${folder}byteorder`];
  if (order && new TextDecoder().decode(order) === 'big') throw new Error('numbers with their highest byte first');
  const { value } = parsePickle(files[pickle]!, { outside });
  const storages = (key: string) =>
    Object.hasOwn(files, `${folder}data/${key}`) ? files[`${folder}data/${key}`] : undefined;
  return { value, storages };
}

function unzipped(bytes: Uint8Array): Record<string, Uint8Array> {
  let total = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        if (/(^|\/)code\//.test(name)) return false; // TorchScript
        total += Math.max(size, originalSize);
        if (total > MOST_BYTES) throw new Error('more than 2 GB when unpacked');
        return true;
      },
    });
  } catch (cause) {
    throw new Error(`a damaged zip file (${(cause as Error).message})`, { cause });
  }
}

/** Magic number, version, what the machine was like, the value, the storages' names; then the storages. */
function openLegacy(bytes: Uint8Array): { value: Pickled; storages: Storages } {
  const types = new Map<string, ElementType>();
  const noted = (id: Pickled) => {
    if (isStorage(id)) types.set(`${id[2]}`, typeOf(id));
    if (isStorage(id) && Array.isArray(id[5])) throw new Error('a view of a storage, as PyTorch 0.1 wrote');
    return outside(id);
  };
  const magic = parsePickle(bytes, { outside });
  if (magic.value !== MAGIC) throw new Error('a pickle that torch.save did not write');
  const version = parsePickle(bytes, { outside, at: magic.end });
  const machine = parsePickle(bytes, { outside, at: version.end });
  const { value, end } = parsePickle(bytes, { outside: noted, at: machine.end });
  const keys = parsePickle(bytes, { outside, at: end });
  if (!Array.isArray(keys.value)) throw new Error('no list of storages');
  const storages = new Map<string, Uint8Array>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = keys.end;
  for (const key of keys.value) {
    const type = types.get(`${key}`);
    if (!type) throw new Error(`a storage '${key}' of no tensor`);
    const length = at + 8 <= bytes.length ? Number(view.getBigUint64(at, true)) * sizes[type] : Number.NaN;
    if (!(at + 8 + length <= bytes.length)) throw new Error(`one that ends within the storage '${key}'`);
    storages.set(`${key}`, bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return { value, storages: (key) => storages.get(key) };
}

/** A storage is opened later; old files name a class with its source beside it: ('module', the class, file, source). */
function outside(id: Pickled): Pickled {
  return Array.isArray(id) && id[0] === 'module' && id[1] instanceof Named ? id[1] : new Opened(id);
}

/** A storage's name in a pickle: ('storage', its class, its key, where it was, its number of elements). */
type StorageId = readonly ['storage', Named, Pickled, ...Pickled[]];

function isStorage(id: Pickled): id is Pickled[] & StorageId {
  return Array.isArray(id) && id[0] === 'storage' && id[1] instanceof Named;
}

function typeOf([, { name }]: StorageId): ElementType {
  const type = storageTypes[name.replace(/^.*\./, '')];
  if (type) return type;
  throw new Error(`elements of the unknown type ${name}`);
}

function tensorOf(value: Pickled, storages: Storages): TorchTensor | undefined {
  if (!(value instanceof Built) || !Array.isArray(value.args)) return undefined;
  const [first, offset, shape, strides] = value.args as [Pickled, Pickled, Pickled, Pickled];
  if (/^torch\._utils\._rebuild_parameter/.test(value.of))
    return first === value ? undefined : tensorOf(first, storages);
  if (!/^torch\._utils\._rebuild_tensor(_v2)?$/.test(value.of)) return undefined;
  if (!(first instanceof Opened) || !isStorage(first.id)) throw new Error('a tensor without a storage');
  const type = typeOf(first.id);
  const bytes = storages(`${first.id[2]}`);
  if (!bytes) throw new Error(`a tensor without its storage '${first.id[2]}'`);
  if (!isSize(offset) || !areSizes(shape) || !areSizes(strides) || shape.length !== strides.length) {
    throw new Error('a tensor without sizes');
  }
  return { type, shape, bytes: rows(bytes, sizes[type], offset, shape, strides) };
}

const isSize = (value: Pickled): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const areSizes = (value: Pickled): value is number[] => Array.isArray(value) && value.every(isSize);

/** The elements of a tensor row by row: a view where they lie so, else a copy. */
function rows(
  bytes: Uint8Array,
  size: number,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
): Uint8Array {
  const count = shape.reduce((product, n) => product * n, 1);
  const last = shape.reduce((sum, n, axis) => sum + (n - 1) * strides[axis]!, offset);
  // A tensor of more elements than its storage repeats them, as no trained weights do.
  if (count > 0 && (!((last + 1) * size <= bytes.length) || count * size > bytes.length)) {
    throw new Error(`a tensor [${shape}] that its storage of ${bytes.length} bytes does not hold`);
  }
  let dense = 1;
  const plain = shape.toReversed().every((n, i) => {
    const fits = n === 1 || strides.at(-1 - i) === dense;
    dense *= n;
    return fits;
  });
  if (plain || count === 0) return bytes.subarray(offset * size, (offset + count) * size);
  const copy = new Uint8Array(count * size);
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < count; i++) {
    const from = index.reduce((sum, n, axis) => sum + n * strides[axis]!, offset) * size;
    copy.set(bytes.subarray(from, from + size), i * size);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  return copy;
}
