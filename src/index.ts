/** The public API. */

export { type AuditEvent, parseEvent, receivedMicros } from './audit/event.js';
export { skipReason } from './audit/filter.js';
export {
  type Action,
  decodeLabel,
  describeLabel,
  encodeLabel,
  fromPublic,
  type Label,
  labelOf,
  labelText,
  loadResourceTable,
  partIds,
  toPublic,
} from './audit/labels.js';
export { type LogLine, readAuditLog } from './audit/read.js';
export { type Dataset, loadDataset } from './dataset/load.js';
export { verifyDataset } from './dataset/verify.js';
export { AuditweaveError, EXIT, MismatchError } from './errors.js';
export { COLUMNS, PAPER_COLUMNS, selectColumns } from './features/columns.js';
export { extractFields, OrdinalEncoder } from './features/encoder.js';
export { labelLines } from './labeling/labeler.js';
export { classScores, confusion, macroF1 } from './metrics/classification.js';
export { levelScores } from './metrics/evaluate.js';
export { meanInterval, nadeauBengioInterval, pairedDifference } from './metrics/interval.js';
export { exportOnnx } from './model/bilstm/export.js';
export { readModelFolder, writeModelFolder } from './model/bilstm/folder.js';
export { createSession } from './model/bilstm/session.js';
export { biLstmConfig, initialWeights } from './model/bilstm/shape.js';
export { openPredictor } from './model/kinds.js';
export type { ModelKind, Prediction, Predictor } from './model/model.js';
export { loadTensorFlow, tensorFlowInfo } from './native/load.js';
export { randomStream } from './random.js';
export { writeReport } from './reports/write-report.js';
export { type MetricsRecord, type RunRecord, readRun } from './runs/record.js';
export { runTrial } from './runs/train.js';
export type { Settings } from './settings/schema.js';
export { readSettings } from './settings/settings.js';
export { leakReport } from './windows/leak.js';
export { slidingWindows } from './windows/sliding.js';
export { majorityVote } from './windows/vote.js';
