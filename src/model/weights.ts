/** A named array of numbers outside TensorFlow, row-major. */
export interface WeightArray {
  shape: number[];
  data: Float32Array;
}

/** Every weight of a model by its Keras path, as in `bidirectional/forward_lstm/kernel`. */
export type Weights = Record<string, WeightArray>;
