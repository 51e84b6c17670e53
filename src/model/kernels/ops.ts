import type * as TensorFlowModule from '@tensorflow/tfjs-node-gpu';

/** The loaded tfjs-node module. */
export type TensorFlow = typeof TensorFlowModule;
export type Tensor = TensorFlowModule.Tensor;
export type Tensor1D = TensorFlowModule.Tensor1D;
export type Tensor2D = TensorFlowModule.Tensor2D;
export type Tensor3D = TensorFlowModule.Tensor3D;

/** One attribute of a native op, as tfjs-node's binding takes it. */
export interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

/** The part of tfjs-node's backend that runs TensorFlow ops by name. */
interface NativeBackend {
  binding: Record<
    | 'TF_FLOAT'
    | 'TF_INT32'
    | 'TF_INT64'
    | 'TF_ATTR_TYPE'
    | 'TF_ATTR_BOOL'
    | 'TF_ATTR_FLOAT'
    | 'TF_ATTR_STRING'
    | 'TF_ATTR_SHAPE',
    number
  >;
  executeSingleOutput(op: string, attributes: Attribute[], inputs: Tensor[]): Tensor;
  executeMultipleOutputs(op: string, attributes: Attribute[], inputs: Tensor[], outputs: number): Tensor[];
}

/**
 * TensorFlow's own ops, reached by name through tfjs-node's backend.
 *
 * tfjs has no layer for most fused kernels (BlockLSTM, FusedBatchNorm, ResourceApplyAdam), but the library has them, and the
 * backend runs any op by name. Constants are made once and kept: a few dozen small tensors a process.
 *
 * @example const native = new Native(await loadTensorFlow({ device: 'cpu' }));
 */
export class Native {
  readonly tf: TensorFlow;
  readonly #backend: NativeBackend;
  readonly #constants = new Map<string, Tensor>();

  constructor(tf: TensorFlow) {
    this.tf = tf;
    this.#backend = tf.backend() as unknown as NativeBackend;
  }

  /** `tf.tidy` for any result: intermediate tensors are let go, those in the result stay. */
  tidy<T>(work: () => T): T {
    return this.tf.tidy(work as () => TensorFlowModule.TensorContainer) as T;
  }

  /**
   * Work whose result holds no tensor, such as numbers copied out: TensorFlow.js would look for tensors in every element of an array.
   */
  read<T>(work: () => T): T {
    let result: T;
    this.tf.tidy(() => {
      result = work();
    });
    return result!;
  }

  /** Runs an op with one output. */
  run(op: string, attributes: Attribute[], inputs: Tensor[]): Tensor {
    return this.#backend.executeSingleOutput(op, attributes, inputs);
  }

  /** Runs an op with `outputs` outputs. */
  runMany(op: string, attributes: Attribute[], inputs: Tensor[], outputs: number): Tensor[] {
    return this.#backend.executeMultipleOutputs(op, attributes, inputs, outputs);
  }

  type(name: string, dtype: 'float32' | 'int32' | 'int64'): Attribute {
    const { binding } = this.#backend;
    const value = { float32: binding.TF_FLOAT, int32: binding.TF_INT32, int64: binding.TF_INT64 }[dtype];
    return { name, type: binding.TF_ATTR_TYPE, value };
  }

  bool(name: string, value: boolean): Attribute {
    return { name, type: this.#backend.binding.TF_ATTR_BOOL, value };
  }

  float(name: string, value: number): Attribute {
    return { name, type: this.#backend.binding.TF_ATTR_FLOAT, value };
  }

  string(name: string, value: string): Attribute {
    return { name, type: this.#backend.binding.TF_ATTR_STRING, value };
  }

  shape(name: string, value: number[]): Attribute {
    return { name, type: this.#backend.binding.TF_ATTR_SHAPE, value };
  }

  /** A tensor made once and kept for the life of the process. */
  constant(key: string, make: () => Tensor): Tensor {
    const known = this.#constants.get(key);
    if (known && !known.isDisposed) return known;
    const made = this.tidy(() => this.tf.keep(make()));
    this.#constants.set(key, made);
    return made;
  }

  zeros(...shape: number[]): Tensor {
    return this.constant(`zeros/${shape.join('×')}`, () => this.tf.zeros(shape));
  }

  /** An int64 scalar. Cast from int32 once: tfjs-node's own Int64Scalar leaks a native handle on each use. */
  int64(value: number): Tensor {
    return this.constant(`int64/${value}`, () => {
      const warn = console.warn;
      console.warn = () => {}; // tfjs warns that it cannot name the dtype; only the native side reads it
      try {
        return this.run(
          'Cast',
          [this.type('SrcT', 'int32'), this.type('DstT', 'int64'), this.bool('Truncate', false)],
          [this.tf.scalar(value, 'int32')],
        );
      } finally {
        console.warn = warn;
      }
    });
  }

  /** The tensor with its first axis turned round. */
  reverse<T extends Tensor>(x: T): T {
    const axis = this.constant('axis/0', () => this.tf.tensor1d([0], 'int32'));
    return this.run('ReverseV2', [this.type('T', 'float32'), this.type('Tidx', 'int32')], [x, axis]) as T;
  }
}
