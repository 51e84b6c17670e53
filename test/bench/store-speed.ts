/**
 * How soon stores are written, beside what a reader of the same lines cannot do without, JSON.parse, what packs them, zstd, and DuckDB.
 *
 *     npx tsx test/bench/store-speed.ts [--rounds 3]      # writes test/bench/STORE.md
 *
 * The lines are the paper’s selection of three-node, held in memory; their contexts are found by rules before. The ways take turns, and the
 * least CPU time of each counts. Needs zstd and bash.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { wrapMarkdown } from '../../scripts/wrap-markdown.js';
import { skipReason } from '../../src/audit/filter.js';
import { goJson } from '../../src/audit/go-json.js';
import { loadResourceTable } from '../../src/audit/labels.js';
import { atLevel } from '../../src/audit/level.js';
import { type LogLine, readAuditLog } from '../../src/audit/read.js';
import { contextsOfLog } from '../../src/contexts/of-log.js';
import { redactLine } from '../../src/contexts/redact.js';
import { Rules } from '../../src/contexts/rules/rules.js';
import type { Keep } from '../../src/contexts/store/keep.js';
import { Links } from '../../src/contexts/store/links.js';
import { writeStore } from '../../src/contexts/store/write-store.js';
import { ContextStream } from '../../src/contexts/stream.js';
import { readManifest } from '../../src/dataset/manifest.js';
import { writeFileAtomic } from '../../src/files/atomic.js';
import { openDuckDB, quoted } from '../../src/files/duckdb.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const folder = mkdtempSync(join(tmpdir(), 'store-speed-'));

const { selections } = await readManifest('datasets/three-node');
const ranges = selections!['paper-size']!.ranges;
const held: LogLine[] = [];
for await (const line of readAuditLog('datasets/three-node/audit.jsonl.gz'))
  if (
    line.event &&
    ranges.some(([from, to]) => line.line >= from && line.line <= to) &&
    skipReason(line.event, { lines: 'completed', filter: 'paper' }) === null
  )
    held.push({ ...line, line: held.length });
/** The same lines with bodies, and as a policy without them would have written them. */
const LOGS = {
  bodies: held,
  metadata: held.map((line): LogLine => {
    const event = atLevel(line.event!, 'metadata');
    return { ...line, event, text: goJson(event) };
  }),
};
type Log = keyof typeof LOGS;
async function* lines(log: Log): AsyncGenerator<LogLine> {
  yield* LOGS[log];
}
const links = new Links();
const table = await loadResourceTable();
for await (const context of contextsOfLog(
  lines('bodies'),
  new ContextStream({ attributor: new Rules(), table }),
))
  links.add(context);
const pathOf = (log: Log): string => join(folder, `${log}.jsonl`);
for (const [log, all] of Object.entries(LOGS))
  writeFileSync(pathOf(log as Log), all.map(({ text, event }) => `${redactLine(text, event!)}\n`).join(''));

interface Took {
  cpu: number;
  wall: number;
  bytes: number | null;
}
async function measured(work: () => Promise<number | null>): Promise<Took> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const bytes = await work();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1e6, wall: (performance.now() - start) / 1000, bytes };
}
function zstd(log: Log, level: number): Took {
  const [path, out] = [pathOf(log), `${pathOf(log)}.zst`];
  const { stderr } = spawnSync(
    'bash',
    ['-c', `TIMEFORMAT='%R %U %S'; time zstd -q -f -${level} --single-thread "$0" -o "$1"`, path, out],
    { encoding: 'utf8' },
  );
  const [wall, user, system] = stderr.trim().split(' ').map(Number);
  return { cpu: user! + system!, wall: wall!, bytes: statSync(out).size };
}
const parse = (log: Log): Promise<Took> =>
  measured(async () => {
    for (const { text } of LOGS[log]) JSON.parse(text);
    return null;
  });
const store = (log: Log, keep: Keep, level?: number): Promise<Took> =>
  measured(async () => {
    const dir = mkdtempSync(join(folder, 'store-'));
    const { bytes } = await writeStore(dir, lines(log), links, { keep, ...(level ? { level } : {}) });
    const manifest = statSync(join(dir, 'manifest.json')).size;
    rmSync(dir, { recursive: true });
    return bytes + manifest;
  });

const DUCKDB = 'DuckDB: text and ten fields, level 12';
const ASKED = [
  ...[
    'verb',
    'auditID',
    'requestURI',
    'requestReceivedTimestamp',
    'stageTimestamp',
    'user.username',
    'responseStatus.code',
  ],
  ...['objectRef.resource', 'objectRef.namespace', 'objectRef.name'],
];
/** What the database does alone: reads the lines, and writes their text and some fields. */
const duckDb = (log: Log, level: number): Promise<Took> =>
  measured(async () => {
    const { instance, connection } = await openDuckDB({ threads: 1, memory: 2048 });
    const out = join(folder, 'lines.parquet');
    const fields = ASKED.map((path) => `json->>'$.${path}' AS "${path}"`);
    await connection.run(
      `COPY (SELECT json, ${fields.join(', ')} FROM read_ndjson_objects(${quoted(pathOf(log))})) TO ${quoted(out)}
      (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL ${level})`,
    );
    connection.closeSync();
    instance.closeSync();
    return statSync(out).size;
  });

