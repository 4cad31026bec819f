/** @file Tensors that outlive a run: parameters, moments, latents. */

import { count, fail, type Shape } from '../graph/value.ts';
import { download } from './download.ts';
import { failure } from './failure.ts';
import { inTurn, type Tensor } from './ort.ts';

/** One state tensor. On the CPU a run reads `data` and writes `next`, then the two are swapped. */
interface Slot {
  readonly shape: Shape;
  data: Float32Array;
  next: Float32Array;
  /** The contents in GPU memory, if the last update left them there. */
  far?: Tensor | undefined;
  /** True when `data` is up to date. */
  near: boolean;
}

/**
 * Named float32 tensors that programs read as inputs of the same names and update. Several programs may share one
 * state. Tensors stay on the device of the program that updates them. On the CPU each has two buffers, one read and one
 * written, which are swapped after a run, so nothing is copied. On WebGPU they stay in GPU memory until they are read.
 */
export class State {
  readonly #slots = new Map<string, Slot>();

  /** Adds a tensor; `data` is copied, zeros when left out. @throws LatentfillError for `data` of another size than `shape`. */
  add(name: string, shape: Shape, data?: Float32Array): this {
    const size = count(shape);
    if (data && data.length !== size) fail('State', `${size} values for '${name}' [${shape}], got ${data.length}`);
    const [now, next] = [data ? data.slice() : new Float32Array(size), new Float32Array(size)];
    this.#slots.set(name, { shape, data: now, next, near: true });
    return this;
  }

  /** The tensors' names, in the order in which they were added. */
  get names(): string[] {
    return [...this.#slots.keys()];
  }

  /** Whether there is a tensor of this name. */
  has(name: string): boolean {
    return this.#slots.has(name);
  }

  /** The shape of a tensor. @throws LatentfillError for an unknown name. */
  shape(name: string): Shape {
    return this.#slot(name).shape;
  }

  /** The current contents, not a copy: valid until the next run that updates it. */
  async read(name: string): Promise<Float32Array> {
    return inTurn(() => this.here(name));
  }

  /** Replaces the contents by a copy of `data`. @throws LatentfillError for another size than the tensor's. */
  write(name: string, data: Float32Array): void {
    const slot = this.#slot(name);
    if (data.length !== slot.data.length) {
      fail('State', `${slot.data.length} values for '${name}' [${slot.shape}], got ${data.length}`);
    }
    slot.data.set(data);
    release(slot);
  }

  /** For programs, within `inTurn`: the contents in this process's memory. @internal */
  async here(name: string): Promise<Float32Array> {
    const slot = this.#slot(name);
    if (slot.far && !slot.near) {
      slot.data = await download(slot.far).catch((cause) => {
        throw failure('read', { graph: `state '${name}'`, device: 'webgpu' }, cause);
      });
      slot.near = true;
    }
    return slot.data;
  }

  /** For programs: the contents in GPU memory, if they are there. @internal */
  far(name: string): Tensor | undefined {
    return this.#slot(name).far;
  }

  /** For programs: the buffer that the next run may write. @internal */
  back(name: string): Float32Array {
    return this.#slot(name).next;
  }

  /** For programs: makes the output of a run the current contents, in whichever memory it is. @internal */
  take(name: string, tensor: Tensor): void {
    const slot = this.#slot(name);
    release(slot);
    if (tensor.location === 'gpu-buffer') {
      slot.far = tensor;
      slot.near = false;
      return;
    }
    if (tensor.data === slot.next) slot.next = slot.data;
    slot.data = tensor.data as Float32Array;
  }

  /** For programs, within `inTurn`: moves the contents from GPU memory to this process. @internal */
  async bringBack(name: string): Promise<void> {
    await this.here(name);
    release(this.#slot(name));
  }

  /** Frees GPU memory; contents that are only there are lost. */
  [Symbol.dispose](): void {
    for (const slot of this.#slots.values()) release(slot);
  }

  #slot(name: string): Slot {
    return this.#slots.get(name) ?? fail('State', `one of ${[...this.#slots.keys()].join(', ')}, got '${name}'`);
  }
}

function release(slot: Slot): void {
  slot.far?.dispose();
  slot.far = undefined;
  slot.near = true;
}
