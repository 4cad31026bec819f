/** @file Divides an evaluation into works, each of which is done as a whole: the same division whenever it is resumed. */

import { type Settled, settle } from '../../inpaint/effort.ts';
import { MAX_ROWS } from '../../inpaint/inpaint.ts';
import type { Inpainter } from '../../inpaint/inpainter.ts';
import { resolveOptions } from '../../inpaint/options.ts';
import type { Options } from '../../inpaint/options-type.ts';
import { planStages } from '../../inpaint/stages.ts';
import { stage } from '../../inpaint/staging.ts';
import type { Model } from '../../model/model.ts';
import type { Method } from '../methods/method.ts';
import type { Case } from './cases.ts';
import type { CaseShare } from './fills.ts';

/** Methods that share a search, since they differ in how they blend alone; or one that does not search. */
export interface Lane {
  readonly methods: readonly Method[];
  /** What is searched; undefined for what does not search. */
  readonly options: Options | undefined;
  /** Images that G draws for a fill at most: what the time of a fill goes by. */
  readonly evaluations: number;
}

/** The lanes of methods, in their order. */
export function lanesOf(model: Model, methods: readonly Method[]): Lane[] {
  const lanes = new Map<string, Method[]>();
  for (const method of methods) {
    const key = method.way.kind === 'search' ? searchKey(method.way.options, method.most) : `own ${method.name}`;
    lanes.set(key, [...(lanes.get(key) ?? []), method]);
  }
  return [...lanes.values()].map((own) => {
    const { way } = own[0]!;
    const options = way.kind === 'search' ? way.options : undefined;
    return {
      methods: own,
      options,
      evaluations: options ? evaluationsOf(model, settle(model, resolveOptions(options))) : 0,
    };
  });
}

/** Searches of one key find the same. */
function searchKey(options: Options, most: number | undefined): string {
  return JSON.stringify({ ...resolveOptions(options), blend: null, most });
}

/** Images that G draws in a search at most. */
function evaluationsOf(model: Model, options: Settled): number {
  const rounds = planStages(model, options).flatMap(({ rounds }) => rounds);
  const drawn = rounds.reduce((sum, { keep, steps }) => sum + keep * steps, 0);
  return drawn + (options.screen === 0 ? 0 : Math.max(options.screen, options.restarts));
}

/** Cases in groups whose searches fill the rows of a program. */
export function searchGroups(
  { model }: Pick<Inpainter, 'model'>,
  cases: readonly Case[],
  options: Options,
  isWatched: (one: Case) => boolean,
): CaseShare[][] {
  const resolved = settle(model, resolveOptions(options));
  const groups: CaseShare[][] = [];
  let rows = Number.POSITIVE_INFINITY;
  for (const one of cases) {
    const { truth: image, mask, caption } = one;
    const views = stage(model, { image, mask, caption }, resolved).views.length;
    if (rows + views * resolved.restarts > MAX_ROWS) {
      groups.push([]);
      rows = 0;
    }
    rows += views * resolved.restarts;
    groups.at(-1)!.push({ one, views, isWatched: isWatched(one) });
  }
  return groups;
}
