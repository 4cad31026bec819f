import { expect, test } from 'vitest';
import { hidings, maskOf, pairsOf } from '../../bench/captions/hidings.ts';
import { faceOf, headsOf } from '../../bench/judge/attributes.ts';
import { openToon, toonFaces } from '../../src/data/sources/toon.ts';

const faces = openToon({ size: 64, split: 'heldout', count: 120 });
const heads = headsOf(openToon({ size: 64, split: 'heldout', count: 400 }));

/** Options of the style under which every face has this value. */
function fixedTo(attribute: string, value: string) {
  if (attribute === 'beard')
    return value === 'none' ? { beardProbability: 0 } : { beard: [value], beardProbability: 100 };
  return { [attribute]: [value.replace('#', '')] };
}

test.each(hidings.flatMap((hiding) => hiding.hides.map((attribute) => ({ hiding, attribute }))))(
  'no pixel outside the hole of $hiding.name tells of $attribute',
  async ({ hiding, attribute }) => {
    const { data: hole } = maskOf(hiding);
    const { values } = heads.find((head) => head.attribute === attribute)!;
    const suiting = Array.from({ length: 120 }, (_, i) => i).filter((i) => hiding.suits(faceOf(faces, i)));
    for (const index of suiting.slice(0, 6)) {
      const drawn = values.map((value) => toonFaces('heldout', 64, 120, fixedTo(attribute, value) as object));
      const own = values.indexOf(faceOf(faces, index)[attribute]!);
      const original = await faces.image(index);
      expect((await drawn[own]!.image(index)).data).toEqual(original.data);
      for (const other of drawn) {
        const { data } = await other.image(index);
        const told = data.findIndex((v, i) => hole[i % hole.length] === 0 && v !== original.data[i]);
        expect(told).toBe(-1);
      }
      const changed = await Promise.all(drawn.map((other) => other.image(index)));
      expect(changed.filter(({ data }) => data.some((v, i) => v !== original.data[i])).length).toBe(values.length - 1);
    }
  },
);

test('each face is paired with one that differs in all that is hidden', () => {
  for (const hiding of hidings) {
    const pairs = pairsOf(hiding, faces, 32);
    expect(pairs).toHaveLength(32);
    expect(new Set(pairs.map(({ own }) => own)).size).toBe(32);
    for (const { own, other } of pairs) {
      const [a, b] = [faceOf(faces, own), faceOf(faces, other)];
      expect(hiding.suits(a) && hiding.suits(b)).toBe(true);
      for (const key of hiding.hides) expect(b[key]).not.toBe(a[key]);
    }
    expect(new Set(pairs.map(({ other }) => other)).size).toBeGreaterThan(4);
  }
});
