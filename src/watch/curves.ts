/** @file The charts of a run's log: their curves, titles and notes. */

import { type Curve, drawCurves, type Series } from '../report/chart.ts';
import { figure } from '../report/figure.ts';

/** Which numbers of the log a chart shows. A number that no chart names gets a chart of its own. */
interface Chart {
  readonly title: string;
  readonly note: string;
  readonly curves: readonly (readonly [key: string, name: string])[];
  readonly score?: boolean;
  readonly decades?: boolean;
}

const both = (key: string) =>
  [
    [`d.${key}`, 'discriminator'],
    [`g.${key}`, 'generator'],
  ] as const;

const known: readonly Chart[] = [
  {
    title: 'Losses',
    note: 'Right axis: score exp(−loss), for logistic losses the probability that a network gives to being right.',
    curves: both('loss'),
    score: true,
  },
  {
    title: 'Logits',
    note: 'What the discriminator says of real and of generated images; only their difference counts for relativistic losses.',
    curves: [
      ['d.realLogit', 'real'],
      ['d.fakeLogit', 'generated'],
    ],
  },
  {
    title: 'Gradient norms',
    note: 'Of all weights of a network together.',
    curves: both('gradientNorm'),
    decades: true,
  },
  {
    title: 'Gradient penalties',
    note: 'Squared gradient of the logit at real (R1) and at generated images (R2), before their weights.',
    curves: [
      ['d.r1', 'R1'],
      ['d.r2', 'R2'],
    ],
    decades: true,
  },
  {
    title: 'How often D is right',
    note: 'Mean sign of D(real) − D(generated): 1 when it always is, 0 when it guesses.',
    curves: [['d.right', 'discriminator']],
  },
  {
    title: 'Mismatched captions',
    note: "The discriminator's loss of real images beside another image's caption.",
    curves: [['d.mismatched', 'discriminator']],
  },
  { title: 'Learning rates', note: 'As scheduled.', curves: both('learningRate') },
  { title: 'Augmentation', note: 'Probability of each change.', curves: [['augment', 'probability']] },
  {
    title: 'Speed',
    note: 'Real images that the discriminator sees, per second.',
    curves: [['imagesPerSecond', 'images/s']],
  },
];

/** Every number of a log as a chart, in a fixed order, the unknown ones last. HTML. */
export function chartsOf(series: ReadonlyMap<string, Series>): string {
  const named = new Set(known.flatMap(({ curves }) => curves.map(([key]) => key)));
  const others = [...series.keys()].filter((key) => !named.has(key)).sort();
  const rest = others.map((key): Chart => ({ title: key, note: '', curves: [[key, key]], decades: true }));
  const figures = [...known, ...rest].flatMap(({ title, note, curves, score = false, decades = false }) => {
    const found = curves.flatMap(([key, name]): Curve[] => {
      const own = series.get(key);
      return own ? [{ name, series: own }] : [];
    });
    return found.length > 0
      ? [
          figure(
            title,
            note,
            found.map(({ name }) => name),
            drawCurves(found, { score, decades }),
          ),
        ]
      : [];
  });
  return `<div class="charts">${figures.join('\n')}</div>`;
}
