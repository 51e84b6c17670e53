/**
 * Memory of commands that read a log of any length: a simulated busy cluster (`test/model/pointer/busy-cluster.ts`) is written into the
 * command's standard input, and nowhere else.
 *
 *     npx tsx test/bench/memory.ts --lines 2000000 label 'contexts --json' contexts      # writes test/bench/MEMORY.md
 *     npx tsx test/bench/memory.ts --lines 800000 --bytes 3500 'contexts --json'           # bodies are made as long as real ones
 *
 * With `--again LOG.gz` the lines of a log come again and again in the cluster's place, each time later. Rows of other commands that the page has stay. With --no-record the page is printed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { writeFileAtomic } from '../../src/files/atomic.js';
import { busyCluster } from '../model/pointer/busy-cluster.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    lines: { type: 'string', default: '2000000' },
    bytes: { type: 'string', default: '0' },
    again: { type: 'string' },
    'no-record': { type: 'boolean', default: false },
  },
});
const total = Number(values.lines);
const DAY = /"20\d\d-\d\d-\d\dT/g;
/** Bytes that a line with a body has about. */
const bytes = Number(values.bytes);

/** As the API server keeps who set which field: most of a real body. */
const MANAGED = {
  manager: 'kube-controller-manager',
  operation: 'Update',
  apiVersion: 'apps/v1',
  time: '2026-01-02T12:00:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:status': { 'f:conditions': { 'k:{"type":"Ready"}': { '.': {}, 'f:status': {} } } } },
};
const managedFields = Array.from(
  { length: Math.ceil(bytes / JSON.stringify(MANAGED).length) },
  () => MANAGED,
);

interface Told {
  rss: number;
  peak: number;
  least: number;
  external: number;
  cpuSeconds: number;
  ended?: true;
}

/** Lines of the simulated cluster. */
function* simulated(): Generator<string> {
  for (const event of busyCluster(total)) {
    const { resource = '', namespace = '', name = '' } = event.objectRef ?? {};
    event.requestURI = `/apis/x/v1/namespaces/${namespace}/${resource}/${name}`;
    const body = event.responseObject as { metadata?: object } | undefined;
    if (bytes > 0 && body?.metadata) body.metadata = { ...body.metadata, managedFields };
    yield JSON.stringify(event);
  }
}

/** Lines of a log again and again, each time some days later and with other auditIDs, until they are as many as asked for. */
function* again(path: string): Generator<string> {
  const lines = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n');
  const days = new Set(lines.flatMap((line) => line.match(DAY) ?? []));
  const dates = [...days].map((day) => Date.parse(day.slice(1, -1)));
  const span = Math.max(...dates) - Math.min(...dates) + 86_400_000;
  for (let copy = 0, count = 0; count < total; copy++) {
    const later = new Map(
      [...days].map((day) => {
        const date = new Date(Date.parse(day.slice(1, -1)) + copy * span);
        return [day, `"${date.toISOString().slice(0, 10)}T`];
      }),
    );
    const id = `"auditID":"${copy.toString(16).padStart(4, '0')}`;
    for (let i = 0; i < lines.length && count < total; i++, count++)
      yield lines[i]!.replace(DAY, (day) => later.get(day)!).replace(/"auditID":"..../, id);
  }
}

/** Runs a command on the log; gives what it told of itself, with the lines that it had been handed by then, and the bytes of all. */
async function follow(command: string): Promise<{
  told: (Told & { lines: number; seconds: number })[];
  written: number;
}> {
  const root = join(import.meta.dirname, '../..');
  const program = ['--import', join(import.meta.dirname, 'usage.mjs'), join(root, 'bin/auditweave.mjs')];
  const child = spawn(process.execPath, [...program, ...command.split(' '), '-'], {
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
  });
  const told: (Told & { lines: number; seconds: number })[] = [];
  let lines = 0;
  const began = performance.now();
  createInterface({ input: child.stdio[3] as Readable }).on('line', (text) => {
    const one = { ...(JSON.parse(text) as Told), lines, seconds: (performance.now() - began) / 1000 };
    told.push(one);
    process.stderr.write(`${command}: ${JSON.stringify(one)}\n`);
  });
  const exit = once(child, 'exit');
  let text = '';
  let written = 0;
  for (const line of values.again === undefined ? simulated() : again(values.again)) {
    text += `${line}\n`;
    if (++lines % 500 !== 0) continue;
    written += text.length;
    if (!child.stdin!.write(text)) await once(child.stdin!, 'drain');
    text = '';
  }
  written += text.length;
  child.stdin!.end(text);
  const [code] = (await exit) as [number | null];
  if (code !== 0) throw new Error(`bench: ${command}: ended with ${code}`);
  return { told, written };
}

const commands = positionals.length > 0 ? positionals : ['label', 'contexts --json', 'contexts'];
const rows: string[] = [];
for (const command of commands) {
  const { told, written } = await follow(command);
  const gigabytes = (written / 1e9).toFixed(1);
  const size =
    values.again !== undefined
      ? `, ${gigabytes} GB of \`${values.again}\` again and again`
      : bytes === 0
        ? ''
        : `, ${gigabytes} GB with bodies`;
  const last = told.at(-1)!;
  const at = (share: number): number =>
    Math.max(...told.filter(({ lines }) => lines <= share * total).map(({ peak }) => peak), 0);
  const megabytes = (bytes: number): string => String(Math.round(bytes / 1e6));
  const heap = Math.max(
    ...told.slice(-Math.ceil(told.length / 5)).map(({ least }) => (Number.isFinite(least) ? least : 0)),
  );
  // It tells of itself every five seconds; nothing before.
  const peaks = [0.1, 0.25, 0.5, 1].map((share) =>
    share === 1 ? megabytes(last.peak) : at(share) === 0 ? '–' : megabytes(at(share)),
  );
  rows.push(
    `| \`${command}\`${size} | ${total.toLocaleString('en-US')} | ${Math.round(last.seconds)} | ${Math.round(last.cpuSeconds)} | ${peaks.join(' | ')} | ${megabytes(heap)} |`,
  );
}
const file = join(import.meta.dirname, 'MEMORY.md');
/** What a row is of; of another number of bytes it is the same. */
const nameOf = (row: string): string => row.split(' | ')[0]!.replace(/[\d.]+ GB/, 'GB');
const own = new Set(rows.map(nameOf));
const others = (existsSync(file) ? readFileSync(file, 'utf8') : '')
  .split('\n')
  .filter((row) => row.startsWith('| `') && !own.has(nameOf(row)));
const page = `# Memory, however long the log

A simulated busy cluster (50 lines a second of log time; objects, people and namespaces without end), or a log
again and again, each time some days later, through the program's standard input, on ${cpus().length} cores that others
used too, Node ${process.versions.node}. Peak: the most memory that the process had had by then, in MB. Made by
\`npx tsx test/bench/memory.ts --lines N COMMAND …\`, with \`--again LOG.gz\` for a log.

| command | lines | seconds | CPU seconds | peak at 10 % | at 25 % | at 50 % | at the end | heap in use, least of 5 s, towards the end |
|---|---|---|---|---|---|---|---|---|
${[...others, ...rows].sort().join('\n')}
`;
if (values['no-record']) process.stdout.write(page);
else await writeFileAtomic(file, page);
