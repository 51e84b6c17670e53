import type { OptionSpec } from './command.js';

/** Options that several commands have, each declared once. */
export const DEVICE: OptionSpec = {
  choices: ['auto', 'cpu', 'cuda'],
  default: 'auto',
  describe: 'Where to compute',
};
export const THREADS: OptionSpec = {
  choices: ['auto', '1', '2'],
  default: 'auto',
  describe: 'Threads of the model; the result is the same',
};
export const SET: OptionSpec = {
  array: true,
  default: [],
  describe: 'Change a setting: path=value',
};

/** @example threadsOf('2') // 2 */
export const threadsOf = (threads: string): number | 'auto' =>
  threads === 'auto' ? 'auto' : Number(threads);
