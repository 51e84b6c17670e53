import type { TensorFlow } from '../../model/kernels/ops.js';
import type { Callback, EpochLogs } from '../callback.js';

/**
 * Writes each epoch's numbers as TensorBoard event files: `tensorboard --logdir results`.
 *
 * @example new TensorBoard(tf, 'results/first-light/blocked/tensorboard')
 */
export class TensorBoard implements Callback {
  readonly name = 'tensor-board';
  readonly #writer: ReturnType<TensorFlow['node']['summaryFileWriter']>;

  constructor(tf: TensorFlow, folder: string) {
    this.#writer = tf.node.summaryFileWriter(folder);
  }

  onEpochEnd(logs: EpochLogs): void {
    for (const [name, value] of Object.entries(logs))
      if (name !== 'epoch') this.#writer.scalar(name, value, logs.epoch);
    this.#writer.flush();
  }
}
