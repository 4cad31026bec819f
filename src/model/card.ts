/** @file `model.json`, a model's card: its schema, and the defaults of what it leaves out. */

import { z } from 'zod';
import { count } from '../graph/value.ts';
import type { LatentSpace } from './latents.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const prior = z.enum(['uniform', 'normal']);
const sizes = z.array(z.int().positive());
/** Channels first, as PyTorch exports, or last, as TensorFlow does. */
const layout = z.enum(['NCHW', 'NHWC']);
/** 1: grey; the search sees it as three equal channels. */
const channels = z.literal([1, 3]);

/** An input with the same value for every image: one number for all elements, or all elements. */
const fixedSchema = z.strictObject({
  input: z.string(),
  type: z.enum(['float32', 'int64', 'bool']),
  /** The input's shape without its batch axis, if it has one. */
  shape: z.array(z.int().min(0)),
  /** Whether a batch axis precedes `shape`. */
  batch: z.boolean(),
  values: z.array(z.number()).min(1),
});

/** Names and layouts of an imported network's inputs and outputs. */
const networkSchema = z.strictObject({
  generator: z.strictObject({ image: z.string(), layout, channels, fixed: z.array(fixedSchema) }),
  discriminator: z
    .strictObject({ image: z.string(), logit: z.string(), layout, channels, fixed: z.array(fixedSchema) })
    .nullable(),
});

/** How a model's training showed it pictures. Left out: unknown. */
const viewSchema = z.strictObject({
  /** The side of the smallest square that was taken of a picture, as a share of its shorter side; 1: the largest alone. */
  share: z.number().min(0).max(1),
});

const place = z.tuple([z.number(), z.number()]);

/**
 * How the faces of a generator lie in its square: by the rule of FFHQ, or with their five points (eyes, nose, corners of the
 * mouth, left before right) at these places on average, from 0 to 1. Left out: it draws no faces, or they lie anyhow.
 */
export const facesSchema = z.union([
  z.strictObject({ layout: z.literal('ffhq') }),
  z.strictObject({ points: z.tuple([place, place, place, place, place]) }),
]);

/** How well `default` matches what is known of held-out pictures with holes. Left out: not measured. */
const fitSchema = z.strictObject({
  pictures: z.int().positive(),
  /** Below them lie 0 %, 5 %, … 100 % of the coarse losses (differences of mean colours, values in [−1, 1]). */
  quantiles: z.array(z.number().min(0)).length(21),
});

/**
 * A tensor of the generator in which it is easier to search than in its latent: the waist (for StyleGAN, w). Left out: the
 * generator has none.
 */
const waistSchema = z.strictObject({
  /** Its name in generator.onnx. */
  tensor: z.string(),
  /** Without the batch axis. */
  shape: sizes,
  /** The places where layers use it; each can be given a copy of its own. */
  uses: z.int().positive(),
});

const distance = z.strictObject({ value: z.number(), standardError: z.number() });
const copying = z.strictObject({ share: z.number(), nearer: z.number() });

/** Scores of a checkpoint's samples. */
export const scoresSchema = z.strictObject({
  /** The numbers of samples, held-out images and training images that were compared. */
  samples: z.int().positive(),
  heldout: z.int().min(0),
  gallery: z.int().min(0),
  /** Kernel distance of samples without captions to held-out images; null: there are no held-out images. */
  distance: distance.nullable(),
  /**
   * The same for samples with the captions of the held-out images; null: the generator uses no captions, or there are
   * none.
   */
  captioned: distance.nullable(),
  /** How near samples are to training images, in features and in pixels; null: there is nothing to compare with. */
  memorisation: z.strictObject({ features: copying, pixels: copying }).nullable(),
});

