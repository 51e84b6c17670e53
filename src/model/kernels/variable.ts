import type { Native, Tensor } from './ops.js';

let made = 0;

/**
 * A TensorFlow resource variable: kernels such as ResourceApplyAdam change it in place.
 *
 * @example
 * const variable = new Variable(native, tensor);
 * const value = variable.read(); // dispose it before an in-place update, or TensorFlow copies the buffer
 */
export class Variable {
  readonly shape: number[];
  readonly handle: Tensor;
  readonly #native: Native;

  constructor(native: Native, value: Tensor) {
    this.#native = native;
    this.shape = value.shape;
    this.handle = native.tf.keep(
      native.run(
        'VarHandleOp',
        [
          native.string('container', ''),
          native.string('shared_name', `auditweave/${process.pid}/${made++}/${Math.random()}`),
          native.type('dtype', 'float32'),
          native.shape('shape', value.shape),
        ],
        [],
      ),
    );
    this.assign(value);
  }

  assign(value: Tensor): void {
    this.#native.runMany(
      'AssignVariableOp',
      [this.#native.type('dtype', 'float32')],
      [this.handle, value],
      0,
    );
  }

  read(): Tensor {
    return this.#native.run('ReadVariableOp', [this.#native.type('dtype', 'float32')], [this.handle]);
  }

  dispose(): void {
    this.#native.runMany(
      'DestroyResourceOp',
      [this.#native.bool('ignore_lookup_error', true)],
      [this.handle],
      0,
    );
    this.handle.dispose();
  }
}
