/**
 * Draws cascade lines of a dataset to be checked one by one, and prints each with its trigger.
 *
 *     npx tsx scripts/datasets/draw-review.ts datasets/three-node 300 > review.txt
 */
import { join } from 'node:path';
import type { AuditEvent } from '../../src/audit/event.js';
import { skipReason } from '../../src/audit/filter.js';
import { readAuditLog } from '../../src/audit/read.js';
import { readTruth, type TruthRow } from '../../src/dataset/truth.js';
import { randomStream } from '../../src/random.js';

const [dir = 'datasets/three-node', number = '300', seed = '7'] = process.argv.slice(2);

const truth: TruthRow[] = [];
for await (const row of readTruth(join(dir, 'truth.jsonl.gz'))) truth.push(row);
const cascade = truth.filter(
  ({ how, background, stage }) => how !== 'direct' && !background && stage !== 'RequestReceived',
);
const drawn = randomStream(seed, 'review').shuffle(cascade).slice(0, Number(number));
const trigger = new Map(truth.filter((row) => row.trigger).map((row) => [row.context, row.line]));
const wanted = new Set(drawn.flatMap(({ line, context }) => [line, trigger.get(context)!]));
const told = new Map<number, string>();
const earlier: { text: string; at: number; namespace: string }[] = [];
const before = new Map<number, string[]>();
const isDrawn = new Set(drawn.map(({ line }) => line));
let capture = '';
for await (const { line, event } of readAuditLog(join(dir, 'audit.jsonl.gz'))) {
  if (!event) continue;
  const row = truth[line]!;
  if (row.capture !== capture) earlier.length = 0;
  capture = row.capture;
  if (wanted.has(line)) told.set(line, tell(event));
  // The changes that people made shortly before: among them is the cause.
  if (row.how === 'direct' && row.trigger && !['get', 'list', 'watch'].includes(event.verb)) {
    earlier.push({
      text: `${row.context} ${tell(event)}`,
      at: Date.parse(event.requestReceivedTimestamp),
      namespace: event.objectRef?.namespace ?? '',
    });
    if (earlier.length > 400) earlier.shift();
  }
  if (isDrawn.has(line) && skipReason(event, { lines: 'all', filter: 'none' }) === null) {
    const at = Date.parse(event.requestReceivedTimestamp);
    const namespace = event.objectRef?.namespace ?? '';
    before.set(
      line,
      earlier
        .filter((one) => at - one.at < 60_000 && (!namespace || one.namespace === namespace))
        .slice(-4)
        .map((one) => `${((at - one.at) / 1000).toFixed(1)} s before: ${one.text}`),
    );
  }
}
for (const [i, row] of drawn.sort((a, b) => a.line - b.line).entries()) {
  const { line, capture: id, how, disputed, context } = row;
  process.stdout.write(
    [
      `#${i + 1} line ${line} ${id} ${how}${disputed ? ' DISPUTED' : ''} ${context}`,
      `  line:    ${told.get(line)}`,
      `  trigger: ${told.get(trigger.get(context)!)}`,
      ...(before.get(line) ?? []).map((text) => `    ${text}`),
      '',
    ].join('\n'),
  );
}

function tell(event: AuditEvent): string {
  const body = event.responseObject as Record<string, Record<string, unknown>> | undefined;
  const involved = body?.involvedObject ?? body?.regarding;
  const owner = (body?.metadata?.ownerReferences as { kind: string; name: string }[] | undefined)?.[0];
  const { resource, subresource, namespace, name } = event.objectRef ?? {};
  return [
    event.requestReceivedTimestamp.slice(11, 23),
    (event.user.username ?? '').replace('system:serviceaccount:kube-system:', 'sa:'),
    event.verb,
    `${resource ?? event.requestURI}${subresource ? `/${subresource}` : ''}`,
    `${namespace ?? '-'}/${name ?? body?.metadata?.name ?? '-'}`,
    String(event.responseStatus?.code ?? ''),
    ...(owner ? [`owner ${owner.kind} ${owner.name}`] : []),
    ...(involved ? [`about ${involved.kind} ${involved.name}: ${String(body?.message).slice(0, 90)}`] : []),
    ...(event.userAgent?.startsWith('kubectl') ? [String(event.requestURI).split('?')[0]!.slice(0, 10)] : []),
  ].join(' ');
}
