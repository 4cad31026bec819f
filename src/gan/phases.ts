/** @file The two graphs of training: one discriminator step, one generator step. */

import { add, clip, mul, sign, stopGradient, sub } from '../graph/ops/elementwise.ts';
import { mean } from '../graph/ops/reduce.ts';
import { input, type Value } from '../graph/value.ts';
import { type TextForm, textInput } from '../model/text/input-form.ts';
import { asInputs } from '../nn/parameters.ts';
import type { State } from '../runtime/state.ts';
import { augmented } from './augment.ts';
import { averaged } from './generator-average.ts';
import { gradientPenalty, losses } from './losses.ts';
import { networksOf } from './networks/networks.ts';
import type { Recipe } from './recipe.ts';
import { initialState, type Phase, type PhaseLoss, phaseOf } from './updates.ts';

/**
 * Both phases of a recipe and the state that they share.
 *
 * Inputs of each run: `real` [batch, 3, size, size] in [−1, 1]; `latent` [batch, latent]; from the schedule
 * `learningRate`, `beta2`, `r1Weight`, `r2Weight`, all []; with captions `text` and, for D, `otherText` (captions of
 * other images) and `otherWeight` [batch]; `noise` for conditioning augmentation; those of `augmented`.
 *
 * State: `g.*`, `d.*` (weights), `ema.*`, the optimisers' moments and steps, `augment` (probability).
 */
export function buildPhases(
  recipe: Recipe,
  form: TextForm | null = null,
): { discriminator: Phase; generator: Phase; state: State } {
  const { batch, size, latent, captions, augment } = recipe;
  const networks = networksOf(recipe, form);
  const loss = losses[recipe.loss];
  const [g, d] = [asInputs('g.'), asInputs('d.')];

  const real = input('real', [batch, 3, size, size]);
  const text = form ? textInput('text', form, batch) : undefined;
  const noise = form && captions.augmentation > 0 ? input('noise', [batch, captions.size]) : undefined;
  const drawn = networks.generator({ ask: g.ask }, { z: input('latent', [batch, latent]), text, noise });

  /** D's features of augmented images, as a function from captions to logits. */
  const seen = (images: Value, name: string) => networks.discriminator(d.ask, augmented(images, name, augment.policy));

  function discriminatorPhase(): PhaseLoss {
    // Real and generated images pass through D separately: then loss and penalty of each share one backward pass.
    const fake = stopGradient(drawn.image);
    const judgeReal = seen(real, 'augment.real');
    const [onReal, onFake] = [judgeReal(text), seen(fake, 'augment.fake')(text)];
    const gap = sub(onReal, onFake);
    const adversarial = mean(loss.discriminator(onReal, onFake));
    const outputs: Record<string, Value> = {
      loss: adversarial,
      realLogit: mean(onReal),
      fakeLogit: mean(onFake),
      right: mean(sign(gap)),
    };
    let total = adversarial;
    if (penalised(recipe)) {
      const [r1, r2] = [mean(gradientPenalty(onReal, real)), mean(gradientPenalty(onFake, fake))];
      Object.assign(outputs, { r1, r2 });
      total = add(total, add(mul(input('r1Weight', []), r1), mul(input('r2Weight', []), r2)));
    }
    if (form && captions.mismatched > 0) {
      // D must also tell a real image with its own caption from one with a wrong caption (GAN-CLS, Reed et al. 2016,
      // algorithm 1).
      const onMismatched = judgeReal(textInput('otherText', form, batch));
      const each = mul(loss.discriminator(onReal, onMismatched), input('otherWeight', [batch]));
      outputs.mismatched = mean(each);
      total = add(total, mul(captions.mismatched, outputs.mismatched));
    }
    return { total, outputs };
  }

  function generatorPhase(): PhaseLoss {
    const [onReal, onFake] = loss === losses.relativistic ? bothLogits() : [drawn.image, fakeLogits()];
    const adversarial = mean(loss.generator(onReal, onFake));
    if (!drawn.divergence) return { total: adversarial, outputs: { loss: adversarial } };
    const total = add(adversarial, mul(captions.augmentation, drawn.divergence));
    return { total, outputs: { loss: adversarial, divergence: drawn.divergence } };
  }

  const fakeLogits = () => seen(drawn.image, 'augment.fake')(text);
  const bothLogits = () => [seen(real, 'augment.real')(text), fakeLogits()] as const;

  const [critic, artist] = [discriminatorPhase(), generatorPhase()];
  const discriminator = phaseOf('d', critic, d.values, recipe);
  const generator = averaged(phaseOf('g', artist, g.values, recipe), g.parameters, recipe.ema);
  if (augment.mode === 'adaptive') {
    Object.assign(discriminator.updates, { augment: nextProbability(critic.outputs.right!, recipe) });
  }
  return { discriminator, generator, state: initialState(recipe, g.parameters, d.parameters) };
}

/** True if a gradient penalty has a weight above 0 at any time. */
function penalised({ r1, r2, finalR1 = r1, finalR2 = r2 }: Recipe): boolean {
  return Math.max(r1, r2, finalR1, finalR2) > 0;
}

/**
 * The next probability of augmentation, by which D's overfitting approaches the target (Karras et al. 2020, section 3).
 * Their heuristic is r_t = E[sign D(real)]; here it is E[sign(D(real) − D(G(z)))], since the logits of a relativistic D
 * have no meaningful zero.
 */
function nextProbability(right: Value, { augment, batch, accumulate }: Recipe): Value {
  const by = mul(sign(sub(right, augment.target)), (batch * accumulate) / augment.horizon);
  return clip(add(input('augment', []), by), 0, 1);
}
