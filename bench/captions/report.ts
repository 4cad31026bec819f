/** @file What came of the fills, in numbers and in pictures. */

import { corrupted } from '../../src/eval/methods/baselines.ts';
import type { Image } from '../../src/image/image.ts';
import { printTable } from '../table.ts';
import type { Condition, Trial } from './fills.ts';
import { type Hiding, maskOf } from './hidings.ts';
import { agreement, chance, percent, questionsOf } from './scores.ts';
import { drawWorded, type Row } from './sheet.ts';

/** The figures of a hiding: mean hole PSNR by condition, and by question how often each fill is as wanted. */
export function scoresOf(hiding: Hiding, trials: readonly Trial[], ran: readonly Condition[]) {
  const [own, other] = [trials.map((trial) => trial.own), trials.map((trial) => trial.other)];
  const fills = (condition: Condition) => trials.map((trial) => trial.fills[condition]!);
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const questions = hiding.hides.flatMap(questionsOf).map((question) => ({
    question: question.name,
    chance: chance(question, own),
    /** The judge's own accuracy on these faces, and on them with the hole in the mean colour. */
    original: agreement(
      question,
      trials.map(({ seen }) => seen),
      own,
    ),
    hidden: agreement(
      question,
      trials.map((trial) => trial.hidden),
      own,
    ),
    /** How often a fill is as in the face itself, and as in the face whose caption was given instead. */
    fills: ran.map((condition) => {
      const seen = fills(condition).map((filled) => filled.seen);
      return { condition, right: agreement(question, seen, own), follows: agreement(question, seen, other) };
    }),
  }));
  return {
    hiding: hiding.name,
    faces: trials.length,
    holeShare: maskOf(hiding).data.reduce((sum, m) => sum + m, 0) / maskOf(hiding).data.length,
    holePsnr: Object.fromEntries(ran.map((condition) => [condition, mean(fills(condition).map(({ hole }) => hole))])),
    questions,
  };
}

export type Scores = ReturnType<typeof scoresOf>;

/** One line for each hiding, question and condition; shares in per cent with 95 % intervals. */
export function printScores(all: readonly Scores[]): void {
  const rows = all.flatMap(({ hiding, holePsnr, questions }) =>
    questions.flatMap(({ question, chance, original, hidden, fills }) =>
      fills.map(({ condition, right, follows }) => [
        hiding,
        question,
        condition,
        percent(right),
        percent(follows),
        (100 * chance.majority).toFixed(1),
        (100 * chance.uniform).toFixed(1),
        (100 * hidden.share).toFixed(1),
        (100 * original.share).toFixed(1),
        holePsnr[condition]!.toFixed(2),
      ]),
    ),
  );
  printTable(
    [
      ...['hidden', 'asked', 'caption', 'as the face %', 'as the other face %'],
      ...['majority %', '1/k %', 'unfilled %', 'original %', 'hole PSNR'],
    ],
    rows,
  );
}

/** The shares that matter most, by hiding and question. */
export function inShort(all: readonly Scores[]) {
  return all.flatMap(({ hiding, questions }) =>
    questions.map(({ question, chance, fills }) => {
      const of = (condition: Condition) => fills.find((fill) => fill.condition === condition);
      return {
        hiding,
        question,
        trueRight: of('true')?.right.share,
        shuffledFollows: of('shuffled')?.follows.share,
        noneRight: of('none')?.right.share,
        chance: chance.majority,
      };
    }),
  );
}

/** A few faces of each hiding: what is hidden, each fill, the original; under a fill what the judge sees there. */
export function drawTrials(
  hidden: readonly (readonly [Hiding, readonly Trial[]])[],
  ran: readonly Condition[],
  perHiding: number,
): Promise<Image> {
  const rows = hidden.flatMap(([hiding, trials]) =>
    trials.slice(0, perHiding).map((trial) => rowOf(hiding, trial, ran)),
  );
  return drawWorded(
    ['hidden', ...ran.map((name) => (name === 'none' ? 'no caption' : `${name} caption`)), 'original'],
    rows,
  );
}

function rowOf(hiding: Hiding, { own, other, captions, original, seen, fills }: Trial, ran: readonly Condition[]): Row {
  const words = (face: Trial['own']) => hiding.hides.map((key) => face[key]).join(' ');
  const cells = ran.map((condition) => {
    const { image, seen: judged } = fills[condition]!;
    const wanted = { true: own, shuffled: other, swapped: other, named: other, none: undefined }[condition];
    return { image, words: words(judged), ...(wanted && { right: words(judged) === words(wanted) }) };
  });
  return {
    cells: [
      { image: corrupted(original, maskOf(hiding)) },
      ...cells,
      { image: original, words: words(seen), right: words(seen) === words(own) },
    ],
    beside: ran.flatMap((condition) => (captions[condition] ? [`${condition}: ${captions[condition]}`] : [])),
  };
}
