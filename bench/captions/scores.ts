/** @file Shares of faces in which an attribute is as wanted, with their uncertainty. */

import { random } from '../../src/base/random.ts';
import type { Face } from '../judge/attributes.ts';

/** A share and its 95 % bootstrap interval; NaN where there was nothing to count. */
export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Something that is asked of a face: its answer is compared with that of the face that was wanted. */
export interface Question {
  readonly name: string;
  readonly answer: (face: Face) => string;
  /** Only wanted faces for which this holds are counted. */
  readonly when?: (wanted: Face) => boolean;
}

/** What is asked about an attribute: its value; of what may be absent, also whether it is there, and which where it is. */
export function questionsOf(attribute: string): Question[] {
  const value: Question = { name: attribute, answer: (face) => face[attribute]! };
  if (attribute !== 'beard') return [value];
  return [
    value,
    { name: 'beard or none', answer: (face) => (face.beard === 'none' ? 'none' : 'some') },
    { name: 'kind, where one is wanted', answer: value.answer, when: ({ beard }) => beard !== 'none' },
  ];
}

/** The share of faces that answer as the face that was wanted in their place. */
export function agreement(
  { answer, when = () => true }: Question,
  seen: readonly Face[],
  wanted: readonly Face[],
): Share {
  const hits = wanted.flatMap((face, i) => (when(face) ? [answer(seen[i]!) === answer(face)] : []));
  return { ...interval(hits), count: hits.length };
}

/** The largest share that one answer, given always, could have, and the share of a blind guess among all answers. */
export function chance({ answer, when = () => true }: Question, wanted: readonly Face[]) {
  const counts = new Map<string, number>();
  const asked = wanted.filter(when);
  for (const face of asked) counts.set(answer(face), (counts.get(answer(face)) ?? 0) + 1);
  return { majority: Math.max(...counts.values()) / asked.length, uniform: 1 / counts.size };
}

const RESAMPLES = 2000;

/** The percentile bootstrap (Efron 1979). */
function interval(hits: readonly boolean[]): Omit<Share, 'count'> {
  const rng = random('bootstrap', hits.length);
  const shareOf = (pick: (i: number) => boolean) => {
    let sum = 0;
    for (let i = 0; i < hits.length; i++) if (pick(i)) sum++;
    return sum / hits.length;
  };
  const shares = Float64Array.from({ length: RESAMPLES }, () =>
    shareOf(() => hits[Math.floor(rng() * hits.length)]!),
  ).sort();
  return { share: shareOf((i) => hits[i]!), low: shares[RESAMPLES * 0.025]!, high: shares[RESAMPLES * 0.975]! };
}

/** "93.4 (90.1–96.2)", in per cent. */
export function percent({ share, low, high }: Share): string {
  const of = (x: number) => (100 * x).toFixed(1);
  return `${of(share)} (${of(low)}–${of(high)})`;
}
