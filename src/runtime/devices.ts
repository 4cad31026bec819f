/** @file Finds which devices are available, and which is the fastest. */

import { LatentfillError } from '../base/errors.ts';
import { writeOnnx } from '../graph/onnx/write.ts';
import { conv } from '../graph/ops/linear.ts';
import { sum } from '../graph/ops/reduce.ts';
import { count, input } from '../graph/value.ts';
import { firstLine, SERVE } from './failure.ts';
import { type Device, inTurn, onNode, ort } from './ort.ts';
import { openSession } from './session.ts';
import { threadsHere } from './threads.ts';

export type { Device } from './ort.ts';

/** A device, or `auto`: the fastest that works. */
export type Wanted = Device | 'auto';

/** A device, and why it was chosen. */
export interface Choice {
  readonly device: Device;
  readonly reason: string;
}

/** The result of trying a device: milliseconds per run, or why it cannot run. */
type Trial = { readonly ms: number } | { readonly missing: string };

/** The devices that Node or this browser may have. The last one is always available. */
async function devicesHere(): Promise<readonly [...Device[], Device]> {
  return onNode(await ort()) ? ['cuda', 'webgpu', 'cpu'] : ['webgpu', 'wasm'];
}

/**
 * The device to use: the requested one, or with `auto` the fastest that works, by a trial run on each. Left out: `cpu`
 * under Node, `wasm` in browsers.
 * @throws LatentfillError when the requested device is not available.
 */
export async function chooseDevice(wanted?: Wanted): Promise<Choice> {
  const here = await devicesHere();
  const plain = here.at(-1)!;
  if (wanted === 'auto') {
    fastestHere ??= fastest(here).catch((error) => {
      fastestHere = undefined;
      throw error;
    });
    return fastestHere;
  }
  if (wanted === undefined || wanted === plain)
    return { device: plain, reason: `${plain} is always here${await onThreads(plain)}` };
  if (!here.includes(wanted)) {
    throw new LatentfillError(
      'device',
      `Expected one of the devices here (${here.join(', ')}, auto), got '${wanted}': choose one.`,
    );
  }
  const trial = await reached(wanted);
  if ('ms' in trial) return { device: wanted, reason: `${wanted} was asked for` };
  throw new LatentfillError(
    'device',
    `Expected device '${wanted}' to work here, got "${trial.missing}": install what it needs, or choose '${plain}' or 'auto'.`,
  );
}

/** How many threads WebAssembly uses in this page, and why, as a phrase. */
async function onThreads(device: Device): Promise<string> {
  return device === 'wasm' ? `; it takes ${(await threadsHere()).reason}` : '';
}

let fastestHere: Promise<Choice> | undefined;

async function fastest(here: readonly Device[]): Promise<Choice> {
  const trials: [Device, Trial][] = [];
  for (const device of here.toReversed()) {
    const missing = device === 'webgpu' ? await missingAdapter({ soft: false }) : undefined;
    trials.push([device, missing ? { missing } : await timed(device)]);
  }
  const working = trials.flatMap(([device, trial]) => ('ms' in trial ? [{ device, ...trial }] : []));
  const results = trials.map(([device, trial]) =>
    'ms' in trial ? `${device} took ${trial.ms.toFixed(1)} ms for a trial` : `${device} is missing (${trial.missing})`,
  );
  const [best] = working.toSorted((a, b) => a.ms - b.ms);
  if (best) return { device: best.device, reason: results.join(', ') + (await onThreads(here.at(-1)!)) };
  const advice = here.includes('wasm') ? SERVE : 'install onnxruntime-node again';
  throw new LatentfillError('device', `Expected a device that works, got ${results.join(', ')}: ${advice}.`);
}

const found = new Map<Device, Promise<Trial>>();

/** Whether a device runs at all, tried once. */
function reached(device: Device): Promise<Trial> {
  const trial = found.get(device) ?? reach(device).catch((e) => ({ missing: firstLine(e) }));
  found.set(device, trial);
  return trial;
}

async function reach(device: Device): Promise<Trial> {
  const missing = device === 'webgpu' ? await missingAdapter({ soft: true }) : undefined;
  return missing ? { missing } : inTurn(() => tryOut(device, 1, 1));
}

/** Times a convolution as large as a network's; a small one would only measure transfers to the GPU. */
function timed(device: Device): Promise<Trial> {
  return inTurn(() => tryOut(device, 64, 5)).catch((e) => ({ missing: firstLine(e) }));
}

async function tryOut(device: Device, channels: number, runs: number): Promise<Trial> {
  const { Tensor } = await ort(device);
  const [x, w] = [input('x', [4, channels, 32, 32]), input('w', [channels, channels, 3, 3])];
  const session = await openSession(device, writeOnnx({ y: sum(conv(x, w, { pads: 1 })) }));
  const feed = ({ shape }: typeof x) => new Tensor('float32', new Float32Array(count(shape)).fill(0.01), shape);
  let ms = Number.POSITIVE_INFINITY;
  const began = performance.now();
  try {
    // The first run compiles. On a software GPU each run takes seconds, so the loop ends after 300 ms.
    for (let i = 0; i < runs && performance.now() - began < 300; i++) {
      const start = performance.now();
      await session.run({ x: feed(x), w: feed(w) });
      ms = Math.min(ms, performance.now() - start);
    }
  } finally {
    await session.release();
  }
  return { ms };
}

/** The fields of a browser's WebGPU adapter info that are used. */
interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}

/**
 * Why this page has no WebGPU; undefined where it has, and under Node, where only a trial can tell. Called before the
 * large WebGPU build of ONNX Runtime is downloaded.
 */
async function missingAdapter({ soft }: { readonly soft: boolean }): Promise<string | undefined> {
  if (onNode(await ort())) return undefined;
  const { navigator } = globalThis as {
    navigator?: { gpu?: { requestAdapter(): Promise<{ readonly info: AdapterInfo } | null> } };
  };
  if (!navigator?.gpu) return 'this browser, or a page without https, has no WebGPU';
  const adapter = await navigator.gpu.requestAdapter().catch(() => null);
  if (!adapter) return 'there is no adapter for it';
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const name = [vendor, architecture, description].filter(Boolean).join(' ');
  const isSoft = isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(name);
  return isSoft && !soft ? `only ${name}, a GPU made of software` : undefined;
}
