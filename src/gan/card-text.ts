/** @file CARD.md: the text of a model's card. */

import type { Draft, ModelCard, Scores } from '../model/card.ts';

/** The card of a model that was trained by this library: `training` and `data` are known. */
export type TrainedCard = Draft & {
  readonly [K in 'training' | 'data']: NonNullable<ModelCard[K]>;
};

/** The card as Markdown, with the sheet `samples.png` beside it; `notes` are sentences about what was missing. */
export function cardText(card: TrainedCard, notes: readonly string[] = []): string {
  const { name, image, latent, text, training, scores, data, calibration } = card;
  const captions = calibration ? 'held-out' : 'training';
  return `# ${name}

A generator and discriminator of ${image.size}×${image.size} images, trained by latentfill's own \`train\` command.

![Samples](samples.png)

Random samples, not chosen${text ? `: three rows without captions, three with captions of ${captions} images` : ''}.

- **Latent**: ${latent.size} numbers, ${latent.prior === 'uniform' ? 'uniform on [−1, 1]' : 'standard normal'}.
- **Captions**: ${captionsText(text)}
- **Data**: ${data.name}, ${training.images} training images. Licence: ${data.licence}. ${data.attribution}.
- **Training**: ${training.discriminatorSteps} discriminator steps, to epoch ${training.epoch}. The whole recipe is in
  \`model.json\`, under \`training.recipe\`: latentfill's \`train\` takes it as a recipe, and makes the model again.
- **Scores**: ${scoresText(scores)}
- **Weights**: the generator's running average, batch norm folded, stored in float16 and computed in float32.
- **Calibration**: ${calibrationText(calibration)}${notes.map((note) => `\n- **Missing**: ${note}`).join('')}
`;
}

function calibrationText(calibration: ModelCard['calibration']): string {
  if (!calibration) return 'none; the logits of the discriminator are used raw.';
  const { real, generated } = calibration;
  return `the discriminator's mean logit is ${real.toFixed(3)} on held-out real images and
  ${generated.toFixed(3)} on samples.`;
}

function captionsText(text: ModelCard['text']): string {
  if (text === null) return 'none.';
  return text.kind === 'words'
    ? `a learned bag of ${text.entries} words and bigrams, in \`vocabulary.json\`; the model works with and without.`
    : `embeddings of ${text.size} numbers from a sentence encoder; the model works with and without.`;
}

function scoresText(scores: Scores | undefined): string {
  if (!scores?.distance) return 'not measured.';
  const withError = ({ value, standardError }: NonNullable<Scores['distance']>) =>
    `${value.toFixed(4)} ± ${standardError.toFixed(4)}`;
  const captioned = scores.captioned ? `, ${withError(scores.captioned)} with their captions` : '';
  const copies = scores.memorisation
    ? ` ${(100 * scores.memorisation.pixels.share).toFixed(1)} % of the samples lie nearer to a training image than 95 % of held-out images do (pixels at 16×16; 5 % without copying).`
    : '';
  return `kernel distance of ${scores.samples} samples to ${scores.heldout} held-out images, in the features of models/features: ${withError(scores.distance)}${captioned}; 0 is the same distribution.${copies}`;
}
