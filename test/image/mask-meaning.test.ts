import { describe, expect, test } from 'vitest';
import { LatentfillError } from '../../src/base/errors.ts';
import { random } from '../../src/base/random.ts';
import { randomHole } from '../../src/image/holes.ts';
import { image } from '../../src/image/image.ts';
import { type MaskOptions, maskFromPixels } from '../../src/image/mask-meaning.ts';
import { imageFromPixels } from '../../src/image/pixels.ts';
import {
  BLACK,
  blurred,
  CLEAR,
  inRectangle,
  inStrokes,
  photograph,
  pixelsOf,
  type Rgba,
  truth,
  WHITE,
} from '../helpers/masks.ts';

const SIDE = 64;
const isHole = inRectangle(SIDE);
const wanted = truth(SIDE, isHole);
const grey = (v: number): Rgba => [v, v, v, 255];
const two = (hole: Rgba, kept: Rgba, where = isHole) => pixelsOf(SIDE, (x, y) => (where(x, y) ? hole : kept));

/** The sentence of the error. */
function refusal(pixels: Parameters<typeof maskFromPixels>[0], options?: MaskOptions): string {
  try {
    maskFromPixels(pixels, options);
  } catch (error) {
    expect(error).toBeInstanceOf(LatentfillError);
    expect((error as LatentfillError).code).toBe('mask');
    expect((error as Error).message).toMatch(/^Expected [^\n]*, got [^\n]*: [^\n]*\.$/);
    return (error as Error).message;
  }
  throw new Error('it was understood');
}

/** Whether the mask is the true one, and what was said. */
function expectTrue(
  pixels: Parameters<typeof maskFromPixels>[0],
  from: string,
  note: RegExp | undefined,
  options?: MaskOptions,
) {
  const read = maskFromPixels(pixels, options);
  expect(read.mask.data).toEqual(wanted);
  expect(read.from).toBe(from);
  if (note) expect(read.note).toMatch(note);
  else expect(read.note).toBeUndefined();
}

describe('by value', () => {
  test('white on black is plain; black on white is the same mask inverted', () => {
    expectTrue(two(WHITE, BLACK), 'luma', undefined);
    expectTrue(two(BLACK, WHITE), 'luma', undefined, { invert: true });
  });

  test.each([
    [0, 1],
    [0, 4],
    [0, 128],
    [64, 192],
    [128, 255],
  ])('two values alone, %i and %i, are black and white, and it is said', (kept, hole) => {
    expectTrue(two(grey(hole), grey(kept)), 'luma', new RegExp(`^its two values ${kept} and ${hole} taken as`));
  });

  test('a floor is black and a ceiling white, up to 15 levels', () => {
    expectTrue(two(WHITE, grey(1)), 'luma', undefined);
    expectTrue(two(grey(254), grey(1)), 'luma', undefined);
    const zeros = two(WHITE, grey(1));
    zeros.data.set([0, 0, 0], 0);
    zeros.data.set([0, 0, 0], 400);
    expectTrue(zeros, 'luma', undefined);
    const noisy = pixelsOf(SIDE, (x, y) => grey(isHole(x, y) ? 255 - ((x * 7 + y) % 16) : (x * 5 + y * 3) % 16));
    expectTrue(noisy, 'luma', undefined);
  });

  test('from 16 to 239 is a soft edge', () => {
    const soft = pixelsOf(SIDE, (x, y) => grey(y > 8 ? 0 : y > 0 ? 255 : [15, 16, 128, 239, 240][x % 5]!));
    const { mask, note } = maskFromPixels(soft);
    expect([...mask.data.subarray(0, 5)]).toEqual([...Float32Array.of(0, 16 / 255, 128 / 255, 239 / 255, 1)]);
    expect(note).toBeUndefined();
  });

  test('a plateau below white is white, and one above black is black; noise alone is no hole', () => {
    const dim = pixelsOf(SIDE, (x, y) => grey(isHole(x, y) ? 128 - ((x + y) % 3) : 0));
    expectTrue(dim, 'luma', /128 taken as white/);
    const pale = pixelsOf(SIDE, (x, y) => grey(isHole(x, y) ? 255 : 60 + ((x + y) % 3)));
    expectTrue(pale, 'luma', /60 taken as black/);
    const dark = pixelsOf(SIDE, (x, y) => grey(y < 40 ? 0 : 3 * x));
    expect(refusal(dark)).toMatch(/got a picture in grey/);
    const ramp = maskFromPixels(dark, { from: 'luma' });
    expect(ramp.mask.data.at(-1)).toBeCloseTo(189 / 255, 6);
    expect(ramp.note).toMatch(/nothing filled in full, since no value is above 189/);
    expect(Math.max(...maskFromPixels(pixelsOf(SIDE, (x) => grey(x % 9))).mask.data)).toBe(0);
  });

  test('noise of single pixels is a mask like any other', () => {
    const { data } = randomHole(SIDE, SIDE, 0.8, random('mask'));
    const { mask, note } = maskFromPixels(pixelsOf(SIDE, (x, y) => grey(255 * data[y * SIDE + x]!)));
    expect(mask.data).toEqual(data);
    expect(note).toMatch(/^white is the hole, 80 % of the picture: if the rest .* set the option 'invert'$/);
  });

  test('white over most of a picture keeps its meaning, and it is said', () => {
    const { mask, note } = maskFromPixels(two(BLACK, WHITE));
    expect(mask.data).toEqual(wanted.map((m) => 1 - m));
    expect(note).toMatch(
      /^white is the hole, 93 % of the picture: if the rest should be filled instead, set the option 'invert'$/,
    );
  });
});

