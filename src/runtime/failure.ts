/** @file What ONNX Runtime throws, as one sentence. */

import { LatentfillError } from '../base/errors.ts';
import type { Device } from './ort.ts';

/** A graph on a device, as a person knows it. */
export interface Place {
  readonly graph: string;
  readonly device: Device;
}

/** A graph by the name that it was given, or by those of its outputs. */
export function graphName(name: string | undefined, outputs: readonly string[]): string {
  if (name !== undefined) return `the graph '${plain(name)}'`;
  const some = outputs.slice(0, 3).map((output) => `'${plain(output)}'`);
  const more = outputs.length > 3 ? ` and ${outputs.length - 3} more` : '';
  return `the graph of ${some.join(', ') || 'no outputs'}${more}`;
}

/** How failed allocations read: C++'s, ONNX Runtime's, Emscripten's, a GPU's. */
const MEMORY =
  /bad_alloc|bad allocation|out of memory|failed to allocate|could not allocate|allocation failed|enlarge memory|\bOOM\b|\bAborted\(\)/i;

/** ONNX Runtime has no backend where a page cannot load its files. */
const UNLOADED = /no available backend|dynamically imported module|failed to fetch|fetching of the wasm/i;

/** What to do about it. */
export const SERVE = "serve ONNX Runtime's .mjs and .wasm files beside the page's own";

/** The sentence for what ONNX Runtime threw, which it keeps as its `cause`. */
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

/** The first line of what was thrown. */
export function firstLine(error: unknown): string {
  const [line] = String(error instanceof Error ? error.message : error)
    .trim()
    .split(/[\r\n]/);
  return plain(line!.replace(/^.*false\. /, '')); // what Dawn says stands behind the path of its source
}

/** Text of others, fit for a terminal and a sentence. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const clean = text.replace(/\u001b\[[\d;]*m|[\u0000-\u001f\u007f-\u009f]/g, '');
  return clean.length > 300 ? `${clean.slice(0, 299)}…` : clean;
}
