import { describe, expect, test } from 'vitest';
import { heldOutAmong, ofSplit } from '../../src/data/split.ts';

const frames = (count: number) => Array.from({ length: count }, (_, i) => `frame${String(i + 1).padStart(3, '0')}.png`);
const heldOut = (names: readonly string[]) => ofSplit(names, 'heldout');

test('where chance holds out too few, the smallest hashes fill them up to a tenth', () => {
  expect(heldOut(frames(70))).toHaveLength(7); // by the hash alone: none
  expect(heldOut(frames(70).reverse()).sort()).toEqual(heldOut(frames(70)));
  for (const count of [10, 20, 30, 100, 160]) expect(heldOut(frames(count)).length).toBeGreaterThanOrEqual(count / 10);
});

test('a source with enough held-out names keeps those that it has by the hash alone, however it grows', () => {
  const names = Array.from({ length: 4000 }, (_, i) => `${i}.png`);
  const all = new Set(heldOut(names));
  expect(all.size).toBe(393);
  for (const count of [300, 1000, 2500]) {
    const some = names.slice(0, count);
    expect(heldOut(some)).toEqual(some.filter((name) => all.has(name)));
  }
  const isHeldOut = heldOutAmong(names.slice(0, 1000));
  expect(names.filter(isHeldOut)).toEqual([...all]); // later names decide nothing
});

test('pictures that are added one at a time move others only while chance holds out too few', () => {
  const names = frames(400);
  let moved = 0;
  for (let count = 11; count <= names.length; count++) {
    const [before, after] = [new Set(heldOut(names.slice(0, count - 1))), new Set(heldOut(names.slice(0, count)))];
    const toHeldOut = names.slice(0, count - 1).filter((name) => after.has(name) && !before.has(name));
    moved += toHeldOut.length;
    if (count > 250) expect(toHeldOut).toEqual([]);
  }
  expect(moved).toBeLessThan(16);
});

describe('few pictures', () => {
  test('both splits together are all of them', () => {
    for (let count = 1; count < 12; count++) {
      const names = frames(count);
      expect([...ofSplit(names, 'train'), ...heldOut(names)].sort()).toEqual(names);
    }
  });

  test('at least one is left to train on', () => {
    for (const name of ['0.png', '4.png']) expect(ofSplit([name], 'train')).toEqual([name]); // held out among others
    expect(ofSplit(['0.png', '4.png'], 'train')).toHaveLength(2);
    expect(heldOut(['0.png', '1.png', '4.png'])).toEqual(['0.png', '4.png']);
  });
});
