/**
 * Makes datasets/interleaved: captures in which one person worked at a time and waited for silence, put together as if they had gone on at
 * once. What belongs together is known by Audit-ID and by time, so the truth does not come from rules alone.
 *
 *     npx tsx scripts/datasets/interleaved.ts datasets/interleaved
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { receivedMicros, writtenMicros } from '../../src/audit/event.js';
import { skipReason } from '../../src/audit/filter.js';
import { readAuditLog } from '../../src/audit/read.js';
import { interleave, type KnownLine } from '../../src/dataset/interleave/interleave.js';
import { readTruth, type TruthRow } from '../../src/dataset/truth.js';
import { writeFileAtomic } from '../../src/files/atomic.js';
import { interleavedCard } from './interleaved-card.js';

const SEED = 2026;

interface Known extends KnownLine {
  row: TruthRow;
  /** Command that the context is of; null for background. */
  command: string | null;
}

interface Command {
  id: string;
  contexts: string[];
  argv: string[];
}

/** What is made of what: each stream a part of a capture, from one share of its commands to another. */
const CAPTURES: { id: string; streams: [source: string, from: number, to: number][] }[] = [
  { id: 'i1', streams: [0, 1, 2].map((k) => ['pilot', k / 3, (k + 1) / 3]) },
  {
    id: 'i2',
    streams: [
      ['a1', 0, 0.4],
      ['a2', 0, 0.4],
    ],
  },
  {
    id: 'i3',
    streams: [
      ['a1', 0.4, 0.6],
      ['a1', 0.6, 0.8],
      ['a2', 0.4, 0.6],
      ['a2', 0.6, 0.8],
    ],
  },
];
const SOURCES: Record<string, string> = { pilot: 'first-light', a1: 'three-node', a2: 'three-node' };

const out = process.argv[2] ?? 'datasets/interleaved';
const counts: Record<string, Record<string, number>> = {};

/** The lines of a capture on which Audit-ID or time and identity agree, and what was left out. */
async function agreed(capture: string): Promise<{ lines: Known[]; commands: Command[] }> {
  const dir = `datasets/${SOURCES[capture]}`;
  const commands = readFileSync(join(dir, 'actions.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Command & { capture: string })
    .filter((command) => command.capture === capture);
  const commandOf = new Map(
    commands.flatMap(({ id, contexts }) => contexts.map((one) => [one, id] as const)),
  );
  const all: Known[] = [];
  const truth = readTruth(join(dir, 'truth.jsonl.gz'));
  for await (const { event } of readAuditLog(join(dir, 'audit.jsonl.gz'))) {
    const row = (await truth.next()).value as TruthRow;
    if (!event || row.capture !== capture) continue;
    const { context, trigger, background } = row;
    all.push({ event, row, context, trigger, background, command: commandOf.get(context) ?? null });
  }
  // A command begins with its first own request; what comes before the next one's is its, by time.
  const begins = new Map<string, number>();
  for (const { event, row, command } of all) {
    if (row.how !== 'direct' || command === null) continue;
    begins.set(command, Math.min(begins.get(command) ?? Number.POSITIVE_INFINITY, receivedMicros(event)));
  }
  const order = [...begins].sort((a, b) => a[1] - b[1]);
  const byTime = (micros: number): string | null => {
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order[middle]![1] <= micros) low = middle + 1;
      else high = middle;
    }
    return order[low - 1]?.[0] ?? null;
  };
  const tally: Record<string, number> = {};
  // All lines of a request go or stay together.
  const refused = new Set<string>();
  for (const { event, row, command } of all)
    if (
      row.how !== 'direct' &&
      !row.background &&
      (row.disputed || byTime(receivedMicros(event)) !== command)
    )
      refused.add(event.auditID);
  const lines = all.filter(({ event, row, command, background }) => {
    const why = background
      ? 'background'
      : command === null
        ? 'of no command'
        : row.how === 'direct'
          ? 'Audit-ID'
          : refused.has(event.auditID)
            ? 'time and identity differ'
            : 'time and identity agree';
    tally[why] = (tally[why] ?? 0) + 1;
    return why !== 'of no command' && why !== 'time and identity differ';
  });
  counts[capture] = tally;
  return { lines, commands: order.map(([id]) => commands.find((one) => one.id === id)!) };
}

const sources = new Map<string, Awaited<ReturnType<typeof agreed>>>();
for (const name of Object.keys(SOURCES)) sources.set(name, await agreed(name));

