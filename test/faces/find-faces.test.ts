import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faceOfHole } from '../../src/faces/choose.ts';
import { type FaceFinder, findFaces, openFaceFinder } from '../../src/faces/find-faces.ts';
import { cropImage, paste } from '../../src/image/crop.ts';
import { type FacePoints, faceSquare, type Point } from '../../src/image/face-square.ts';
import { type Image, image, type Mask, mask } from '../../src/image/image.ts';
import { readImage } from '../../src/image/image-file.ts';
import { resizeImage } from '../../src/image/resize.ts';
import { cutTurned, type TurnedBox } from '../../src/image/turned.ts';
import { noisePicture, rectangle } from '../helpers/pictures.ts';

/** By eye, in the photograph. */
const points: FacePoints = [
  [122, 101],
  [167, 103],
  [144, 126],
  [125, 143],
  [162, 144],
];
const ffhq = { layout: 'ffhq' } as const;

let photograph: Image;
let finder: FaceFinder;
beforeAll(async () => {
  photograph = (await readImage(join(import.meta.dirname, 'photographs/astronaut.jpg'))).image;
  finder = await openFaceFinder();
});
afterAll(() => finder[Symbol.asyncDispose]());

/** The photograph as it looks when it is turned about its middle, clockwise, and where a place of it is then. */
function turned(degrees: number): { picture: Image; at: (point: Point) => Point } {
  const angle = (degrees * Math.PI) / 180;
  const { picture, at } = { picture: { x: -40, y: -40, width: 368, height: 368, angle: -angle }, at: 184 };
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return {
    picture: cutTurned(photograph, mask(288, 288), picture, 368).image,
    at: ([x, y]) => [at + cos * (x - 144) - sin * (y - 144), at + sin * (x - 144) + cos * (y - 144)],
  };
}

/** How far a square is from another: of its middle and side as shares of the side, and in degrees. */
function deviation(square: TurnedBox, from: TurnedBox): { place: number; size: number; angle: number } {
  const middle = ({ x, y, width }: TurnedBox) => [x + width / 2, y + width / 2] as const;
  const [[ax, ay], [bx, by]] = [middle(square), middle(from)];
  const turn = ((square.angle! - from.angle!) * 180) / Math.PI;
  return {
    place: Math.hypot(ax - bx, ay - by) / from.width,
    size: Math.abs(Math.log(square.width / from.width)),
    angle: Math.abs(((((turn + 180) % 360) + 360) % 360) - 180),
  };
}

test.each([0, 20, -20, 35, -50, 90, 180])(
  'a photograph turned by %i° has its face there, turned as much',
  async (degrees) => {
    const { picture, at } = turned(degrees);
    const faces = await finder.find(picture);
    expect(faces).toHaveLength(1);
    const moved = points.map(at) as unknown as FacePoints;
    for (const [i, [x, y]] of faces[0]!.points.entries()) {
      expect(Math.hypot(x - moved[i]![0], y - moved[i]![1])).toBeLessThan(7); // of 45 between the eyes
    }
    const { place, size, angle } = deviation(faceSquare(faces[0]!.points, ffhq), faceSquare(moved, ffhq));
    expect(place).toBeLessThan(0.04);
    expect(size).toBeLessThan(0.12);
    expect(angle).toBeLessThan(5);
  },
);

test.each<[string, readonly [number, number, number, number]]>([
  ['the eyes', [105, 90, 80, 24]],
  ['the nose', [126, 104, 36, 30]],
  ['the mouth', [115, 130, 60, 26]],
  ['an eye and a cheek', [144, 80, 60, 50]],
])('a face is found where the hole hides %s', async (_name, hole) => {
  const missing = rectangle(288, 288, hole);
  const black = image(
    288,
    288,
    3,
    photograph.data.map((v, i) => v * (1 - missing.data[i % 288 ** 2]!)),
  );
  const faces = await finder.find(black, missing);
  const face = faceOfHole(faces, missing, ffhq)!;
  const { place, size, angle } = deviation(faceSquare(face.points, ffhq), faceSquare(points, ffhq));
  expect(place).toBeLessThan(0.06);
  expect(size).toBeLessThan(0.2);
  expect(angle).toBeLessThan(9);
  // What the hole shows has no influence.
  const white = image(
    288,
    288,
    3,
    black.data.map((v, i) => Math.max(v, missing.data[i % 288 ** 2]!)),
  );
  expect(await finder.find(white, missing)).toEqual(faces);
});

test('of two faces the hole’s is taken, and none where it lies elsewhere', async () => {
  const face = cropImage(photograph, { x: 50, y: 0, width: 190, height: 200 });
  const pair = paste(
    paste(image(600, 300, 3), face, { x: 20, y: 40, width: 190, height: 200 }),
    resizeImage(face, 247, 260),
    {
      ...{ x: 330, y: 20, width: 247, height: 260 },
    },
  );
  const faces = await findFaces(pair);
  expect(faces.map(({ points: [, , [x]] }) => Math.round(x / 100)).sort()).toEqual([1, 5]);
  const hidden = (...hole: readonly [number, number, number, number]): Mask => rectangle(600, 300, hole);
  const nose = (hole: Mask) => faceOfHole(faces, hole, ffhq)?.points[2][0];
  expect(nose(hidden(90, 150, 40, 40))).toBeCloseTo(114, -1);
  expect(nose(hidden(430, 160, 50, 50))).toBeCloseTo(452, -1);
  expect(nose(hidden(270, 10, 20, 20))).toBeUndefined();
});

test('where there is no face, none is found', async () => {
  expect(await finder.find(noisePicture(120, 80, 1))).toEqual([]);
});

test('what is no picture, and a mask of another size, are refused', async () => {
  await expect(finder.find(photograph, mask(8, 8))).rejects.toThrow(/Expected the mask to be 288×288/);
  await expect(findFaces('face' as never)).rejects.toThrow(/^Expected .*, got .*\.$/);
});
