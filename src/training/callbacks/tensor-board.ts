import type { EpochLogger } from '../../model/model.js';
import type { Callback, EpochLogs } from '../callback.js';

/**
 * Writes each epoch's numbers as TensorBoard event files: `tensorboard --logdir results`.
 *
 * @example new TensorBoard(model.logger('results/first-light/blocked/tensorboard'))
 */
export class TensorBoard implements Callback {
  readonly name = 'tensor-board';
  readonly #logger: EpochLogger;

  constructor(logger: EpochLogger) {
    this.#logger = logger;
  }

  onEpochEnd({ epoch, ...values }: EpochLogs): void {
    this.#logger.write(epoch, values);
  }
}
