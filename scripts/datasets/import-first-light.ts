/**
 * Turns the pilot capture (a log, a row of truth a line, a row an action) into the dataset `datasets/first-light`.
 *
 *     npx tsx scripts/datasets/import-first-light.ts AUDIT.jsonl.gz TRUTH.jsonl.gz ACTIONS.jsonl.gz datasets/first-light
 *
 * The capture names the action that caused each line; here actions become contexts, each with one triggering event (`contexts.ts`). The
 * unpacked log is the capture's but for service account tokens, which are taken out; the same capture gives the same files.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { labelOf, loadResourceTable } from '../../src/audit/labels.js';
import { readAuditLog } from '../../src/audit/read.js';
import { redact } from '../../src/collect/redact.js';
import { writeFileAtomic } from '../../src/files/atomic.js';
import { type CapturedRequest, contextsOf } from './contexts.js';
import { datasetCard } from './first-light-card.js';

const CAPTURE = 'pilot';
/** The dataset as it was at first, which the reference runs cite. */
const REPLACED = {
  sha256: 'c0bc70348dc9a0a13759343e64fc2697f8a910dea480f37701a576084d9a4a36',
  why: 'The same lines with the service account tokens in them; what a model reads of a line is equal.',
};
const [auditFile, truthFile, actionsFile, out] = process.argv.slice(2);
if (!auditFile || !truthFile || !actionsFile || !out) {
  console.error('Usage: import-first-light.ts AUDIT.jsonl.gz TRUTH.jsonl.gz ACTIONS.jsonl.gz FOLDER');
  process.exit(2);
}

const unpack = async (file: string) => gunzipSync(await readFile(file));
const rowsOf = <T>(bytes: Buffer) =>
  bytes
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((row) => JSON.parse(row) as T);

const truth = rowsOf<{ line: number; auditID: string; stage: string; action: string | null; how: string }>(
  await unpack(truthFile),
);
const actions = rowsOf<Record<string, unknown> & { id: string; actor: string; argv: string[]; code: number }>(
  await unpack(actionsFile),
);

const requests = new Map<string, CapturedRequest>();
const order: { auditID: string; stage: string }[] = [];
const clean: string[] = [];
let tokenLines = 0;
for await (const { line, text, event } of readAuditLog(auditFile)) {
  clean.push(`${redact(text)}\n`);
  if (clean.at(-1) !== `${text}\n`) tokenLines++;
  const row = truth[line]!;
  if (!event || row.auditID !== event.auditID) throw new Error(`line ${line + 1}: log and truth differ`);
  order.push({ auditID: event.auditID, stage: event.stage });
  const known = requests.get(event.auditID);
  if (known) {
    known.last = line;
    if (event.stage === 'ResponseComplete' || event.stage === 'Panic') known.event = event;
  } else
    requests.set(event.auditID, {
      event,
      action: row.action,
      how: row.how,
      last: line,
    });
}

const table = await loadResourceTable();
const contexts = contextsOf([...requests.values()], CAPTURE);
const started = new Map<string, string[]>();
const labels = new Map<string, ReturnType<typeof labelOf> | null>();
for (const { auditID, context, trigger, action } of contexts.values()) {
  if (!trigger) continue;
  const { event } = requests.get(auditID)!;
  labels.set(context, event.objectRef?.resource ? labelOf(event, table) : null);
  if (action) started.set(action, [...(started.get(action) ?? []), context]);
}
const truthRows = order.map(({ auditID, stage }, line) => {
  const request = requests.get(auditID)!;
  const { context, trigger } = contexts.get(auditID)!;
  return {
    line,
    auditID,
    stage,
    capture: CAPTURE,
    label: labels.get(context) ?? null,
    context,
    trigger: trigger && line === request.last,
    background: request.action === null,
    how: request.how.replace(/^time, (\w[\w-]*) says .*/, 'time against $1'),
    disputed: request.how.includes(' says '),
  };
});
const actionRows = actions.map(({ id, actor, argv, code, t0, t1, t2 }) => ({
  id,
  capture: CAPTURE,
  person: actor,
  argv,
  started: new Date(Number(t0)).toISOString(),
  ended: new Date(Number(t1)).toISOString(),
  settled: new Date(Number(t2)).toISOString(),
  exitCode: code,
  contexts: started.get(id) ?? [],
}));

const jsonl = (rows: readonly object[]) =>
  Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
const files: Record<string, { content: Buffer; lines: number }> = {
  'audit.jsonl.gz': { content: gzipSync(clean.join(''), { level: 9 }), lines: order.length },
  'truth.jsonl.gz': { content: gzipSync(jsonl(truthRows), { level: 9 }), lines: truthRows.length },
  'actions.jsonl': { content: jsonl(actionRows), lines: actionRows.length },
};
const user = truthRows.filter(({ background }) => !background);
const counts = {
  lines: truthRows.length,
  requests: requests.size,
  actions: actions.length,
  contexts: labels.size,
  userContexts: new Set(user.map(({ context }) => context)).size,
  userLines: user.length,
  backgroundLines: truthRows.length - user.length,
  disputedLines: truthRows.filter(({ disputed }) => disputed).length,
  labels: new Set([...labels.values()].filter(Boolean).map(String)).size,
  tokenLines,
};
const agents = [...requests.values()].map(({ event }) => event.userAgent ?? '');
const kubernetes = /^kube-apiserver\/(v[\d.]+)/.exec(
  agents.find((one) => one.startsWith('kube-apiserver/')) ?? '',
)?.[1];
if (!kubernetes) throw new Error('expected a line of kube-apiserver itself, which names its version');
const nodes = new Set(
  [...requests.values()]
    .map(({ event }) => event.user.username ?? '')
    .filter((name) => name.startsWith('system:node:')),
);
const manifest = {
  name: 'first-light',
  title: 'One person at work on a three-node cluster, one command after another',
  licence: 'Apache-2.0',
  kubernetes,
  policy: 'RequestResponse for every request, all stages',
  nodes: nodes.size,
  seed: null,
  captures: [{ id: CAPTURE, people: new Set(actions.map(({ actor }) => actor)).size, kubernetes }],
  files: Object.fromEntries(
    Object.entries(files).map(([name, { content, lines }]) => [
      name,
      { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length, lines },
    ]),
  ),
  counts,
  replaces: [REPLACED],
  tools: { import: 'scripts/datasets/import-first-light.ts' },
};
for (const [name, { content }] of Object.entries(files)) await writeFileAtomic(join(out, name), content);
await writeFileAtomic(join(out, 'card.md'), datasetCard(manifest, truthRows, actionRows));
await writeFileAtomic(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(JSON.stringify(counts));
