import { loadResourceTable } from '../../audit/labels.js';
import type { ModelKind } from '../model.js';
import { readPointer } from './pointer-folder.js';
import { pointerPredictor } from './predictor.js';
import { POINTER_SETTINGS } from './settings.js';

/** Points each line at the event that caused it: rules of identity, and boosted trees over the causes that relations name. Training is loaded when it is asked for. */
export const pointer: ModelKind = {
  name: 'pointer',
  describes: 'Boosted trees that point each line at the event that caused it',
  settings: POINTER_SETTINGS,
  defaults: {
    'training.epochs': 16,
    'training.learningRate': 0.12,
    'training.schedule': 'plateau',
    selection: 'all',
    'model.leaves': 63,
    'model.policies': 1,
    'model.beside': 'datasets/carried',
  },

  open: async (...asked) => await (await import('./training.js')).openPointer(...asked),

  predictor: async (folder, options) =>
    pointerPredictor(await readPointer(folder), await loadResourceTable(), options),

  readEncoder: async () => null,
};
