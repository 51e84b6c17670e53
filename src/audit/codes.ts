import { AuditweaveError } from '../errors.js';
import type { Label } from './labels.js';

/** L: resource, subresource, verb, namespaced, single. */
export const LABEL_PARTS = 5;

/**
 * A label's parts as indices among the K ids, and as one number in base K.
 *
 * @returns `targets` of shape [N, L], `codes` of shape [N].
 */
export function encodeLabels(
  labels: readonly Label[],
  ids: Int32Array,
): { targets: Int32Array; codes: Int32Array } {
  const index = new Map(Array.from(ids, (id, i) => [id, i]));
  const targets = new Int32Array(labels.length * LABEL_PARTS);
  labels.forEach((label, row) => {
    label.forEach((id, part) => {
      const at = index.get(id);
      if (at === undefined) throw new AuditweaveError(`studies: expected a known label part, got ${id}.`);
      targets[row * LABEL_PARTS + part] = at;
    });
  });
  return { targets, codes: codesOf(targets, ids.length) };
}

/**
 * One number for each five part indices: Σ index · K^(4 − part).
 *
 * @param parts Shape [R, L].
 * @param classes K, at most 73, so that codes fit 31 bits.
 * @returns Shape [R].
 * @throws {RangeError} K is greater.
 */
export function codesOf(parts: Int32Array, classes: number): Int32Array {
  if (classes ** LABEL_PARTS > 2 ** 31)
    throw new RangeError(`studies: expected at most 73 values a label part, got ${classes}.`);
  const codes = new Int32Array(parts.length / LABEL_PARTS);
  for (let row = 0; row < codes.length; row++)
    for (let part = 0; part < LABEL_PARTS; part++)
      codes[row] = codes[row]! * classes + parts[row * LABEL_PARTS + part]!;
  return codes;
}

/** The label of a code. */
export function labelOfCode(code: number, ids: Int32Array): Label {
  const parts: number[] = [];
  for (let rest = code, part = 0; part < LABEL_PARTS; part++) {
    parts.unshift(ids[rest % ids.length]!);
    rest = Math.floor(rest / ids.length);
  }
  return parts as unknown as Label;
}

/** `labelOfCode` for many codes of the same ids: equal codes give the same array. */
export function labelReader(ids: Int32Array): (code: number) => Label {
  const known = new Map<number, Label>();
  return (code) => {
    const label = known.get(code) ?? labelOfCode(code, ids);
    known.set(code, label);
    return label;
  };
}
