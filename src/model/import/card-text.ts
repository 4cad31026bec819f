/** @file CARD.md of an imported model. */

import { count } from '../../graph/value.ts';
import { type Draft, type Fixed, latentParts } from '../card.ts';

/** The card of a model that was trained elsewhere, as Markdown. */
export function importedCardText(card: Draft, notes: readonly string[]): string {
  const { name, image, network } = card;
  const { generator, discriminator } = network!;
  const [black, white] = image.range;
  const grey = generator.channels === 1 ? ', grey (one channel, shown as three)' : '';
  const logits = 'Its logits are taken as they are: no real images were at hand to calibrate it with.';
  return `# ${name}

A generator of ${image.size}×${image.size} images, brought to latentfill with its \`import\` command.

![Samples](samples.png)

Random samples, not chosen.

${latentParts(card).map(partText).join('\n')}
- **Image**: output \`${generator.image}\`, ${generator.layout}, values from ${black} (black) to ${white} (white)${grey}.
${fixedLines('generator', generator.fixed)}- **Discriminator**: ${
    discriminator
      ? `\`${discriminator.image}\` (${discriminator.layout}) to \`${discriminator.logit}\`. ${logits}`
      : 'none. Holes are filled by the contextual loss and a prior term alone.'
  }
${fixedLines('discriminator', discriminator?.fixed ?? [])}- **Data and licence**: not known to latentfill. Add them here.
${notes.length > 0 ? `\nNoted at import:\n\n${notes.map((note) => `- ${note}`).join('\n')}\n` : ''}`;
}

function partText({ input, shape, prior }: ReturnType<typeof latentParts>[number], i: number): string {
  const law = prior === 'uniform' ? 'uniform on [−1, 1]' : 'standard normal';
  const what = i === 0 ? 'Latent' : 'Searched too';
  return `- **${what}**: input \`${input}\`, ${count(shape)} numbers [${shape.join(', ')}], ${law}.`;
}

function fixedLines(network: string, fixed: readonly Fixed[]): string {
  return fixed
    .map(({ input, values }) => {
      const shown = values.length > 8 ? `${values.length} numbers, see \`model.json\`` : values.join(', ');
      return `- **Fixed input of the ${network}**: \`${input}\` = ${shown}.\n`;
    })
    .join('');
}
