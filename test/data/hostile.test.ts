import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ofExtent } from '../helpers/extent.ts';
import { tryHostile } from '../helpers/hostile.ts';

// npm run bench:hostile tries 5,000, each in a process that may fall.
const tries = ofExtent({ sample: 150, whole: 300 });

test(`${tries} damaged or hostile files end in a dataset, an image or a sentence, and execute nothing`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latentfill-hostile-'));
  const counts = { opened: 0, images: 0, refused: 0 };
  for (let i = 0; i < tries; i++) counts[(await tryHostile(join(folder, String(i)), i)).ended]++;
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(tries / 15);
}, 300_000);