const WAYS: readonly (readonly [way: string, run: (log: Log) => Took | Promise<Took>])[] = [
  ['JSON.parse alone', parse],
  ['`zstd -3`', (log) => zstd(log, 3)],
  ['`zstd -19`', (log) => zstd(log, 19)],
  ['DuckDB: text and ten fields, level 3', (log) => duckDb(log, 3)],
  [DUCKDB, (log) => duckDb(log, 12)],
  ['`--keep raw`', (log) => store(log, 'raw')],
  ['`--keep raw --level 1`', (log) => store(log, 'raw', 1)],
  ['`--keep raw --level 19`', (log) => store(log, 'raw', 19)],
  ['`--keep foreground`', (log) => store(log, 'foreground')],
  ['`--keep compact`', (log) => store(log, 'compact')],
];
const least: Record<Log, Map<string, Took>> = { bodies: new Map(), metadata: new Map() };
for (let round = 0; round < Number(values.rounds); round++)
  for (const log of Object.keys(LOGS) as Log[])
    for (const [way, run] of WAYS) {
      const took = await run(log);
      process.stderr.write(`${log}, ${way}: ${JSON.stringify(took)}\n`);
      if (took.cpu < (least[log].get(way)?.cpu ?? Number.POSITIVE_INFINITY)) least[log].set(way, took);
    }
rmSync(folder, { recursive: true, force: true });

const count = (value: number): string => Math.round(value).toLocaleString('en-US');
const rate = (log: Log, way: string): number => held.length / least[log].get(way)!.cpu;
const bytesOf = (log: Log): number =>
  LOGS[log].reduce((sum, { text }) => sum + Buffer.byteLength(text) + 1, 0);
function tableOf(log: Log): string {
  const [text, ways] = [bytesOf(log), least[log]];
  const [alone, packed] = [ways.get('JSON.parse alone')!, ways.get('`zstd -19`')!];
  const rows = [...ways].map(([way, { cpu, wall, bytes }]) =>
    [
      way,
      bytes === null ? '–' : count(bytes),
      bytes === null ? '–' : (bytes / packed.bytes!).toFixed(3),
      count(held.length / wall),
      count(held.length / cpu),
      (text / cpu / 1e6).toFixed(0),
      (cpu / alone.cpu).toFixed(1),
    ].join(' | '),
  );
  return `| way | bytes | of zstd -19 | lines/s | lines by CPU second | MB of text by CPU second | CPU time, of JSON.parse alone |
|---|---|---|---|---|---|---|
${rows.map((row) => `| ${row} |`).join('\n')}`;
}
const times = (log: Log): string =>
  (least[log].get(DUCKDB)!.bytes! / least[log].get('`--keep raw`')!.bytes!).toFixed(1);
const turns = values.rounds === '1' ? 'Each way once.' : `The least CPU time of ${values.rounds} turns.`;
const share = (log: Log): string => ((100 * rate(log, '`--keep raw`')) / 100_000).toFixed(0);
const version = execFileSync('zstd', ['--version'], { encoding: 'utf8' }).match(/v[\d.]+/)?.[0] ?? '';
await writeFileAtomic(
  join(import.meta.dirname, 'STORE.md'),
  wrapMarkdown(`# Stores: speed and size

${count(held.length)} lines of three-node, the paper's selection, on ${cpus().length} cores that others
used too, ${cpus()[0]?.model ?? ''}, Node ${process.versions.node}, zstd ${version}. ${turns} Reading the
log and finding contexts come on top ([LABELING.md](LABELING.md)). Made by \`npx tsx test/bench/store-speed.ts\`.

## With bodies, ${count(bytesOf('bodies'))} bytes

${tableOf('bodies')}

## At Metadata, ${count(bytesOf('metadata'))} bytes

${tableOf('metadata')}

## What was asked for

A raw store is written at ${share('bodies')} % of the 100,000 lines a second and core that were asked for with bodies, and at ${share('metadata')} %
without. DuckDB, which reads JSON without JavaScript and writes the text and ten fields of each line into Parquet, one thread, reading
counted, does ${count(rate('bodies', DUCKDB))} and ${count(rate('metadata', DUCKDB))} at the same level; its file is ${times('bodies')} and ${times('metadata')} times as large, with
secrets and without contexts. JSON.parse alone, which every line needs before it can be stored, does ${count(rate('bodies', 'JSON.parse alone'))} and
${count(rate('metadata', 'JSON.parse alone'))}, so no store of lines with bodies that is read in JavaScript reaches 100,000; and what packs as small as
asked, zstd at level 19, does ${count(rate('bodies', '`zstd -19`'))} and ${count(rate('metadata', '`zstd -19`'))}. What a store does beside: look for secrets in every line, hash it to
know it again, find its shape, compare each value with what the last line on its object said, write its fields as columns, and pack them.
\`--level\` trades size for speed, but packing is the smaller part.
`),
);
