/** @file TensorBoard's event files in a run's folder. Node only. */

import { readdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { append, writeWhole } from '../../base/write-whole.ts';
import { type Event, encodeEvent, fileVersion, stepOf } from './protobuf.ts';
import { frame, records } from './records.ts';

/** An event file that is being written. */
export interface EventFile {
  add(event: Omit<Event, 'wallTime'>): void;
}

/**
 * Begins a new event file in `folder` for steps from `step` on. What older files there say of these steps is taken out of
 * them first (a run that was killed and resumed does them again), so that no reader sees a step twice.
 */
export async function openEvents(folder: string, step: number): Promise<EventFile> {
  const now = Date.now() / 1000;
  const older = (await readdir(folder)).filter((name) => name.startsWith('events.out.tfevents.')).sort();
  for (const name of older) await cut(join(folder, name), step);
  // Readers take files in the order of their names: the time must grow even where the clock did not.
  const last = Number(/^events\.out\.tfevents\.(\d+)/.exec(older.at(-1) ?? '')?.[1] ?? 0);
  const time = Math.max(Math.floor(now), last + 1);
  const path = join(folder, `events.out.tfevents.${time}.${hostname()}.${process.pid}.0`);
  await writeWhole(path, frame(fileVersion(now)));
  return { add: (event) => append(path, frame(encodeEvent({ ...event, wallTime: Date.now() / 1000 }))) };
}

/** Leaves in a file what happened before `step`, and nothing that a kill cut off; a file that then holds nothing goes. */
async function cut(path: string, step: number): Promise<void> {
  const bytes = await readFile(path);
  const [version, ...events] = records(bytes);
  const kept = events.filter((event) => stepOf(event) < step);
  if (!version || kept.length === 0) return rm(path);
  const whole = 16 * (events.length + 1) + [version, ...events].reduce((all, { length }) => all + length, 0);
  if (kept.length === events.length && whole === bytes.length) return;
  await writeWhole(path, Buffer.concat([version, ...kept].map(frame)));
}
