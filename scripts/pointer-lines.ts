import { type AuditEvent, receivedMicros } from '../src/audit/event.js';
import { skipReason } from '../src/audit/filter.js';
import { atLevel, LEVELS, type Level } from '../src/audit/level.js';
import { readAuditLog } from '../src/audit/read.js';
import { readTruth, type TruthRow } from '../src/dataset/truth.js';
import { openPredictor } from '../src/model/kinds.js';
import type { Prediction } from '../src/model/model.js';

/** A line that counts, and its truth. */
export interface Line {
  event: AuditEvent;
  row: TruthRow;
}

const WORKLOADS = new Set(['deployments', 'statefulsets', 'daemonsets', 'jobs', 'resourcequotas']);
const SHORT = new Set(['secrets', 'configmaps', 'events', 'leases']);
/** Which lines have bodies under a policy that mixes levels. */
const POLICIES: Record<string, (event: AuditEvent) => boolean> = {
  workloads: ({ objectRef }) => WORKLOADS.has(objectRef?.resource ?? ''),
  cloud: ({ objectRef }) => !SHORT.has(objectRef?.resource ?? '') && objectRef?.subresource !== 'token',
};

/** A line as a log of a level, or under a policy, has it. */
function at(event: AuditEvent, level: string): AuditEvent {
  const keeps = POLICIES[level];
  if (!keeps && !LEVELS.includes(level as Level)) throw new Error(`no level ${level}`);
  return atLevel(event, keeps ? (keeps(event) ? 'requestResponse' : 'metadata') : (level as Level));
}

/** Lines of a capture, in the order in which their requests were received. */
export async function linesOf(
  dataset: string,
  captures: readonly string[],
): Promise<{ captures: Map<string, Line[]>; triggers: Map<string, string> }> {
  const lines = new Map<string, Line[]>(captures.map((name) => [name, []]));
  const triggers = new Map<string, string>();
  const rows = readTruth(`${dataset}/truth.jsonl.gz`);
  for await (const { event } of readAuditLog(`${dataset}/audit.jsonl.gz`)) {
    const row = (await rows.next()).value as TruthRow;
    if (row.trigger) triggers.set(row.context, row.auditID);
    if (!event || !row.label || skipReason(event, { lines: 'completed', filter: 'paper' }) !== null) continue;
    lines.get(row.capture)?.push({ event, row });
  }
  const ordered = [...lines].map(([capture, own]): [string, Line[]] => [
    capture,
    own
      .map((line, i) => ({ line, i, micros: receivedMicros(line.event) }))
      .sort((a, b) => a.micros - b.micros || a.i - b.i)
      .map(({ line }) => line),
  ]);
  return { captures: new Map(ordered), triggers };
}

/** What a model says of lines that are read at a level. */
export async function saidOf(model: string, lines: readonly Line[], level: string): Promise<Prediction[]> {
  const predictor = await openPredictor(model);
  try {
    const said: Prediction[] = [];
    for (const [i, { event }] of lines.entries())
      said.push(...(await predictor.push([predictor.read(at(event, level), i)])));
    said.push(...(await predictor.end()));
    return said;
  } finally {
    await predictor.release();
  }
}