describe('by label', () => {
  const inner = (x: number, y: number) => isHole(x - 3, y - 3) && isHole(x + 3, y + 3);
  const mapOf = (thing: number, rim: number) =>
    pixelsOf(SIDE, (x, y) => grey(inner(x, y) ? thing : isHole(x, y) ? rim : 0));

  test('a map of dark classes: every value but 0', () => {
    for (const [thing, rim] of [
      [1, 2],
      [3, 12],
    ] as const) {
      expectTrue(mapOf(thing, rim), 'colour', /^every value but 0 of 255, as of a map of classes, taken as the hole/);
    }
  });

  test('where white may be a class of its own, or grey soft, it is asked for, and from says which', () => {
    for (const [thing, rim] of [
      [15, 255],
      [1, 255],
      [17, 80],
      [128, 255],
    ] as const) {
      const map = mapOf(thing, rim);
      if (rim === 255) expect(refusal(map)).toMatch(/what is white or every value but 0 .* 'luma' .* 'colour'/);
      expectTrue(map, 'colour', undefined, { from: 'colour' });
    }
    const white = maskFromPixels(mapOf(15, 255), { from: 'luma' }).mask.data;
    expect(white).toEqual(truth(SIDE, (x, y) => isHole(x, y) && !inner(x, y)));
  });
});

describe('by colour', () => {
  const paints: [string, Rgba][] = [
    ['red', [255, 0, 0, 255]],
    ['green', [0, 255, 0, 255]],
    ['blue', [0, 0, 255, 255]],
    ['magenta', [255, 0, 255, 255]],
    ['dark red', [128, 0, 0, 255]],
  ];
  test.each(paints)('a rectangle in %s is the hole in full, on black and on white', (_name, paint) => {
    expectTrue(two(paint, BLACK), 'colour', /^what is not black taken as the hole \(7\.\d % of the picture\)$/);
    expectTrue(two(paint, WHITE), 'colour', /^what is not white taken as the hole/);
    expectTrue(two(BLACK, paint), 'colour', /rest taken as the hole/, { invert: true });
  });

  test('a paint that covers most is not called white', () => {
    const { mask, note } = maskFromPixels(two(BLACK, [255, 0, 0, 255]));
    expect(mask.data).toEqual(wanted.map((m) => 1 - m));
    expect(note).toMatch(/taken as the hole \(93 % of the picture\)$/);
    expect(note).not.toMatch(/white/);
  });

  test('several colours are all the hole in full; edges between stay soft', () => {
    const paint: Rgba[] = [
      [128, 0, 0, 255],
      [0, 255, 0, 255],
      [250, 240, 10, 255],
    ];
    expectTrue(
      pixelsOf(SIDE, (x, y) => (isHole(x, y) ? paint[Math.floor(y / 6) % 3]! : BLACK)),
      'colour',
      /not black/,
    );
    const soft = blurred(wanted, SIDE, 2);
    const brushed = pixelsOf(SIDE, (x, y) => [Math.round(200 * soft[y * SIDE + x]!), 0, 0, 255]);
    const { data } = maskFromPixels(brushed).mask;
    data.forEach((m, i) => {
      expect(Math.abs(m - soft[i]!)).toBeLessThan(0.1);
    });
  });

  test('thin lines, and a few pixels', () => {
    const isLine = (x: number, y: number) => x === y || x + y === 50;
    const lines = maskFromPixels(two([255, 0, 0, 255], BLACK, isLine));
    expect(lines.mask.data).toEqual(truth(SIDE, isLine));
    const smooth = (x: number, y: number) => Math.max(0, 1 - Math.abs(x - 0.7 * y - 10) / 2);
    const drawn = pixelsOf(SIDE, (x, y) => [Math.round(250 * smooth(x, y)), Math.round(120 * smooth(x, y)), 0, 255]);
    maskFromPixels(drawn).mask.data.forEach((m, i) => {
      expect(Math.abs(m - smooth(i % SIDE, Math.floor(i / SIDE)))).toBeLessThan(0.1);
    });
    const isDot = (x: number, y: number) => x > 30 && x < 33 && y > 30 && y < 33;
    expect(maskFromPixels(two([0, 200, 0, 255], WHITE, isDot)).mask.data).toEqual(truth(SIDE, isDot));
  });

  test('a background that is not clear is asked for, and from says which', () => {
    // Red along the border, more white inside: either may be what is painted.
    const framed = pixelsOf(SIDE, (x, y) => (Math.hypot(x - 32, y - 32) < 28 ? WHITE : [255, 0, 0, 255]));
    expect(refusal(framed)).toMatch(
      /hole may be what is not red or what is not white: set the option 'from' to 'colour' for the first, and the option 'invert' besides/,
    );
    const white = framed.data.filter((_, i) => i % 4 === 1).map((v) => v / 255);
    expect([...maskFromPixels(framed, { from: 'colour' }).mask.data]).toEqual([...white]);
  });
});

