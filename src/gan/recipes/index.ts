/** @file The recipes that ship, by name. Each file holds one, with the reasons for its settings. */

import type { RecipeInput } from '../recipe-type.ts';
import { dcgan } from './dcgan.ts';
import { fashion32 } from './fashion-32.ts';
import { ift6266 } from './ift6266.ts';
import { landscape64 } from './landscape-64.ts';
import { r3gan } from './r3gan.ts';
import { toon64 } from './toon-64.ts';

export const recipes: Readonly<Record<string, RecipeInput>> = {
  dcgan,
  r3gan,
  ift6266,
  'toon-64': toon64,
  'landscape-64': landscape64,
  'fashion-32': fashion32,
};
