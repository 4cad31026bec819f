/** @file `latentfill fit`: what a model knows, so that it can say where it does not. */

import { defineCommand } from 'citty';
import { LatentfillError } from '../base/errors.ts';
import { LEAST_PICTURES } from '../inpaint/fit.ts';
import { interruptSignal } from './exit-code.ts';
import { deviceOf, nodeDevices, wholeNumber } from './flag-values.ts';
import { commonFlags } from './flags.ts';
import { keepFit } from './keep-fit.ts';
import { print, printJson } from './terminal.ts';

const args = {
  model: { type: 'positional', required: true, description: 'A model folder.' },
  data: {
    type: 'string',
    required: true,
    valueHint: 'source',
    description: 'Pictures of the kind that the model was trained on, as train takes them; its held-out part is used.',
  },
  count: {
    type: 'string',
    default: '100',
    valueHint: 'number',
    description: `How many pictures, at least ${LEAST_PICTURES}.`,
  },
  device: { type: 'string', valueHint: nodeDevices.join('|'), description: 'Where to compute (default cpu).' },
  ...commonFlags,
} as const;

export default defineCommand({
  meta: {
    name: 'fit',
    description:
      'Measure how well a model matches pictures of its own kind, and keep it in its card: a fill far from it is then told.',
  },
  args,
  async run({ args: given }) {
    const signal = interruptSignal('the card was not changed');
    const count = wholeNumber('count', given.count);
    if (count < LEAST_PICTURES) {
      throw new LatentfillError(
        'command',
        `Expected --count of at least ${LEAST_PICTURES}, got ${count}: fewer tell nothing.`,
      );
    }
    const fit = await keepFit(given.model, given.data, { count, device: await deviceOf(given.device), signal });
    if (!fit) {
      throw new LatentfillError(
        'data',
        `Expected ${LEAST_PICTURES} held-out pictures in '${given.data}', got fewer: add some.`,
      );
    }
    const [median, usual] = [fit.quantiles[10]!, fit.quantiles[19]!];
    if (given.json) printJson({ model: given.model, ...fit });
    else {
      print(
        `${given.model}: ${fit.pictures} held-out pictures with holes, median coarse loss ${median.toFixed(4)}, 95 % below ${usual.toFixed(4)}; kept in its card`,
      );
    }
  },
});
