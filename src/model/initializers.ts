import type { RandomStream } from '../random.js';
/** U(−a, a) with a = √(6 / (inputs + outputs)) [GLOROT2010]. */
export function glorotUniform(
  data: Float32Array,
  inputs: number,
  outputs: number,
  random: RandomStream,
): void {
  const limit = Math.sqrt(6 / (inputs + outputs));
  for (let i = 0; i < data.length; i++) data[i] = (2 * random.next() - 1) * limit;
}

/** Orthonormal rows [rows ≤ columns], by Gram–Schmidt on normal draws [SAXE2014]. */
export function orthogonal(data: Float32Array, rows: number, columns: number, random: RandomStream): void {
  const basis: Float64Array[] = [];
  for (let r = 0; r < rows; r++) {
    const row = Float64Array.from({ length: columns }, () => normal(random));
    for (let pass = 0; pass < 2; pass++)
      for (const other of basis) {
        let dot = 0;
        for (let c = 0; c < columns; c++) dot += row[c]! * other[c]!;
        for (let c = 0; c < columns; c++) row[c]! -= dot * other[c]!;
      }
    const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
    for (let c = 0; c < columns; c++) {
      row[c]! /= length;
      data[r * columns + c] = row[c]!;
    }
    basis.push(row);
  }
}

/** A standard normal number, by Box and Muller. */
function normal(random: RandomStream): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