const [log, truth, actions]: [string[], TruthRow[], object[]] = [[], [], []];
const captures: {
  id: string;
  people: number;
  kubernetes: string;
  streams: number;
  lines: number;
  completed: number;
}[] = [];
CAPTURES.forEach(({ id, streams }, number) => {
  const parts = streams.map(([source, from, to]) => {
    const { lines, commands } = sources.get(source)!;
    const own = commands.slice(Math.floor(from * commands.length), Math.floor(to * commands.length));
    const ids = new Set(own.map((command) => command.id));
    const within = lines.flatMap((line, i) => (line.command !== null && ids.has(line.command) ? [i] : []));
    const [first = 0, last = -1] = [within[0], within.at(-1)];
    return {
      commands: own,
      lines: lines.slice(first, last + 1).filter(({ command }) => command === null || ids.has(command)),
    };
  });
  const people = new Set<string>();
  const made = interleave(
    parts.map(({ lines }) => lines),
    { seed: SEED + number },
  );
  /** What is seen of each command: its contexts, who ran it, and when. */
  const seen = new Map<string, { contexts: Set<string>; person: string; start: number; end: number }>();
  let completed = 0;
  for (const { event, context, row, stream, command, trigger, background } of made) {
    const single = parts[stream]!.commands.find((one) => one.id === command)?.contexts.length === 1;
    const how = background || row.how === 'direct' ? row.how : single ? 'time' : `time, ${row.how}`;
    const { auditID, stage } = event;
    const name = `${id}-${context}`;
    log.push(JSON.stringify(event));
    truth.push({
      ...{ line: truth.length, auditID, stage, capture: id, label: row.label, context: name, trigger },
      ...{ background, how, disputed: false },
    });
    if (row.label && skipReason(event, { lines: 'completed', filter: 'paper' }) === null) completed++;
    if (command === null || row.how !== 'direct') continue;
    const person = event.user.username ?? '';
    people.add(person);
    const key = `${stream}-${command}`;
    const received = Math.floor(receivedMicros(event) / 1000);
    const own = seen.get(key) ?? { contexts: new Set(), person, start: received, end: received };
    own.contexts.add(name);
    own.end = Math.max(own.end, Math.floor(writtenMicros(event) / 1000));
    seen.set(key, own);
  }
  parts.forEach(({ commands }, stream) => {
    commands.forEach(({ id: command, argv }, index) => {
      const own = seen.get(`${stream}-${command}`);
      if (!own) return;
      const { person, start, end } = own;
      // What else was typed has names in it that are no more.
      const typed = argv.slice(0, 1);
      const known = { id: `${id}-${stream}-${command}`, capture: id, index, person, argv: typed };
      actions.push({ ...known, start, end, contexts: [...own.contexts] });
    });
  });
  captures.push({
    id,
    people: people.size,
    kubernetes: 'v1.34.4',
    streams: streams.length,
    lines: made.length,
    completed,
  });
});

const json = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const files = {
  'audit.jsonl.gz': {
    content: gzipSync(log.map((line) => `${line}\n`).join(''), { level: 9 }),
    lines: log.length,
  },
  'truth.jsonl.gz': { content: gzipSync(json(truth), { level: 9 }), lines: truth.length },
  'actions.jsonl': {
    content: Buffer.from(json(actions)),
    lines: actions.length,
  },
};
const counted = captures.reduce((sum, { completed }) => sum + completed, 0);
const labels = new Set(
  truth.flatMap(({ label, background }) => (label && !background ? [String(label)] : [])),
);
const manifest = {
  name: 'interleaved',
  title: 'People of several one-at-a-time captures, put together as if they had worked at once',
  licence: 'Apache-2.0',
  kubernetes: 'v1.34.4',
  policy: 'RequestResponse for every request, all stages',
  nodes: 3,
  seed: SEED,
  captures,
  files: Object.fromEntries(
    Object.entries(files).map(([name, { content, lines }]) => [
      name,
      { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length, lines },
    ]),
  ),
  counts: {
    lines: log.length,
    counted,
    completed: counted,
    actions: actions.length,
    contexts: new Set(truth.map(({ context }) => context)).size,
    userContexts: new Set(truth.flatMap(({ context, background }) => (background ? [] : [context]))).size,
    backgroundLines: truth.filter(({ background }) => background).length,
    disputedLines: 0,
    labels: labels.size,
  },
  folds: { default: { train: [], validation: [], test: captures.map(({ id }) => id) } },
  tools: { interleave: 'scripts/datasets/interleaved.ts' },
};
await mkdir(out, { recursive: true });
for (const [name, { content }] of Object.entries(files)) await writeFileAtomic(join(out, name), content);
await writeFileAtomic(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
await writeFileAtomic(join(out, 'card.md'), interleavedCard(manifest, { counts, truth, plan: CAPTURES }));
console.log(
  JSON.stringify({
    counts,
    captures,
    bytes: Object.values(files).reduce((sum, { content }) => sum + content.length, 0),
  }),
);
