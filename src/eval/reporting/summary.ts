/** @file The figures of an evaluation: means with their intervals, and differences to one method. */

import type { Scores } from '../evaluation/gather.ts';
import { type Measure, measures } from '../measures/definitions.ts';
import { type Matrix, pickRows } from '../measures/inner-products.ts';
import { distanceDifference, type KernelDistance, pairedDistance } from '../measures/kid.ts';
import { type Estimate, estimate, estimateDifference } from '../statistics/bootstrap.ts';

/** A figure, and how far it lies from that of the method that all are compared with. */
export interface Figure {
  readonly own: Estimate;
  /** Own less the other's, over the pictures that both filled; null for that method itself, and where it has none. */
  readonly difference: Estimate | null;
}

/** A method with one protocol, or with all of them (each picture the mean over its holes). */
export interface Row {
  readonly method: string;
  readonly protocol: string;
  readonly figures: Readonly<Partial<Record<Measure, Figure>>>;
}

/** The name of the rows over all protocols. */
export const ALL = 'all';

/** Values of fills, with what they belong to. */
interface Values {
  readonly pictures: readonly number[];
  readonly photographs: readonly string[];
  readonly values: readonly number[];
}

/** A row for each method and protocol, and where there are several protocols one for each method over all of them. */
export async function summarise(scores: readonly Scores[], reference: string, signal?: AbortSignal): Promise<Row[]> {
  const protocols = [...new Set(scores.map(({ protocol }) => protocol))];
  const rows: Row[] = [];
  for (const protocol of protocols) {
    const here = scores.filter((one) => one.protocol === protocol && one.fills.length > 0);
    const against = here.find(({ method }) => method.name === reference);
    for (const own of here) {
      const isReference = own === against;
      const figures = figuresOf(
        (measure) => valuesOf(own, measure),
        isReference ? undefined : (measure) => against && valuesOf(against, measure),
      );
      const kernel = await kernelFigure(own, isReference ? undefined : against, signal);
      rows.push({ method: own.method.name, protocol, figures: { ...figures, ...(kernel && { kernel }) } });
    }
  }
  return protocols.length > 1 ? [...rows, ...overAll(scores, reference)] : rows;
}

type ValuesOf = (measure: Exclude<Measure, 'kernel'>) => Values | undefined;

function figuresOf(own: ValuesOf, against: ValuesOf | undefined): Row['figures'] {
  const figures: Partial<Record<Measure, Figure>> = {};
  for (const measure of measures) {
    if (measure === 'kernel') continue;
    const values = own(measure);
    if (!values || values.values.length === 0) continue;
    figures[measure] = {
      own: estimate(values.values, values.photographs),
      difference: differenceOf(values, against?.(measure)),
    };
  }
  return figures;
}

/** Paired: over the pictures that both have. */
function differenceOf(own: Values, against: Values | undefined): Estimate | null {
  if (!against) return null;
  const other = new Map(against.pictures.map((picture, i) => [picture, against.values[i]!]));
  const both = [...own.pictures.keys()].filter((i) => other.has(own.pictures[i]!));
  if (both.length === 0) return null;
  return estimateDifference(
    both.map((i) => own.values[i]!),
    both.map((i) => other.get(own.pictures[i]!)!),
    both.map((i) => own.photographs[i]!),
  );
}

/** The values of a measure; a fill that has none is left out. */
function valuesOf({ fills }: Scores, measure: Exclude<Measure, 'kernel'>): Values {
  const own = fills.filter(({ values }) => values[measure] !== null);
  return {
    pictures: own.map(({ line }) => line.picture),
    photographs: own.map(({ line }) => line.photograph),
    values: own.map(({ values }) => values[measure]!),
  };
}

async function kernelFigure(
  own: Scores,
  against: Scores | undefined,
  signal?: AbortSignal,
): Promise<Figure | undefined> {
  const photographs = own.fills.map(({ line }) => line.photograph);
  const counts = { pictures: photographs.length, photographs: new Set(photographs).size };
  if (!own.features || counts.photographs < 4) return undefined;
  const { fills, truths } = own.features;
  const found = await pairedDistance(fills, truths, photographs, signal);
  const other = against && samePictures(own, against);
  const difference = other && distanceDifference(found, await pairedDistance(other, truths, photographs, signal));
  return {
    own: around(found, counts),
    difference: difference ? around(difference, counts) : null,
  };
}

/** 95 % of a normal distribution. */
function around(
  { value: mean, standardError }: KernelDistance,
  counts: Pick<Estimate, 'pictures' | 'photographs'>,
): Estimate {
  return { ...counts, mean, low: mean - 1.96 * standardError, high: mean + 1.96 * standardError };
}

/** The features of the other method's fills of the same pictures; undefined where it lacks one. */
function samePictures(own: Scores, against: Scores): Matrix | undefined {
  const rows = new Map(against.fills.map(({ line }, i) => [line.picture, i]));
  const at = own.fills.flatMap(({ line }) => rows.get(line.picture) ?? []);
  return against.features && at.length === own.fills.length ? pickRows(against.features.fills, at) : undefined;
}

/** Rows over all protocols: of each picture, the mean over its holes, where a method has filled all of them. */
function overAll(scores: readonly Scores[], reference: string): Row[] {
  const names = [...new Set(scores.map(({ method }) => method.name))];
  const of = (name: string): ValuesOf => {
    const own = scores.filter(({ method }) => method.name === name);
    return (measure) => meanOverHoles(own.map((one) => valuesOf(one, measure)));
  };
  return names.map((name) => ({
    method: name,
    protocol: ALL,
    figures: figuresOf(of(name), name === reference ? undefined : of(reference)),
  }));
}

function meanOverHoles(each: readonly Values[]): Values | undefined {
  const [first] = each;
  if (!first) return undefined;
  const maps = each.map(({ pictures, values }) => new Map(pictures.map((picture, i) => [picture, values[i]!])));
  const at = [...first.pictures.keys()].filter((i) => maps.every((map) => map.has(first.pictures[i]!)));
  const mean = (picture: number) => maps.reduce((sum, map) => sum + map.get(picture)!, 0) / maps.length;
  return {
    pictures: at.map((i) => first.pictures[i]!),
    photographs: at.map((i) => first.photographs[i]!),
    values: at.map((i) => mean(first.pictures[i]!)),
  };
}
