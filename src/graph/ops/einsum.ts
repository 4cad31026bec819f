/** @file Einstein summation, as a chain of transposes and matrix products. */

import { constant, count, fail, type Value } from '../value.ts';
import { mul } from './elementwise.ts';
import { expand, reshape, transpose } from './layout.ts';
import { matmul } from './linear.ts';
import { sum } from './reduce.ts';

/** A value with a letter for each of its axes. */
interface Term {
  readonly value: Value;
  readonly labels: readonly string[];
}

/** `equation` as in NumPy: letters name axes, `...` stands for the remaining ones, the axes after `->` are kept. */
export function einsum(equation: string, values: readonly Value[]): Value {
  const [left, right] = equation.replaceAll(/\s/g, '').split('->');
  const parts = left!.split(',');
  if (parts.length !== values.length || !/^[A-Za-z.,]*$/.test(left!)) {
    fail('Einsum', `an equation for ${values.length} operands, got '${equation}'`);
  }
  const named = parts.map((part, i) => labelled(part, values[i]!));
  const all = named.flatMap(({ labels }) => labels);
  const dots = [...new Set(all.filter((label) => label.startsWith('.')))].sort(
    (a, b) => Number(b.slice(1)) - Number(a.slice(1)),
  );
  const once = all.filter(
    (label, i) => /[A-Za-z]/.test(label) && all.indexOf(label) === i && all.lastIndexOf(label) === i,
  );
  const kept = right === undefined ? [...dots, ...once.sort()] : spell(right, dots);
  if (kept.some((label) => !all.includes(label))) fail('Einsum', `letters that the operands have, got '${equation}'`);

  const sizes = new Map<string, number>();
  for (const { value, labels } of named) {
    for (const [axis, label] of labels.entries()) {
      const [size, known] = [value.shape[axis]!, sizes.get(label) ?? 1];
      if (size !== 1 && known !== 1 && size !== known)
        fail('Einsum', `one size for '${label}', got ${known} and ${size}`);
      sizes.set(label, Math.max(size, known));
    }
  }
  const terms = named.map(({ value, labels }) => {
    const full = expand(
      value,
      labels.map((label) => sizes.get(label)!),
    );
    return diagonal({ value: full, labels });
  });
  const result = terms.reduce((a, b, i) => {
    const later = [...kept, ...terms.slice(i + 1).flatMap(({ labels }) => labels)];
    return product(summed(a, [...later, ...b.labels]), summed(b, [...later, ...a.labels]), later);
  });
  const whole = summed(result, kept);
  return transpose(
    whole.value,
    kept.map((label) => whole.labels.indexOf(label)),
  );
}

/** One operand with a label per axis; the axes of `...` are '.2', '.1', '.0', counted from the last. */
function labelled(part: string, value: Value): Term {
  const hidden = value.shape.length - part.replace('...', '').length;
  const dots = part.includes('...') ? Array.from({ length: Math.max(0, hidden) }, (_, i) => `.${hidden - 1 - i}`) : [];
  const labels = spell(part, dots);
  if (labels.length !== value.shape.length) fail('Einsum', `a letter for each axis of [${value.shape}], got '${part}'`);
  return { value, labels };
}

function spell(part: string, dots: readonly string[]): string[] {
  const [before, after] = part.split('...');
  return after === undefined ? [...part] : [...before!, ...dots, ...after];
}

/** Takes the diagonal of axes that share a letter. */
function diagonal({ value, labels }: Term): Term {
  const second = labels.findIndex((label, i) => labels.indexOf(label) < i);
  if (second < 0) return { value, labels };
  const first = labels.indexOf(labels[second]!);
  const n = value.shape[first]!;
  if (n > 4096) fail('Einsum', `a diagonal of at most 4096 elements, got ${n}`);
  const eye = constant(
    Float32Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)),
    value.shape.map((_, axis) => (axis === first || axis === second ? n : 1)),
  );
  return diagonal({ value: sum(mul(value, eye), [second]), labels: labels.toSpliced(second, 1) });
}

/** Sums over the axes whose letters are not in `needed`. */
function summed({ value, labels }: Term, needed: readonly string[]): Term {
  const axes = labels.flatMap((label, axis) => (needed.includes(label) ? [] : [axis]));
  return axes.length === 0
    ? { value, labels }
    : { value: sum(value, axes), labels: labels.filter((label) => needed.includes(label)) };
}

/**
 * One batched matrix product. Letters that both terms have are batch axes if `later` has them, and summed over
 * otherwise.
 */
function product(a: Term, b: Term, later: readonly string[]): Term {
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => later.includes(label));
  const inner = shared.filter((label) => !later.includes(label));
  const rows = a.labels.filter((label) => !shared.includes(label));
  const columns = b.labels.filter((label) => !shared.includes(label));
  const size = (labels: readonly string[], { value, labels: own }: Term) =>
    labels.map((label) => value.shape[own.indexOf(label)]!);
  const matrices = (term: Term, ...groups: string[][]) =>
    reshape(
      transpose(
        term.value,
        groups.flat().map((label) => term.labels.indexOf(label)),
      ),
      groups.map((group) => count(size(group, term))),
    );
  const y = matmul(matrices(a, batch, rows, inner), matrices(b, batch, inner, columns));
  return {
    value: reshape(y, [...size(batch, a), ...size(rows, a), ...size(columns, b)]),
    labels: [...batch, ...rows, ...columns],
  };
}
