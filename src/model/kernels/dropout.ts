import type { Native, Tensor2D } from './ops.js';

/**
 * The mask of inverted dropout: 0 with probability `rate`, else 1 / (1 − rate).
 *
 * The numbers are drawn by a native stateless kernel (Philox [SALMON2011]; `cpu/dropout.h` draws the same ones), so that the
 * same seed gives the same mask wherever it is drawn; `tf.dropout` draws each one in JavaScript.
 *
 * @param shape [R, C].
 * @param rate Share of values dropped, in [0, 1).
 * @param seed Two 31-bit integers.
 * @example x.mul(dropoutMask(native, [1920, 117], 0.4, [seed, step]))
 */
export function dropoutMask(
  native: Native,
  shape: [number, number],
  rate: number,
  seed: readonly [number, number],
): Tensor2D {
  const { tf } = native;
  return native.tidy(() => {
    const uniform = native.run(
      'StatelessRandomUniform',
      [native.type('dtype', 'float32'), native.type('T', 'int32'), native.type('Tseed', 'int32')],
      [tf.tensor1d(shape, 'int32'), tf.tensor1d([...seed], 'int32')],
    );
    return tf
      .greaterEqual(uniform, rate)
      .cast('float32')
      .mul(1 / (1 - rate)) as Tensor2D;
  });
}
