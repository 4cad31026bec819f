import { describe, expect, test } from 'vitest';
import { isHidden, isPicture } from '../../src/cli/names.ts';
import { nearest } from '../../src/cli/nearest.ts';
import { masksBeside, pairMasks } from '../../src/cli/pairs.ts';

test('pictures by their suffix; what systems leave behind is none', () => {
  for (const name of ['a.png', 'A.JPG', 'b.jpeg', 'c.WebP', 'd.tif', 'e.TIFF', 'f.gif', 'g.avif'])
    expect(isPicture(name)).toBe(true);
  for (const name of ['a.txt', 'png', 'a.png.part', 'a.svg', 'a.pdf']) expect(isPicture(name)).toBe(false);
  for (const name of ['._a.png', '.DS_Store', 'Thumbs.db', 'desktop.ini', '.git']) expect(isHidden(name)).toBe(true);
  for (const name of ['a.png', 'desktop.png', 'a.DS_Store']) expect(isHidden(name)).toBe(false);
});

describe('masks of a folder', () => {
  const cases: [title: string, pictures: string[], masks: string[], pairs: Record<string, string>][] = [
    ['by the same name', ['a.png', 'b.png'], ['b.png', 'a.png'], { 'a.png': 'a.png', 'b.png': 'b.png' }],
    ['by the same stem', ['a.jpg'], ['a.png'], { 'a.jpg': 'a.png' }],
    [
      'with a mark',
      ['a.jpg', 'b.png'],
      ['a_mask.png', 'b.Mask001.png'],
      { 'a.jpg': 'a_mask.png', 'b.png': 'b.Mask001.png' },
    ],
    ['after the whole name', ['a.jpg', 'a.png'], ['a.jpg.png', 'a.png'], { 'a.jpg': 'a.jpg.png', 'a.png': 'a.png' }],
    [
      'after the whole name, with a mark',
      ['a.jpg', 'a.png'],
      ['a.jpg_mask.png', 'a.png-mask.webp'],
      { 'a.jpg': 'a.jpg_mask.png', 'a.png': 'a.png-mask.webp' },
    ],
    ['the surest way first', ['a.jpg'], ['a_mask.png', 'a.jpg', 'a.png'], { 'a.jpg': 'a.jpg' }],
    ['in another Unicode form', ['e\u0301.jpg'], ['\u00e9.png'], { 'e\u0301.jpg': '\u00e9.png' }],
    ['with a suffix in capitals', ['a.JPG'], ['a.jpg'], { 'a.JPG': 'a.jpg' }],
    ['in another case', ['IMG.jpg'], ['img.PNG'], { 'IMG.jpg': 'img.PNG' }],
    ['the exact case first', ['A.jpg', 'a.jpg'], ['a.png', 'A.png'], { 'A.jpg': 'A.png', 'a.jpg': 'a.png' }],
    [
      'in the same subfolder',
      ['x/a.jpg', 'y/a.jpg'],
      ['y/a.png', 'x/a.png'],
      { 'x/a.jpg': 'x/a.png', 'y/a.jpg': 'y/a.png' },
    ],
    ['of a picture that ends so itself', ['cat_mask.png'], ['cat_mask.png'], { 'cat_mask.png': 'cat_mask.png' }],
  ];
  test.each(cases)('%s', (_title, pictures, masks, pairs) => {
    const found = pairMasks(pictures, masks);
    expect(Object.fromEntries(found.masks)).toEqual(pairs);
    expect([...found.problems]).toEqual([]);
    expect(found.unused).toEqual(masks.filter((mask) => !Object.values(pairs).includes(mask)));
  });

  test('one that two pictures could mean, or several for one picture, is a problem of these alone', () => {
    const shared = pairMasks(['a.jpg', 'a.webp', 'b.png'], ['a.png', 'b.png']);
    expect([...shared.masks]).toEqual([['b.png', 'b.png']]);
    expect(shared.problems.get('a.jpg')).toBe(
      "Expected a mask for 'a.jpg' alone, got 'a.png', named after 'a.webp' as well: name it 'a.jpg_mask.png'.",
    );
    expect([...shared.problems.keys()]).toEqual(['a.jpg', 'a.webp']);
    const several = pairMasks(['a.png'], ['a_mask001.png', 'a_mask002.png']);
    expect(several.problems.get('a.png')).toMatch(/Expected one mask for 'a\.png', got 2, 'a_mask001\.png', 'a_mask0/);
    expect(pairMasks(['IMG.png', 'Img.png'], ['img.png']).problems.size).toBe(2);
  });

  test('a mask that is one picture’s by its whole name is no other’s; those of no picture are told', () => {
    const { masks, problems, unused } = pairMasks(['a.jpg', 'a.png'], ['a.png', 'z.png']);
    expect([...masks]).toEqual([['a.png', 'a.png']]);
    expect(problems.size).toBe(0);
    expect(unused).toEqual(['z.png']);
  });
});

test('masks beside their pictures; without a partner, a name in _mask is a picture', () => {
  const files = [
    'a.png',
    'a_mask.png',
    'b.jpg',
    'B.mask001.PNG',
    'c_mask.png',
    'e\u0301.png',
    '\u00e9-mask.png',
    'x/a_mask.png',
  ];
  expect(masksBeside(files)).toEqual({
    pictures: ['a.png', 'b.jpg', 'c_mask.png', 'e\u0301.png', 'x/a_mask.png'],
    masks: ['a_mask.png', 'B.mask001.PNG', '\u00e9-mask.png'],
  });
});

test('the word that was meant, where one is near', () => {
  const words = ['candidates', 'steps', 'out', 'lambda'];
  for (const [typed, meant] of [
    ['candidate', 'candidates'],
    ['setps', 'steps'],
    ['otu', 'out'],
    ['lamda', 'lambda'],
  ])
    expect(nearest(typed!, words)).toBe(meant);
  for (const typed of ['x', 'in', 'seed', 'model']) expect(nearest(typed, words)).toBeUndefined();
});
