import { expect, test } from 'vitest';
import { normal, random } from '../../../src/base/random.ts';
import { type DiscriminativeScores, discriminativeScores } from '../../../src/eval/measures/discriminative.ts';
import { type Matrix, matrix } from '../../../src/eval/measures/inner-products.ts';

const COLUMNS = 96;
const FACTORS = 12;
const names = (count: number) => Array.from({ length: count }, (_, i) => `photograph ${i}`);
const mean = (of: ArrayLike<number>) => Array.from(of).reduce((a, b) => a + b, 0) / of.length;
const basis = normal(random('basis'), FACTORS * COLUMNS);
const direction = normal(random('direction'), COLUMNS);

/** A feature of a picture with this content, noise added. */
function feature(content: Float32Array, noise: Float32Array, moved = 0): Float32Array {
  return noise.map(
    (v, k) => content.reduce((sum, c, f) => sum + c * basis[f * COLUMNS + k]!, v) + moved * direction[k]!,
  );
}

/** Fills and true pictures with contents in common, the fills moved by so much along one direction. */
function drawn(count: number, moved: number, trial: number): { fills: Matrix; reals: Matrix } {
  const noise = (kind: string, i: number) => normal(random('discriminative', kind, trial, i), COLUMNS);
  const contents = names(count).map((_, i) => normal(random('content', trial, i), FACTORS));
  return {
    fills: matrix(contents.map((content, i) => feature(content, noise('fill', i), moved))),
    reals: matrix(contents.map((content, i) => feature(content, noise('real', i)))),
  };
}

/** Mean scores over trials. */
function overTrials(trials: number, count: number, moved: number): { paired: number; unpaired: number } {
  const all = Array.from({ length: trials }, (_, trial) => {
    const { fills, reals } = drawn(count, moved, trial);
    return discriminativeScores(fills, reals, names(count))!;
  });
  const of = (which: keyof DiscriminativeScores) => mean(all.map((scores) => mean(scores[which])));
  return { paired: of('paired'), unpaired: of('unpaired') };
}

test('fills of the same distribution as true pictures score 0.5, though there are more numbers than pictures', () => {
  const { paired, unpaired } = overTrials(60, 32, 0); // 1920 pairs: the standard error of the share is 0.011
  expect(Math.abs(paired - 0.5)).toBeLessThan(0.035);
  expect(Math.abs(unpaired - 0.5)).toBeLessThan(0.035);
});

test('fills that are told apart score near 0, and the less they differ the higher', () => {
  const [far, near] = [overTrials(4, 32, 2), overTrials(20, 32, 0.3)];
  expect(far.paired).toBeLessThan(0.01);
  expect(far.unpaired).toBeLessThan(0.05);
  expect(near.paired).toBeGreaterThan(0.05);
  expect(near.paired).toBeLessThan(0.42);
  expect(near.unpaired).toBeGreaterThan(near.paired);
  expect(near.unpaired).toBeLessThan(0.47);
});

test('fills that are equal to their true pictures score 0.5 each, constant features or not', () => {
  const { reals } = drawn(20, 0, 0);
  for (let i = 0; i < 20; i++) reals.data.fill(0.1, i * COLUMNS, i * COLUMNS + 5);
  const { paired, unpaired } = discriminativeScores(reals, reals, names(20))!;
  expect([...paired, ...unpaired]).toEqual(new Array(40).fill(0.5));
});

test('a fill that is no worse among ones that are: its own score tells', () => {
  const { fills, reals } = drawn(40, 2, 1);
  fills.data.set(reals.data.subarray(0, COLUMNS)); // picture 0 is filled with its true pixels
  const { paired } = discriminativeScores(fills, reals, names(40))!;
  expect(paired[0]).toBe(0.5);
  expect(mean(paired.subarray(1))).toBeLessThan(0.05);
});

test('pictures of a photograph are left out together: none is judged by what was learned of it', () => {
  // Chance marks each fill; four crops of a photograph are nearly the same, marks included.
  const { fills, reals } = drawn(24, 0, 3);
  const crops = ({ rows, columns, data }: Matrix, kind: string) =>
    matrix(
      Array.from({ length: 4 * rows }, (_, i) => {
        const row = data.subarray((i % rows) * columns, ((i % rows) + 1) * columns);
        const noise = normal(random('crop', kind, i), columns);
        return row.map((v, k) => v + 0.01 * noise[k]!);
      }),
    );
  const [f, r] = [crops(fills, 'fills'), crops(reals, 'reals')];
  const together = discriminativeScores(
    f,
    r,
    Array.from({ length: 96 }, (_, i) => `photograph ${i % 24}`),
  )!;
  const apart = discriminativeScores(f, r, names(96))!;
  expect(mean(together.paired)).toBeGreaterThan(0.25);
  expect(mean(apart.paired)).toBeLessThan(0.02);
});

test('scores depend neither on the units of a feature nor on names', () => {
  const { fills, reals } = drawn(30, 0.2, 4);
  const scaled = (m: Matrix) => ({ ...m, data: m.data.map((v, i) => 1000 + (i % COLUMNS === 7 ? 64 : 8) * v) });
  const scores = discriminativeScores(fills, reals, names(30));
  expect(
    discriminativeScores(
      scaled(fills),
      scaled(reals),
      names(30).map((name) => `${name}.png`),
    ),
  ).toEqual(scores);
});

test('few photographs have no scores, and rows that do not match are told of', () => {
  const { fills, reals } = drawn(6, 0, 5);
  expect(discriminativeScores(fills, reals, ['a', 'b', 'c', 'a', 'b', 'c'])).toBeNull();
  expect(discriminativeScores(fills, reals, ['a', 'b', 'c', 'd', 'd', 'd'])!.paired.length).toBe(6);
  expect(() => discriminativeScores(fills, reals, names(5))).toThrow('and 5 photographs');
});
