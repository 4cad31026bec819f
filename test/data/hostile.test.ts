import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tryHostile } from '../helpers/hostile.ts';

// npm run bench:hostile tries 5,000, each in a process that may fall.
test('300 damaged or hostile files end in a dataset, an image or a sentence, and execute nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latentfill-hostile-'));
  const counts = { opened: 0, images: 0, refused: 0 };
  for (let i = 0; i < 300; i++) counts[(await tryHostile(join(folder, String(i)), i)).ended]++;
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(20);
}, 300_000);
