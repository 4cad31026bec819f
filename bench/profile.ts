/**
 * @file `npm run bench:profile -- MODEL [--space latent] [--steps 10] [--shapes 12]`: where the time of one search step
 * of a model folder goes, by operator as ONNX Runtime runs it, and by the shapes that take most. Times are with
 * profiling, and without it for comparison.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openStep } from '../src/inpaint/open-step.ts';
import { resolveOptions } from '../src/inpaint/options.ts';
import { comparedSide } from '../src/inpaint/pyramid.ts';
import { loadModel } from '../src/model/folder.ts';
import { spaceOf } from '../src/model/spaces.ts';
import { openPrograms } from '../src/runtime/programs.ts';
import { profiling } from '../src/runtime/session.ts';
import { noise } from './rate.ts';
import { printTable } from './table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    space: { type: 'string', default: 'latent' },
    steps: { type: 'string', default: '10' },
    shapes: { type: 'string', default: '12' },
  },
});
const [folder = 'models/toon-64'] = positionals;

/** One run of an operator, as ONNX Runtime's profile has it; times in µs. */
interface Event {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args: {
    readonly op_name?: string;
    readonly output_type_shape?: unknown;
    readonly input_type_shape?: unknown;
  };
}

const model = await loadModel(folder);
const space = spaceOf(model, values.space as 'latent');
if (!space) throw new Error(`${folder} has no space '${values.space}'`);
const options = resolveOptions({});
const [side, steps] = [comparedSide(model.card, options), Number(values.steps)];
const { channels } = model.card.image;
const known = new Float32Array(side * side).fill(1);
const problem = { target: noise('target', [channels, side, side]), known, weights: known };

/** Milliseconds of the fastest of some steps. */
async function fastest(): Promise<number> {
  await using programs = openPrograms();
  using step = await openStep(
    { model, programs },
    space!,
    [{ problem, latent: noise('z', [space!.points.latent]) }],
    options,
  );
  const times: number[] = [];
  for (let i = 0; i < steps; i++) {
    const began = performance.now();
    await step.run([0.05]);
    times.push(performance.now() - began);
  }
  return Math.min(...times);
}

const plain = await fastest();
const out = mkdtempSync(join(tmpdir(), 'profile-'));
let events: Event[];
try {
  profiling.prefix = join(out, 'step');
  await fastest();
  const files = readdirSync(out).map((name) => JSON.parse(readFileSync(join(out, name), 'utf8')) as Event[]);
  events = files.sort((a, b) => b.length - a.length)[0]!; // the step's, not that of a session that only asks a question
} finally {
  rmSync(out, { recursive: true });
}
const kernels = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
const total = kernels.reduce((sum, { dur }) => sum + dur, 0);

/** The kernels by a name, those that take longest first. */
function table(title: string, nameOf: (event: Event) => string, most: number): void {
  const times = new Map<string, { time: number; runs: number }>();
  for (const event of kernels) {
    const { time, runs } = times.get(nameOf(event)) ?? { time: 0, runs: 0 };
    times.set(nameOf(event), { time: time + event.dur, runs: runs + 1 });
  }
  const longest = [...times].sort(([, a], [, b]) => b.time - a.time).slice(0, most);
  printTable(
    [title, 'share', 'ms a step', 'runs a step'],
    longest.map(([name, { time, runs }]) => [
      name,
      `${((100 * time) / total).toFixed(1)} %`,
      (time / 1000 / steps).toFixed(1),
      (runs / steps).toFixed(0),
    ]),
  );
}

const shapesOf = (x: unknown) => JSON.stringify(x ?? []).replaceAll(/"?(float|int64|bool)"?:|[{}]/g, '');
table('operator', ({ args }) => args.op_name ?? '?', 16);
table('and its shapes', ({ args }) => `${args.op_name} ${shapesOf(args.input_type_shape)}`, Number(values.shapes));
console.log(JSON.stringify({ model: folder, space: values.space, ms: plain, profiled: total / 1000 / steps }));
