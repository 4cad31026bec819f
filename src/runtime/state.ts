/** @file Tensors that outlive a run: parameters, moments, latents. */

import { count, fail, type Shape } from '../graph/value.ts';

/** One state tensor: programs read `data`, write `next`, and the two change places. */
interface Slot {
  readonly shape: Shape;
  data: Float32Array;
  next: Float32Array;
}

/**
 * Named float32 tensors that programs read as inputs of the same name and update in place: each has two buffers, read
 * and written in turn, so nothing is ever copied between runs. Several programs may share one state.
 */
export class State {
  readonly #slots = new Map<string, Slot>();

  /** Adds a tensor; `data` is copied, zeros when left out. */
  add(name: string, shape: Shape, data?: Float32Array): this {
    const size = count(shape);
    if (data && data.length !== size) fail('State', `${size} values for '${name}' [${shape}], got ${data.length}`);
    this.#slots.set(name, { shape, data: data ? data.slice() : new Float32Array(size), next: new Float32Array(size) });
    return this;
  }

  get names(): string[] {
    return [...this.#slots.keys()];
  }

  has(name: string): boolean {
    return this.#slots.has(name);
  }

  shape(name: string): Shape {
    return this.#slot(name).shape;
  }

  /** The current contents, not a copy: valid until the next run that updates it. */
  read(name: string): Float32Array {
    return this.#slot(name).data;
  }

  /** Replaces the contents. */
  write(name: string, data: Float32Array): void {
    this.#slot(name).data.set(data);
  }

  /** For programs: the buffer that the next run may fill. */
  back(name: string): Float32Array {
    return this.#slot(name).next;
  }

  /** For programs: what was filled becomes current. */
  flip(name: string): void {
    const slot = this.#slot(name);
    [slot.data, slot.next] = [slot.next, slot.data];
  }

  #slot(name: string): Slot {
    return this.#slots.get(name) ?? fail('State', `one of ${[...this.#slots.keys()].join(', ')}, got '${name}'`);
  }
}
