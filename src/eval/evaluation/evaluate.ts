/** @file Runs an evaluation: every method fills every case once, and each fill is kept with its measures. Node only. */

import { LatentfillError } from '../../base/errors.ts';
import { sha256 } from '../../base/hash.ts';
import { lockFolder } from '../../base/lock.ts';
import type { Image } from '../../image/image.ts';
import { openHere } from '../../inpaint/inpainter.ts';
import { resolveOptions } from '../../inpaint/options.ts';
import type { Model } from '../../model/model.ts';
import type { Device } from '../../runtime/devices.ts';
import type { Filler, Method } from '../methods/method.ts';
import { type Case, type CaseOptions, eachPicture, in8Bits, type ReadControl } from './cases.ts';
import { type Fill, searchCases } from './fills.ts';
import { checkFinished, finishedPicture } from './finished.ts';
import { type Pace, paceOf } from './pace.ts';
import { folderOf, isKept, keepPicture, removeHalfWritten } from './pictures.ts';
import { openResults, type Results, removeResults, type Settings } from './results.ts';
import { scoreFill } from './score.ts';
import { type Lane, lanesOf, searchGroups } from './works.ts';

/** An evaluation. */
export interface Evaluation extends CaseOptions {
  readonly model: Model;
  /** What the data are called. */
  readonly source: string;
  readonly methods: readonly Method[];
  /** How many pictures; each takes a hole of every protocol. */
  readonly count: number;
  /** The folder of results and pictures. */
  readonly out: string;
  readonly device?: Device | undefined;
  /** Numbers of pictures at which an evaluation may end that is to be enlarged: no search goes across them. */
  readonly stages?: readonly number[] | undefined;
  /** Whether results that are there are removed first, whatever their settings. */
  readonly anew?: boolean | undefined;
}

/** What was evaluated. */
export interface Evaluated {
  /** In the order of pictures. */
  readonly cases: readonly Case[];
  readonly results: Results;
}

/** Progress and cancellation. */
export interface EvaluationControl extends ReadControl {
  readonly onProgress?: ((pace: Pace, method: string) => void) | undefined;
}

/** Of each protocol, the pictures whose searches are kept as curves. */
const WATCHED = 16;
/** Cases that are gone through before all methods have had them. */
const TOGETHER = 64;

/**
 * Fills what is not filled yet; what is, stays. Between any two moments at which it is stopped, only the fills of one search
 * are lost.
 * @throws LatentfillError where the folder holds an evaluation of other settings, and for cases that cannot be filled.
 */
