/** @file Tensors that outlive a run: parameters, moments, latents. */

import { count, fail, type Shape } from '../graph/value.ts';
import { download } from './download.ts';
import { failure } from './failure.ts';
import { inTurn, type Tensor } from './ort.ts';

/** One state tensor. On the CPU, programs read `data` and write `next`, and the two change places. */
interface Slot {
  readonly shape: Shape;
  data: Float32Array;
  next: Float32Array;
  /** The contents on a GPU, where a program left them there. */
  far?: Tensor | undefined;
  /** True when `data` holds what `far` holds. */
  near: boolean;
}

/**
 * Named float32 tensors that programs read as inputs of the same name and update in place. They stay on the device of
 * the program that updates them: on the CPU in two buffers, read and written in turn, so that nothing is ever copied
 * between runs; with WebGPU in the GPU's own, which come back when they are read. Several programs may share one state.
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

  /** In the order in which they were added. */
  get names(): string[] {
    return [...this.#slots.keys()];
  }

  /** Whether there is a tensor of this name. */
  has(name: string): boolean {
    return this.#slots.has(name);
  }

  /** The shape of a tensor. @throws LatentfillError for a name that is not here. */
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

  /** For programs, in their turn: the contents in this process's memory. @internal */
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

  /** For programs: the contents where they are on the GPU. @internal */
  far(name: string): Tensor | undefined {
    return this.#slot(name).far;
  }

  /** For programs: the buffer that the next run may fill. @internal */
  back(name: string): Float32Array {
    return this.#slot(name).next;
  }

  /** For programs: what a run computed becomes current, wherever it is. @internal */
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

  /** For programs, in their turn: nothing of it stays on the GPU. @internal */
  async bringBack(name: string): Promise<void> {
    await this.here(name);
    release(this.#slot(name));
  }

  /** Frees what is on a GPU; the contents there are lost. */
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
