/** The splitters: rows or windows in, the windows of each part out. They yield positions, never data. */
export { type BlockedOptions, splitBlocked } from './blocked.js';
export { type CaptureOptions, type Fold, segmentsOf, splitCapture } from './capture.js';
export { checkFold, type FoldOf, type PaperOptions, splitPaper, splitPaperFold } from './paper.js';
export { coveredRows, PARTS, type Part, type Split, type SplitShares } from './parts.js';
export type { Segment } from './sliding.js';