export async function evaluate(evaluation: Evaluation, control: EvaluationControl = {}): Promise<Evaluated> {
  const { model, methods, count, out, protocols, device } = evaluation;
  checkNames(methods);
  const cases: Case[] = [];
  for await (const own of eachPicture(evaluation, control)) cases.push(...own);
  await checkFinished(methods, cases, protocols.length === 1, control.signal);
  await using _ = await lockFolder(out, { name: '.evaluation.lock' });
  await using inpainter = await openHere(model, { device, signal: control.signal });
  if (evaluation.anew) await removeResults(out);
  for (const { name } of methods) for (const protocol of protocols) await removeHalfWritten(out, name, protocol.name);
  const results = await openResults(out, await settingsOf(evaluation, cases));
  const lanes = lanesOf(inpainter.model, methods);
  const pictures = [...new Set(cases.map(({ picture }) => picture))];
  const step = Math.max(1, Math.ceil(TOGETHER / protocols.length));
  const isMissing = (method: Method, one: Case) => {
    const { name, way } = method;
    if (way.kind === 'finished') return true; // what others made may have changed
    const kinds = way.kind === 'search' ? (['fills', 'reconstructions'] as const) : (['fills'] as const);
    return !results.get(method, one.protocol, one.picture) || !kinds.every((kind) => isKept(out, kind, name, one));
  };
  const isPending = (lane: Lane, one: Case) =>
    one.picture < (lane.methods[0]!.most ?? count) && lane.methods.some((method) => isMissing(method, one));
  const pace = paceOf(lanes.map((lane) => ({ ...lane, count: cases.filter((one) => isPending(lane, one)).length })));
  const fillers = new Map<string, Filler>();

  for (const own of chunksOf(pictures, step, evaluation.stages)) {
    for (const [l, lane] of lanes.entries()) {
      const most = lane.methods[0]!.most ?? count;
      const here = cases.filter(({ picture }) => own.has(picture) && picture < most);
      for (const group of groupsOf(lane, here)) {
        const waiting = group.filter(({ one }) => isPending(lane, one)).length;
        if (waiting === 0) continue;
        control.signal?.throwIfAborted();
        control.onProgress?.(pace, lane.methods[0]!.name);
        pace.begin(l);
        await fillGroup(lane, group);
        pace.end(l, waiting);
      }
    }
  }
  return { cases, results };

  function groupsOf({ options }: Lane, here: readonly Case[]): { one: Case; views: number; isWatched: boolean }[][] {
    const isWatched = ({ picture }: Case) => picture < WATCHED;
    if (options) return searchGroups(inpainter, here, options, isWatched);
    return here.map((one) => [{ one, views: 0, isWatched: false }]);
  }

  async function fillGroup(lane: Lane, group: ReturnType<typeof groupsOf>[number]): Promise<void> {
    const { methods } = lane;
    const fills = lane.options
      ? await searchCases(inpainter, group, { options: lane.options, blends: methods.map(blendOf) }, control.signal)
      : [[await fillAlone(methods[0]!, group[0]!.one)]];
    const lines = [];
    for (const [m, method] of methods.entries()) {
      for (const [i, { one }] of group.entries()) {
        if (!isMissing(method, one)) continue;
        const fill = fills[m]![i]!;
        await keepPicture(out, 'fills', method.name, one, fill.image);
        const { searched } = fill;
        if (searched) await keepPicture(out, 'reconstructions', method.name, one, searched.reconstruction.image);
        lines.push(scoreFill(method, one, fill));
      }
    }
    results.add(lines);
  }

  async function fillAlone(method: Method, one: Case): Promise<Fill> {
    const { way } = method;
    if (way.kind === 'finished') {
      return { image: await finishedPicture(way.folder, one, protocols.length === 1), seconds: null };
    }
    if (way.kind === 'search') throw new Error('a search is not filled alone');
    const filler = fillers.get(method.name) ?? (await way.open());
    fillers.set(method.name, filler);
    const began = performance.now();
    const image: Image = in8Bits(filler(one.truth, one.mask));
    return { image, seconds: (performance.now() - began) / 1000 };
  }
}

/** Pictures in sets of at most `step`, none of which goes across a stage. */
function chunksOf(pictures: readonly number[], step: number, stages: readonly number[] = []): Set<number>[] {
  const chunks: Set<number>[] = [];
  for (let start = 0; start < pictures.length; ) {
    const stage = stages.find((end) => end > pictures[start]!) ?? Number.POSITIVE_INFINITY;
    const own = pictures.slice(start, start + step).filter((picture) => picture < stage);
    chunks.push(new Set(own));
    start += own.length;
  }
  return chunks;
}

function blendOf({ way }: Method): 'poisson' | 'paste' {
  return way.kind === 'search' ? resolveOptions(way.options).blend : 'paste';
}

/** @throws LatentfillError where two methods would write to one folder. */
function checkNames(methods: readonly Method[]): void {
  const folders = new Map<string, string>();
  for (const { name } of methods) {
    const folder = folderOf(name).toLowerCase();
    const earlier = folders.get(folder);
    if (earlier !== undefined) {
      throw new LatentfillError(
        'options',
        `Expected methods whose names differ in letters, got '${earlier}' and '${name}': give one another name.`,
      );
    }
    folders.set(folder, name);
  }
}

async function settingsOf(
  { model, source, dataset, protocols, seed, captions, device = 'cpu' }: Evaluation,
  cases: readonly Case[],
): Promise<Settings> {
  const bytes = [model.source?.generator, model.source?.discriminator].map((b) => b ?? new Uint8Array());
  const first = cases.slice(0, protocols.length).flatMap(({ truth, mask }) => [truth.data, mask.data]);
  return {
    evaluation: 1,
    model: model.card.name,
    networks: (await Promise.all(bytes.map(sha256))).join(' '),
    data: source,
    size: dataset.size,
    masks: protocols.map(({ name }) => name),
    seed,
    captions,
    device,
    first: await sha256(
      Buffer.concat(first.map((data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))),
    ),
  };
}
