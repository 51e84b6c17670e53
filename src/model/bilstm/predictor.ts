import { labelReader } from '../../audit/codes.js';
import { AuditweaveError } from '../../errors.js';
import { selectColumns } from '../../features/columns.js';
import { extractFields, OrdinalEncoder } from '../../features/encoder.js';
import type { Prediction, Predictor, PredictorOptions } from '../model.js';
import type { Session } from './session.js';
import { mostWindows } from './shape.js';
import { LabelSequence, type RowLabels } from './window-vote.js';

/** Windows predicted at once. */
const BATCH = 32;
/** Microseconds of silence after which the lines of a window are not waited for that is not full: 8 s. */
const QUIET = 8_000_000;

/**
 * Labels lines by the vote of the windows that hold them.
 *
 * @param options.stride S, lines between two windows: from 1 to W. Default W / 4.
 * @param options.batch B, windows predicted at once; fewer where they are too large. Default 32.
 * @throws {AuditweaveError} The stride cannot be, or the model's encoder or columns are unknown.
 * @example const predictor = windowPredictor(await createSession('results/a'));
 */
export function windowPredictor(
  session: Session,
  { stride: given, batch: wanted = BATCH }: Pick<PredictorOptions, 'stride' | 'batch'> = {},
): Predictor<Float32Array> {
  const { config, labels } = session.model;
  const { window, features } = config;
  const stride = given ?? Math.ceil(window / 4);
  if (!(Number.isSafeInteger(stride) && stride >= 1 && stride <= window))
    throw new AuditweaveError(`model: expected stride to be an integer from 1 to ${window}, got ${stride}.`);
  const batch = Math.min(wanted, mostWindows(config));
  const columns = selectColumns({ include: config.columns });
  const encoder = OrdinalEncoder.fromJSON(session.model.encoder);
  const sequence = new LabelSequence(session, { stride, batch });
  const labelOf = labelReader(Int32Array.from(labels.partIds));
  const said = ({ codes, confidence }: RowLabels): Prediction[] =>
    codes.map((code, i) => ({ label: labelOf(code), confidence: confidence[i]! }));
  return {
    counts: config,
    heeds: ['threads', 'stride', 'batch'],
    holds: window + batch * stride,
    read: (event) => encoder.encode(extractFields(event, columns)),
    async push(lines, { eager = false } = {}) {
      const rows = new Float32Array(lines.length * features);
      lines.forEach((line, i) => {
        rows.set(line, i * features);
      });
      return said(await sequence.push(rows, eager ? 1 : batch));
    },
    passed: async (silent) => (silent < QUIET ? [] : said(await sequence.end())),
    async alone(line) {
      const single = new LabelSequence(session, { stride: 1 });
      return [...said(await single.push(line, 2)), ...said(await single.end())][0]!;
    },
    end: async () => said(await sequence.end()),
    release: () => session.release(),
  };
}
