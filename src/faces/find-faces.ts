/** @file Finds faces in a picture, also where a hole hides a part of them. */

import { checkControl } from '../base/check-options.ts';
import { input } from '../graph/value.ts';
import type { FivePoints } from '../image/face-square.ts';
import { checkImage, type Image, type Mask, mask } from '../image/image.ts';
import { checkMaskSize, checkMaskValues } from '../image/mask.ts';
import type { TurnedBox } from '../image/turned.ts';
import type { Graph } from '../runtime/compile.ts';
import { openPrograms, type Programs } from '../runtime/programs.ts';
import { decoded, distinct, type Seen } from './detect.ts';
import { type Prepared, prepared, squareAt, view, within, withMirror } from './look.ts';
import { detectorNetwork, FACE_SIDE, landmarkNetwork } from './networks.ts';
import { pointsOf } from './points.ts';
import { type Parameters, readParameters } from './weights.ts';

/** A face in a picture. */
export interface FoundFace {
  /** Its eyes, nose and corners of the mouth, in pixels of the picture. */
  readonly points: FivePoints;
  /** The square around it, turned as it is. */
  readonly box: TurnedBox;
  /** How sure the detector is, 0 to 1. */
  readonly score: number;
}

/** Cancellation of {@link findFaces}. */
interface Control {
  readonly signal?: AbortSignal | undefined;
}

/** The side of the squares that the detector is shown. */
const SHOWN = 416;

/**
 * Angles at which faces are looked for, those first that are likelier. Squares of which the detector is less sure than `least`
 * are no faces: more is asked where faces are rare.
 */
const ROUNDS = [
  { angles: [0], least: 0.3 },
  { angles: [-30, 30], least: 0.4 },
  { angles: [-60, 60, -90, 90, 180], least: 0.6 },
] as const;

/** Where the detector is as sure of a face, no more angles are tried. */
const SURE = 0.7;

/** A square of a picture with what was seen in it. */
interface Sighting extends Seen {
  readonly angle: number;
}

/** Finds faces, in any number of pictures. Disposing of it frees its programs. */
export interface FaceFinder extends AsyncDisposable {
  /**
   * The faces of a picture, surest first. With a mask, those that can be seen around its hole; where the hole hides too much of
   * a face, it is not found.
   * @throws LatentfillError for an invalid image or mask.
   */
  find(picture: Image, hole?: Mask, control?: Control): Promise<FoundFace[]>;
}

/** @throws LatentfillError where the optional package that carries the networks' weights is not installed. */
export async function openFaceFinder(): Promise<FaceFinder> {
  const networks = {
    detector: await readParameters('tiny_face_detector_model'),
    landmarks: await readParameters('face_landmark_68_model'),
  };
  const programs = openPrograms();
  return {
    async find(picture, hole, control = {}) {
      checkControl(control, ['signal']);
      checkImage(picture);
      if (hole) {
        checkMaskValues(hole);
        checkMaskSize(hole, picture);
      }
      const small = await prepared(picture, hole ?? mask(picture.width, picture.height), control.signal);
      const looking = { programs, networks, small, signal: control.signal };
      let seen: readonly Sighting[] = [];
      const faces = new Map<Sighting, FoundFace | undefined>();
      for (const round of ROUNDS) {
        seen = distinct([...seen, ...(await sightings(looking, round))]);
        for (const one of seen) if (!faces.has(one)) faces.set(one, await faceAt(looking, one));
        if (seen.some((one) => one.score >= SURE && faces.get(one))) break;
      }
      return seen.flatMap((one) => faces.get(one) ?? []);
    },
    [Symbol.asyncDispose]: () => programs[Symbol.asyncDispose](),
  };
}

/**
 * The faces of one picture, as {@link FaceFinder} finds them.
 * @throws LatentfillError for an invalid image or mask, and where the optional package with the weights is not installed.
 */
export async function findFaces(picture: Image, hole?: Mask, control?: Control): Promise<FoundFace[]> {
  await using finder = await openFaceFinder();
  return await finder.find(picture, hole, control);
}

/** What it takes to look at a picture. */
interface Looking extends Control {
  readonly programs: Programs;
  readonly networks: Readonly<Record<'detector' | 'landmarks', Parameters>>;
  readonly small: Prepared;
}

/** What the detector sees in a picture that is turned by some angles. */
async function sightings(
  { programs, networks, small, signal }: Looking,
  { angles, least }: (typeof ROUNDS)[number],
): Promise<Sighting[]> {
  using lease = await programs.open('detector', () => graphOf(networks.detector, detectorNetwork, SHOWN, 1), signal);
  const all: Sighting[] = [];
  for (const degrees of angles) {
    const angle = (degrees * Math.PI) / 180;
    for (const { x, y, width } of small.squares) {
      const square = squareAt([x + width / 2, y + width / 2], width, angle);
      const { out } = await lease.program.run({ x: view(small, square, SHOWN) }, { signal });
      for (const seen of decoded(out!, least)) {
        const [px, py] = within(square, [seen.x, seen.y]);
        all.push({ x: px, y: py, side: seen.side * width, score: seen.score, angle });
      }
    }
  }
  return distinct(all);
}

/** The points of a face: looked at as it was seen, then turned upright and in the middle of its square, each time mirrored too. */
async function faceAt({ programs, networks, small, signal }: Looking, seen: Sighting): Promise<FoundFace | undefined> {
  using lease = await programs.open(
    'landmarks',
    () => graphOf(networks.landmarks, landmarkNetwork, FACE_SIDE, 2),
    signal,
  );
  let square = squareAt([seen.x, seen.y], seen.side, seen.angle);
  for (let round = 0; ; round++) {
    const face = view(small, square, FACE_SIDE);
    const { out } = await lease.program.run({ x: withMirror(face, FACE_SIDE) }, { signal });
    const { five, middle, size, tilt } = pointsOf(out!);
    const own = square;
    const points = five.map((point) => within(own, point)) as unknown as FivePoints;
    square = squareAt(within(own, middle), size * own.width, own.angle! + tilt);
    if (round === 2) return isLikely(square, seen) ? { points, box: square, score: seen.score } : undefined;
  }
}

/** Whether the points lie where the detector saw the face; where it was mistaken, they soon lie elsewhere. */
function isLikely(square: TurnedBox, seen: Sighting): boolean {
  const [x, y] = within(square, [0.5, 0.5]);
  const size = square.width / seen.side;
  const turn = Math.cos((square.angle ?? 0) - seen.angle);
  return Math.hypot(x - seen.x, y - seen.y) < 0.35 * seen.side && size > 0.65 && size < 1.55 && turn > 0.6;
}

function graphOf(parameters: Parameters, network: typeof detectorNetwork, side: number, rows: number): Graph {
  return { outputs: { out: network(parameters, input('x', [rows, 3, side, side])) } };
}
