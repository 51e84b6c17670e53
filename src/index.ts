/** The public API. */
export { type Dataset, loadDataset } from './audit/dataset.js';
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
export { verifyDataset } from './audit/verify.js';
export { AuditweaveError, EXIT, MismatchError } from './errors.js';
export { COLUMNS, PAPER_COLUMNS, selectColumns } from './features/columns.js';
export { extractFields, OrdinalEncoder } from './features/encoder.js';
export { classScores, confusion, macroF1 } from './metrics/classification.js';
export { levelScores } from './metrics/evaluate.js';
export { meanInterval, nadeauBengioInterval, pairedDifference } from './metrics/interval.js';
export { biLstmConfig, initialWeights } from './model/bilstm.js';
export { exportOnnx } from './model/export.js';
export { readModelFolder, writeModelFolder } from './model/folder.js';
export { loadTensorFlow, tensorFlowInfo } from './native/load.js';
export { randomStream } from './random.js';
export { writeReport } from './reports/write-report.js';
export { labelLines } from './serving/labeler.js';
export { createSession } from './serving/session.js';
export { type MetricsRecord, type RunRecord, readRun } from './studies/record.js';
export { readSettings, type Settings } from './studies/settings.js';
export { runTrial } from './studies/trial.js';
export { leakReport } from './windows/leak.js';
export { slidingWindows } from './windows/sliding.js';
export { majorityVote } from './windows/vote.js';
