/** @file Turns exceptions of ONNX Runtime into one-sentence errors. */

import { LatentfillError } from '../base/errors.ts';
import type { Device } from './ort.ts';

/** A graph and its device, as errors name them. */
export interface Place {
  readonly graph: string;
  readonly device: Device;
}

/** The name of a graph in errors: the given one, or one made of its outputs' names. */
export function graphName(name: string | undefined, outputs: readonly string[]): string {
  if (name !== undefined) return `the graph '${plain(name)}'`;
  const some = outputs.slice(0, 3).map((output) => `'${plain(output)}'`);
  const more = outputs.length > 3 ? ` and ${outputs.length - 3} more` : '';
  return `the graph of ${some.join(', ') || 'no outputs'}${more}`;
}

/** Messages of failed allocations: of C++, ONNX Runtime, Emscripten and GPUs. */
const MEMORY =
  /bad_alloc|bad allocation|out of memory|failed to allocate|could not allocate|allocation failed|enlarge memory|\bOOM\b|\bAborted\(\)/i;

/** Messages that mean that a page could not load ONNX Runtime's files. */
const UNLOADED = /no available backend|dynamically imported module|failed to fetch|fetching of the wasm/i;

/** The remedy for {@link UNLOADED}. */
export const SERVE = "serve ONNX Runtime's .mjs and .wasm files beside the page's own";

/** The error for an exception of ONNX Runtime, which becomes its `cause`. */
export function failure(doing: 'load' | 'run' | 'read', { graph, device }: Place, cause: unknown): LatentfillError {
  const said = firstLine(cause);
  const [to, advice] = {
    load: ['load', 'use operators and types that it has there, or another device'],
    run: ['run', 'look at the node that it names and at what was fed to it'],
    read: ['read back', 'open the program again, or use another device'],
  }[doing];
  if (cause instanceof RangeError || MEMORY.test(said)) {
    const again = device === 'wasm' ? ', and reload the page where it has no more to give' : '';
    return new LatentfillError(
      'memory',
      `Expected enough memory on ${device} to ${to} ${graph}, got "${said}": take fewer rows or smaller images at once${again}.`,
      { cause },
    );
  }
  const unloaded = UNLOADED.test(said);
  return new LatentfillError(
    'runtime',
    `Expected ONNX Runtime to ${to} ${graph} on ${device}, got "${said}": ${unloaded ? SERVE : advice}.`,
    { cause },
  );
}

/** The first line of an exception's message, without control characters. */
export function firstLine(error: unknown): string {
  const [line] = String(error instanceof Error ? error.message : error)
    .trim()
    .split(/[\r\n]/);
  return plain(line!.replace(/^.*false\. /, '')); // Dawn puts a source path before its message
}

/** Foreign text made safe for a terminal, and fit to stand in a sentence. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const clean = text.replace(/\u001b\[[\d;]*m|[\u0000-\u001f\u007f-\u009f]/g, '');
  return clean.length > 300 ? `${clean.slice(0, 299)}…` : clean;
}
