/**
 * How wrong rules are: attribution, which made the truth of three-node, against a truth that the cluster itself carried along; rule by rule,
 * what it disputes apart; and how far each component could be followed.
 *
 *     npx tsx scripts/propagated-scores.ts datasets/propagated > results/reference/propagated/attribution.json
 *     npx tsx scripts/propagated-scores.ts datasets/automated > results/reference/propagated/automated-attribution.json
 */
import { join } from 'node:path';
import { actorOf } from '../src/audit/actor.js';
import type { AuditEvent } from '../src/audit/event.js';
import { skipReason } from '../src/audit/filter.js';
import { labelOf } from '../src/audit/labels.js';
import { readAuditLog } from '../src/audit/read.js';
import { loadResourceTable } from '../src/audit/table.js';
import { attribute } from '../src/collect/attribution/attribute.js';
import { type Compared, errorsByRule } from '../src/collect/propagation/against-rules.js';
import type { ActionRow } from '../src/dataset/actions.js';
import { openDataset } from '../src/dataset/load.js';
import { readTruth, type TruthRow } from '../src/dataset/truth.js';
import { readRows } from '../src/files/rows.js';

const dir = process.argv[2] ?? 'datasets/propagated';
const { name, sha256 } = await openDataset(dir);
const table = await loadResourceTable();

interface Capture {
  first: number;
  events: AuditEvent[];
  rows: TruthRow[];
}
const captures = new Map<string, Capture>();
const truth = readTruth(join(dir, 'truth.jsonl.gz'));
for await (const { line, event } of readAuditLog(join(dir, 'audit.jsonl.gz'))) {
  const row = (await truth.next()).value as TruthRow;
  if (!event) throw new Error(`${dir}: line ${line + 1} is no event`);
  const own = captures.get(row.capture) ?? { first: line, events: [], rows: [] };
  own.events.push(event);
  own.rows.push(row);
  captures.set(row.capture, own);
}

const commands = readRows<ActionRow & { contexts: string[] }>(join(dir, 'actions.jsonl'));
const compared: Compared[] = [];
/** Lines that count, by component and by what is known of them. */
const coverage: Record<string, Record<string, number>> = {};
for (const [capture, { first, events, rows }] of captures) {
  const commandOf = new Map<string, string>();
  for (const { id, contexts } of commands) for (const context of contexts) commandOf.set(context, id);
  const sentBy = new Map(
    rows.flatMap(({ auditID, how, context }) =>
      how === 'direct' ? [[auditID, commandOf.get(context) ?? context] as const] : [],
    ),
  );
  const own = commands
    .filter((command) => command.capture === capture)
    .map(({ id }) => ({ id, firstLine: null }));
  const rules = attribute(events, { capture, commands: own, sentBy });
  const triggers = new Map(
    rows.flatMap(({ context, trigger }, i) => (trigger ? [[context, i] as const] : [])),
  );
  rows.forEach((row, i) => {
    const event = events[i]!;
    if (!row.label || skipReason(event, { lines: 'completed', filter: 'paper' }) !== null) return;
    const named = events[rules[i]!.trigger]!;
    compared.push({
      truth: { ...row, roots: (row.roots ?? []).map((line) => line - first) },
      trigger: triggers.get(row.context)!,
      rules: rules[i]!,
      label: named.objectRef?.resource ? String(labelOf(named, table)) : '',
    });
    const component = row.how === 'direct' ? 'people' : componentOf(event);
    coverage[component] ??= {};
    coverage[component][row.how] = (coverage[component][row.how] ?? 0) + 1;
  });
}

/** Which component sent a request, as people call it. */
function componentOf(event: AuditEvent): string {
  const user = actorOf(event);
  if (user.startsWith('system:node:')) return 'kubelet';
  return user.replace('system:serviceaccount:kube-system:', '').replace(/^system:(?!serviceaccount)/, '');
}

const total = (row: Record<string, number>): number => Object.values(row).reduce((sum, n) => sum + n, 0);
const record = {
  schema: 1,
  dataset: { name, sha256 },
  lines: compared.length,
  unfollowed: compared.filter((line) => line.truth.how === 'unfollowed').length,
  // Share of the lines that get the right context, and of those that are given to somebody.
  rules: errorsByRule(compared).map((error) => ({
    ...error,
    ...(error.lines > 0 ? { share: error.right / error.lines } : {}),
    ...(error.lines > error.taken ? { named: error.right / (error.lines - error.taken) } : {}),
  })),
  coverage: Object.fromEntries(Object.entries(coverage).sort((a, b) => total(b[1]) - total(a[1]))),
};
process.stdout.write(`${JSON.stringify(record, null, 1)}\n`);
