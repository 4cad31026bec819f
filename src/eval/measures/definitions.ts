/** @file What `eval` measures of each fill: names, units, formulas and sources, for tables, reports and docs. */

/** A measure of fills. */
export interface Definition {
  /** A heading. */
  readonly title: string;
  /** '' for a number without one. */
  readonly unit: string;
  readonly digits: number;
  /** Which way is better; null where neither is. */
  readonly better: 'higher' | 'lower' | null;
  /** What it is, with formula and source, in a sentence or two. */
  readonly about: string;
}

/** Every measure, in the order of tables. `kernel` is one number of a set; all others are means over fills. */
export const definitions = {
  hole: {
    title: 'hole PSNR',
    unit: 'dB',
    digits: 2,
    better: 'higher',
    about:
      'PSNR over missing pixels: −10 log₁₀ of the mean squared error, peak 1, all channels; an exact fill counts as 58.92 dB, the error of rounding to 8 bits. It favours blurred fills where the picture does not decide.',
  },
  whole: {
    title: 'whole PSNR',
    unit: 'dB',
    digits: 2,
    better: 'higher',
    about: 'The same over all pixels, as many papers give it: higher by −10 log₁₀ of the share that is missing.',
  },
  ssim: {
    title: 'SSIM',
    unit: '',
    digits: 3,
    better: 'higher',
    about: 'Mean structural similarity, −1 to 1 (Wang et al. 2004, eq. 13): Gaussian windows of 11 pixels, σ 1.5.',
  },
  ssimHole: {
    title: 'SSIM at the hole',
    unit: '',
    digits: 3,
    better: 'higher',
    about: 'The mean over those windows that hold a missing pixel.',
  },
  features: {
    title: 'feature distance',
    unit: '',
    digits: 3,
    better: 'lower',
    about:
      'Euclidean distance, from 0 to √2, between what MobileNetV2 sees in the fill and in the true picture, features of length 1. It stands where papers have LPIPS, and does not compare with it.',
  },
  kernel: {
    title: 'kernel distance',
    unit: '',
    digits: 4,
    better: 'lower',
    about:
      'Squared distance between the distributions of fills and of real pictures, on the same features (as KID: Bińkowski et al. 2018). Pairs of one photograph are left out, since a fill shares known pixels with its own picture; about 0, and as often below, for fills that cannot be told from pictures.',
  },
  paired: {
    title: 'P-IDS',
    unit: '%',
    digits: 0,
    better: 'higher',
    about:
      'Share of fills that a linear classifier on those features takes for more real than their own true picture (Zhao et al. 2021), trained on other photographs; 50 % for fills that cannot be told from pictures.',
  },
  unpaired: {
    title: 'U-IDS',
    unit: '%',
    digits: 0,
    better: 'higher',
    about: 'Share of fills and pictures that this classifier takes for the other kind; 50 % at best.',
  },
  attributes: {
    title: 'attributes',
    unit: '%',
    digits: 0,
    better: 'higher',
    about:
      'Of the attributes that the data name of a picture and a classifier sees in the true picture, the share that it sees in the fill too, 0 to 100; those that no hole hides count as well.',
  },
  known: {
    title: 'fit',
    unit: 'dB',
    digits: 2,
    better: 'higher',
    about: 'PSNR of what the model drew over the known pixels, before pasting: how well the search found the picture.',
  },
  seam: {
    title: 'seam',
    unit: 'levels',
    digits: 1,
    better: null,
    about:
      'Mean absolute difference across the rim of the hole, in 8-bit levels, less the same in the true picture: 0 as there, above it a visible seam, below it smoother.',
  },
  logit: {
    title: "D's logit",
    unit: '',
    digits: 2,
    better: 'higher',
    about: "The discriminator's logit of the filled picture less that of the true one, without captions.",
  },
  diversity: {
    title: 'diversity',
    unit: '',
    digits: 3,
    better: null,
    about: 'Root mean squared difference in the hole between candidates, values from 0 to 1, mean over pairs.',
  },
  evaluations: {
    title: 'drawn',
    unit: '',
    digits: 0,
    better: 'lower',
    about:
      'Pictures that the generator drew for a fill, as if it were filled alone; a step draws one for each candidate.',
  },
  seconds: {
    title: 's/fill',
    unit: 's',
    digits: 2,
    better: 'lower',
    about: 'Seconds for a fill, of those that were filled together: the time of all divided by their number.',
  },
} as const satisfies Readonly<Record<string, Definition>>;

/** The name of a measure. */
export type Measure = keyof typeof definitions;

export const measures = Object.keys(definitions) as Measure[];
