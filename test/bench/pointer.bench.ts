/**
 * Lines per second from file to rows, every stage of a request counted as a line: JSON.parse alone, `label` and `contexts` with the model of
 * the package on a log with bodies and on the same without, and `label` with a BiLSTM of the paper's size (W = 60, stride 15). Each is the
 * program that users start, in a process of its own, from its start to its end; they take turns, and the quickest of the rounds counts.
 *
 *     npx tsx test/bench/pointer.bench.ts --lines 60000 --rounds 3      # writes test/bench/LABELING.md
 */
import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadResourceTable, partIds } from '../../src/audit/labels.js';
import { atLevel } from '../../src/audit/level.js';
import { readAuditLog } from '../../src/audit/read.js';
import { selectColumns } from '../../src/features/columns.js';
import { extractFields, OrdinalEncoder } from '../../src/features/encoder.js';
import { writeFileAtomic } from '../../src/files/atomic.js';
import { writeModelFolder } from '../../src/model/bilstm/folder.js';
import { biLstmConfig, initialWeights } from '../../src/model/bilstm/shape.js';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '60000' },
    rounds: { type: 'string', default: '3' },
  },
});

interface Usage {
  seconds: number;
  cpuSeconds: number;
  megabytes: number;
}

interface Work {
  log: 'bodies' | 'metadata';
  words: string;
  /** The command, given the log and a folder to write to. Default: the lines are only parsed. */
  args?: (log: string, folder: string) => string[];
}

const label = (log: string, folder: string): string[] => ['label', log, '--out', join(folder, 'rows')];
const WORKS: Record<string, Work> = {
  parse: { log: 'bodies', words: 'JSON.parse alone, RequestResponse' },
  parseMetadata: { log: 'metadata', words: 'JSON.parse alone, Metadata' },
  bodies: { log: 'bodies', words: '`label`, pointer, RequestResponse', args: label },
  metadata: { log: 'metadata', words: '`label`, pointer, Metadata', args: label },
  contexts: {
    log: 'bodies',
    words: '`contexts`, pointer, RequestResponse',
    args: (log) => ['contexts', log],
  },
  contextsMetadata: {
    log: 'metadata',
    words: '`contexts`, pointer, Metadata',
    args: (log) => ['contexts', log],
  },
  bilstm: {
    log: 'bodies',
    words: '`label`, BiLSTM, W = 60, stride 15, RequestResponse',
    args: (log, folder) => [...label(log, folder), '--model', join(folder, 'bilstm'), '--stride', '15'],
  },
};

/** Runs the program, or JSON.parse alone, on a log. */
function measure(name: string, folder: string): Usage {
  const { log, args } = WORKS[name]!;
  const path = join(folder, `${log}.log`);
  const own = args
    ? [join(import.meta.dirname, '../../bin/auditweave.mjs'), ...args(path, folder)]
    : [join(import.meta.dirname, 'parse-lines.mjs'), path];
  const began = performance.now();
  const { status, output } = spawnSync(
    process.execPath,
    ['--import', join(import.meta.dirname, 'usage.mjs'), ...own],
    { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`bench: ${name}: ${output[2]}`);
  const last = JSON.parse(output[3]!.trim().split('\n').at(-1)!) as { peak: number; cpuSeconds: number };
  return { seconds, cpuSeconds: last.cpuSeconds, megabytes: last.peak / 1e6 };
}

async function prepare(folder: string): Promise<number> {
  const streams = {
    bodies: createWriteStream(join(folder, 'bodies.log')),
    metadata: createWriteStream(join(folder, 'metadata.log')),
  };
  const columns = selectColumns({ include: 'paper', exclude: [] });
  const rows: (string | null)[][] = [];
  let lines = 0;
  for await (const { event } of readAuditLog('datasets/three-node/audit.jsonl.gz')) {
    if (!event) continue;
    if (lines++ === Number(values.lines)) break;
    streams.bodies.write(`${JSON.stringify(event)}\n`);
    streams.metadata.write(`${JSON.stringify(atLevel(event, 'metadata'))}\n`);
    if (rows.length < 20_000) rows.push(extractFields(event, columns));
  }
  await Promise.all(
    Object.values(streams).map((stream) => new Promise<void>((done) => void stream.end(() => done()))),
  );
  const ids = Array.from(partIds(await loadResourceTable()));
  const shape = biLstmConfig({ window: 60, features: columns.length, classes: ids.length, units: [4, 3] });
  const names = columns.map(({ name }) => name);
  await writeModelFolder(
    join(folder, 'bilstm'),
    {
      weights: initialWeights(shape, 7),
      config: { ...shape, columns: names, lines: 'completed', filter: 'paper', epsilon: 1e-3 },
      encoder: OrdinalEncoder.fit(rows, names).toJSON(),
      labels: { partIds: ids },
      card: '# Initial weights\n',
    },
    { version: '0' },
  );
  return lines - 1;
}

const folder = await mkdtemp(join(tmpdir(), 'auditweave-bench-'));
try {
  const lines = await prepare(folder);
  // The program is compiled at its first start after a change.
  spawnSync(process.execPath, [join(import.meta.dirname, '../../bin/auditweave.mjs'), '--version']);
  const best = new Map<string, Usage>();
  for (let round = 0; round < Number(values.rounds); round++)
    for (const name of Object.keys(WORKS)) {
      const usage = measure(name, folder);
      process.stderr.write(`${name}: ${JSON.stringify(usage)}\n`);
      if (!best.has(name) || usage.seconds < best.get(name)!.seconds) best.set(name, usage);
    }
  const rows = Object.entries(WORKS).map(([name, { words }]) => {
    const { seconds, cpuSeconds, megabytes } = best.get(name)!;
    const parse = best.get(WORKS[name]!.log === 'bodies' ? 'parse' : 'parseMetadata')!;
    const speed = (by: number): string => Math.round(lines / by).toLocaleString('en-US');
    return `| ${words} | ${speed(seconds)} | ${speed(cpuSeconds)} | ${(cpuSeconds / parse.cpuSeconds).toFixed(1)} | ${Math.round(megabytes)} |`;
  });
  await writeFileAtomic(
    join(import.meta.dirname, 'LABELING.md'),
    `# Labelling, from file to rows

${lines.toLocaleString('en-US')} lines of three-node, all stages counted, on ${cpus().length} cores, ${cpus()[0]!.model}, Node
${process.versions.node}. The quickest of ${values.rounds} rounds, each a new process; the ways take turns. Made by
\`npx tsx test/bench/pointer.bench.ts\`. On a machine that others use too, lines by CPU second say more.

| way | lines/s | lines by CPU second, start included | CPU time, of JSON.parse alone | peak memory MB |
|---|---|---|---|---|
${rows.join('\n')}
`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