describe('by transparency', () => {
  const photo = photograph(SIDE);
  const cut = (alpha: (x: number, y: number) => number, clear = photo) =>
    pixelsOf(SIDE, (x, y) => {
      const a = alpha(x, y);
      const [r, g, b] = a === 255 ? photo(x, y) : clear(x, y);
      return [r, g, b, a];
    });

  test('a photograph erased in its hole, whatever the colours there', () => {
    const alpha = (x: number, y: number) => (isHole(x, y) ? 0 : 255);
    expectTrue(cut(alpha), 'alpha', /^the transparent part taken as the hole \(7\.\d % of the picture\)$/);
    expectTrue(
      cut(alpha, () => CLEAR),
      'alpha',
      /^the transparent part/,
    );
    expectTrue(cut(alpha), 'alpha', undefined, { from: 'alpha' });
  });

  test('the edge of a soft eraser is in the hole in full; a faint transparency of the whole is not', () => {
    const soft = blurred(wanted, SIDE, 2).map((m) => Math.max(0, Math.round(255 - 1.3 * 255 * m)));
    const read = maskFromPixels(cut((x, y) => soft[y * SIDE + x]!));
    expect([...read.mask.data]).toEqual([...soft].map((a) => (a < 255 ? 1 : 0)));
    expect(read.note).toMatch(/; soft edges filled in full$/);
    const faint = cut((x, y) => (isHole(x, y) ? 0 : 250 + ((x + y) % 6)));
    expectTrue(faint, 'alpha', /hardly transparent pixels kept/);
  });

  test('white painted on transparent is plain; black and white on a layer keep their meaning', () => {
    expectTrue(two(WHITE, CLEAR), 'luma', undefined);
    const layer = pixelsOf(SIDE, (x, y) => (isHole(x, y) ? WHITE : y < 40 ? BLACK : CLEAR));
    expectTrue(layer, 'luma', undefined);
  });

  test('strokes of one colour or several on transparent, black too', () => {
    const isStroke = inStrokes(SIDE);
    const strokes = truth(SIDE, isStroke);
    const colours: Rgba[] = [
      [255, 0, 0, 255],
      [20, 160, 60, 255],
      [40, 60, 220, 255],
      [0, 0, 0, 255],
    ];
    for (const used of [colours, colours.slice(0, 1), [BLACK]]) {
      const painted = pixelsOf(SIDE, (x, y) => (isStroke(x, y) ? used[Math.floor(x / 16) % used.length]! : CLEAR));
      const { mask, from, note } = maskFromPixels(painted);
      expect(mask.data).toEqual(strokes);
      expect(from).toBe('colour');
      expect(note).toMatch(/^the part painted on transparent, of any colour, taken as the hole \(\d/);
    }
  });

  test('a brush of half opacity is the hole in full, its soft edges are soft', () => {
    expectTrue(two([255, 0, 0, 128], CLEAR), 'colour', /its two values 0 and 128/);
    const soft = blurred(wanted, SIDE, 1);
    const { data } = maskFromPixels(pixelsOf(SIDE, (x, y) => [9, 9, 200, Math.round(255 * soft[y * SIDE + x]!)])).mask;
    data.forEach((m, i) => {
      expect(Math.abs(m - soft[i]!)).toBeLessThan(16 / 255 + 0.003);
    });
  });

  test('a hole in black', () => expectTrue(two(CLEAR, BLACK), 'alpha', /^the transparent part/));

  test('what may be either is asked for, and from decides', () => {
    const half = two(BLACK, CLEAR, (x) => x < 32);
    expect(refusal(half)).toMatch(
      /may be the transparent part or the part painted on transparent, of any colour: set the option 'from' to 'alpha' for the first or to 'colour' for the second/,
    );
    const left = truth(SIDE, (x) => x < 32);
    expect(maskFromPixels(half, { from: 'colour' }).mask.data).toEqual(left);
    expect(maskFromPixels(half, { from: 'alpha' }).mask.data).toEqual(left.map((m) => 1 - m));
    // A colour is more likely paint than a ground, unless it covers most and the border.
    const red = (part: number) => two([255, 0, 0, 255], CLEAR, (x) => x < part * SIDE);
    expect(maskFromPixels(red(0.5)).mask.data).toEqual(left);
    expect(maskFromPixels(red(0.75)).from).toBe('alpha');
    // Black that covers a quarter is paint, and a ground where it covers three quarters.
    const black = (part: number) => two(BLACK, CLEAR, (x) => x < part * SIDE);
    expect([0.25, 0.75].map((part) => maskFromPixels(black(part)).from)).toEqual(['colour', 'alpha']);
    expect(refusal(black(0.56))).toMatch(/have one meaning/);
    // An object cut out of a photograph: a large hole around it, or the object itself?
    expect(refusal(cut((x, y) => (isHole(x, y) ? 255 : 0)))).toMatch(/may be the transparent part or the part painted/);
  });

  test('transparency that is the same everywhere says nothing', () => {
    expectTrue(
      pixelsOf(SIDE, (x, y) => (isHole(x, y) ? [255, 255, 255, 0] : CLEAR)),
      'luma',
      undefined,
    );
    expect(refusal(two(WHITE, BLACK), { from: 'alpha' })).toMatch(/Expected transparent pixels in the mask, got none/);
  });
});

describe('pictures', () => {
  const photo = photograph(SIDE);
  const whole = pixelsOf(SIDE, photo);

  test('a photograph is no mask, in colours or in grey; luma takes it all the same', () => {
    expect(refusal(whole)).toMatch(
      /got a picture of many colours without transparency: .* the option 'from' to 'luma'/,
    );
    expect(refusal(pixelsOf(SIDE, (x, y) => grey(photo(x, y)[0])))).toMatch(/got a picture in grey without/);
    expect(maskFromPixels(whole, { from: 'luma' }).from).toBe('luma');
    expect(refusal(whole, { picture: imageFromPixels(whole) })).toMatch(/got the picture itself: erase the hole/);
    expect(refusal(whole, { picture: imageFromPixels(pixelsOf(SIDE, photograph(SIDE, 9))) })).toMatch(/many colours/);
  });

  test('a page of text is a mask, but not of itself; erased, it is told by the picture', () => {
    const text = (x: number, y: number) => grey((x * 7 + y * 13) % 11 < 3 && y % 8 < 5 ? 0 : 255);
    const page = pixelsOf(SIDE, text);
    const picture = imageFromPixels(page);
    expect(maskFromPixels(page).from).toBe('luma');
    expect(refusal(page, { picture })).toMatch(/got the picture itself/);
    const cut = pixelsOf(SIDE, (x, y) => (isHole(x, y) ? CLEAR : text(x, y)));
    expectTrue(cut, 'alpha', /^the transparent part taken as the hole/, { picture });
  });

  test('a picture of another size is refused, and so is a reading that there is not', () => {
    const picture = image(8, 8, 3);
    expect(refusal(two(WHITE, BLACK), { picture })).toMatch(/to be 8×8 pixels like the image, got 64×64/);
    expect(() => maskFromPixels(two(WHITE, BLACK), { from: 'red' as never })).toThrow(
      /'luma', 'alpha', 'colour'.*got 'red'/,
    );
  });

  test('a copy of the picture that was painted over is a mask where it is painted', () => {
    const picture = imageFromPixels(whole);
    const over = (paint: Rgba) => pixelsOf(SIDE, (x, y) => (isHole(x, y) ? paint : photo(x, y)));
    for (const paint of [WHITE, BLACK, [255, 0, 0, 255], [128, 128, 128, 255]] as Rgba[]) {
      expectTrue(over(paint), 'colour', /^what was painted over a copy of the picture taken as the hole/, { picture });
    }
    const lossy = pixelsOf(SIDE, (x, y) => {
      const [r, g, b] = isHole(x, y) ? [0, 255, 0] : photo(x, y);
      const loss = ((x * 7 + y * 3) % 13) - 6;
      return [r! + loss, g! - loss, b! + loss, 255];
    });
    expectTrue(lossy, 'colour', /painted over a copy/, { picture });
  });
});