/** `model.json`. */
export const cardSchema = z.strictObject({
  /** Version of this format. */
  format: z.literal(1),
  name: z.string(),
  image: z.strictObject({
    /** Pixels a side. */
    size: z.int().positive(),
    channels: z.literal(3),
    /** The networks' values of black and white. */
    range: z.tuple([z.number(), z.number()]),
  }),
  latent: z
    .strictObject({
      size: z.int().positive(),
      prior,
      /** The generator's inputs that the latent is cut into, in order. Left out: one, named `latent`, [N, size]. */
      parts: z
        .array(z.strictObject({ input: z.string(), shape: sizes, prior }))
        .min(1)
        .optional(),
    })
    .refine(({ size, parts }) => !parts || size === parts.reduce((sum, part) => sum + count(part.shape), 0), {
      error: 'the parts of the latent do not add up to its size',
    }),
  /**
   * The form of the input `text` of both networks, which takes captions; null: there is none. `words`: [N, length]
   * tokens (int64) of vocabulary.json. `embedding`: [N, size] numbers of a sentence encoder, zeros for no caption.
   */
  text: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('words'), entries: z.int().positive(), length: z.int().positive() }),
      z.strictObject({ kind: z.literal('embedding'), size: z.int().positive() }),
    ])
    .nullable(),
  /**
   * The discriminator's mean logit on held-out real images and on generated ones; null: unknown, logits are used as
   * they are.
   */
  calibration: z.strictObject({ real: z.number(), generated: z.number() }).nullable(),
  /** null: not trained by this library. */
  training: z
    .strictObject({
      recipe: z.record(z.string(), z.unknown()),
      epoch: z.int().positive(),
      discriminatorSteps: z.int().positive(),
      images: z.int().positive(),
    })
    .nullable(),
  waist: waistSchema.optional(),
  view: viewSchema.optional(),
  faces: facesSchema.optional(),
  fit: fitSchema.optional(),
  /** Left out: not measured. */
  scores: scoresSchema.optional(),
  /** The training data; null: unknown. */
  data: z.strictObject({ name: z.string(), licence: z.string(), attribution: z.string() }).nullable(),
  /** Left out: the networks map `latent` to `image` and `image` to `logit`, in RGB with channels first. */
  network: networkSchema.optional(),
  /** Each file's SHA-256; without a `discriminator.onnx` the model has none. */
  files: z.strictObject({
    'generator.onnx': sha256,
    'discriminator.onnx': sha256.optional(),
    'vocabulary.json': sha256.optional(),
    'waist.onnx': sha256.optional(),
  }),
});

export type ModelCard = z.output<typeof cardSchema>;
/** A card whose files may be missing, since they are not written yet. */
export type Draft = Omit<ModelCard, 'files'> & Partial<Pick<ModelCard, 'files'>>;
export type Scores = z.output<typeof scoresSchema>;
export type Fixed = z.output<typeof fixedSchema>;
export type Networks = z.output<typeof networkSchema>;
export type WaistCard = z.output<typeof waistSchema>;

/** The inputs that a model's latent is cut into. */
export function latentParts({ latent }: Pick<ModelCard, 'latent'>): NonNullable<ModelCard['latent']['parts']> {
  return latent.parts ?? [{ input: 'latent', shape: [latent.size], prior: latent.prior }];
}

/** The space of a model's latents, with their prior. */
export function latentSpace(card: Pick<ModelCard, 'latent'>): LatentSpace {
  const parts = latentParts(card).map(({ shape, prior }) => ({ size: count(shape), prior }));
  return { latent: card.latent.size, prior: card.latent.prior, parts };
}

/** The networks' wiring from the card, or that of networks which latentfill trained. */
export function wiringOf(card: Draft, hasDiscriminator: boolean): Networks {
  const plain = { layout: 'NCHW', channels: 3, fixed: [] } as const;
  const own = {
    generator: { image: 'image', ...plain, fixed: [] },
    discriminator: hasDiscriminator ? { image: 'image', logit: 'logit', ...plain, fixed: [] } : null,
  };
  return card.network ?? own;
}
