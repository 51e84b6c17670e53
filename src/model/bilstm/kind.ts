import type { ModelKind } from '../model.js';

/** The paper's model: a bidirectional LSTM over windows of lines, on TensorFlow or our own kernels. What it needs is loaded when it is asked for. */
export const bilstm: ModelKind = {
  name: 'bilstm',
  describes: 'A bidirectional LSTM over windows of lines',
  settings: {
    units: {
      type: 'array',
      items: { type: 'number', exclusiveMinimum: 0, maximum: 64 },
      minItems: 2,
      maxItems: 2,
    },
    dropout: { type: 'number', minimum: 0, exclusiveMaximum: 1 },
  },
  defaults: { 'model.units': [4, 3], 'model.dropout': 0.4 },

  open: async (...asked) => await (await import('./open.js')).openBiLstm(...asked),

  async predictor(folder, { threads, ...options }) {
    const { createSession } = await import('./session.js');
    const { windowPredictor } = await import('./predictor.js');
    const session = await createSession(folder, threads === undefined ? {} : { threads });
    return windowPredictor(session, options);
  },

  readEncoder: async (folder) => (await (await import('./folder.js')).readModelFolder(folder)).encoder,
};
