/**
 * Marks the lines of a dataset whose cause the log leaves open: `ambiguous.json` beside the truth, which stays as it is.
 *
 *     npx tsx scripts/datasets/ambiguous.ts datasets/three-node
 */
import { join } from 'node:path';
import { receivedMicros } from '../../src/audit/event.js';
import { skipReason } from '../../src/audit/filter.js';
import { readAuditLog } from '../../src/audit/read.js';
import {
  AMBIGUOUS,
  type AmbiguousLines,
  ambiguousLines,
  isCascade,
  type TrueLine,
} from '../../src/dataset/ambiguous.js';
import { openDataset } from '../../src/dataset/load.js';
import { readTruth, type TruthRow } from '../../src/dataset/truth.js';
import { writeFileAtomic } from '../../src/files/atomic.js';

const dir = process.argv[2] ?? 'datasets/three-node';
const { sha256 } = await openDataset(dir);
const captures = new Map<string, TrueLine[]>();
const rows = readTruth(join(dir, 'truth.jsonl.gz'));
for await (const { event } of readAuditLog(join(dir, 'audit.jsonl.gz'))) {
  const truth = (await rows.next()).value as TruthRow;
  if (!event || skipReason(event, { lines: 'completed', filter: 'paper' }) !== null) continue;
  const own = captures.get(truth.capture);
  if (own) own.push({ event, truth });
  else captures.set(truth.capture, [{ event, truth }]);
}
const found: AmbiguousLines = { schema: 1, dataset: sha256, cascade: 0, lines: [] };
for (const [capture, lines] of captures) {
  const ordered = lines
    .map((line, i) => ({ line, i, at: receivedMicros(line.event) }))
    .sort((a, b) => a.at - b.at || a.i - b.i)
    .map(({ line }) => line);
  const own = ambiguousLines(ordered);
  const cascade = lines.filter(({ truth }) => isCascade(truth)).length;
  process.stderr.write(
    `${capture}: ${own.length} of ${cascade} cascade lines (${((100 * own.length) / cascade).toFixed(1)} %)\n`,
  );
  found.cascade += cascade;
  found.lines.push(...own.sort((a, b) => a.line - b.line));
}
await writeFileAtomic(join(dir, AMBIGUOUS), `${JSON.stringify(found)}\n`);
