/**
 * Measures what a store takes and how soon it answers, beside the paper [K8NTEXT, §7.2, §7.3], zstd, jq and DuckDB on the lines themselves.
 *
 *     npx tsx test/bench/store.ts [--rounds 20] [--copies 87] [--peer-copies 1]
 *
 * The paper’s size is the selection `paper-size` of three-node. The large store has the lines of the whole dataset many times over, each time
 * later and with other auditIDs; it is made of the files of a store of them once, for what is measured is questions. Contexts are found by
 * rules; sizes are told by the truth and by the package’s model too. Written to results/reference/store.json. Needs jq and zstd.
 *
 * With --sizes model only the sizes by the model are measured, and put into the record that is there.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { skipReason } from '../../src/audit/filter.js';
import { loadResourceTable } from '../../src/audit/labels.js';
import { type LogLine, readAuditLog } from '../../src/audit/read.js';
import { FromModel } from '../../src/contexts/from-model.js';
import { contextsOfLog } from '../../src/contexts/of-log.js';
import { readQuery } from '../../src/contexts/query/check.js';
import { Rules } from '../../src/contexts/rules/rules.js';
import { Database } from '../../src/contexts/store/database.js';
import { KEEPS } from '../../src/contexts/store/keep.js';
import { Links } from '../../src/contexts/store/links.js';
import { fileEntry, readStoreManifest, writeStoreManifest } from '../../src/contexts/store/manifest.js';
import { Store } from '../../src/contexts/store/store.js';
import { type WriteOptions, writeStore } from '../../src/contexts/store/write-store.js';
import { ContextStream } from '../../src/contexts/stream.js';
import { WithRules } from '../../src/contexts/with-rules.js';
import { readManifest } from '../../src/dataset/manifest.js';
import { writeFileAtomic } from '../../src/files/atomic.js';
import { quoted } from '../../src/files/duckdb.js';
import { labelBatches } from '../../src/labeling/labeler.js';
import { openPredictor } from '../../src/model/kinds.js';
import { trueLinks } from './true-contexts.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    copies: { type: 'string', default: '87' },
    'peer-copies': { type: 'string', default: '1' },
    out: { type: 'string', default: 'results/reference/store.json' },
    sizes: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const LOG = 'datasets/three-node/audit.jsonl.gz';
const folder = mkdtempSync(join(tmpdir(), 'store-bench-'));
const table = await loadResourceTable();
const now = Date.now();

/** Milliseconds. */
interface Time {
  mean: number;
  sd: number;
  min: number;
  n: number;
}
function timeOf(milliseconds: readonly number[]): Time {
  const n = milliseconds.length;
  const mean = milliseconds.reduce((sum, one) => sum + one, 0) / n;
  const sd = n < 2 ? 0 : Math.sqrt(milliseconds.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (n - 1));
  return { mean, sd, min: Math.min(...milliseconds), n };
}
async function times(n: number, work: () => unknown): Promise<Time> {
  const taken: number[] = [];
  for (let i = 0; i < n; i++) {
    const start = performance.now();
    await work();
    taken.push(performance.now() - start);
  }
  return timeOf(taken);
}

/** Lines of three-node, numbered anew. */
async function* linesOf(takes: (line: LogLine) => boolean): AsyncGenerator<LogLine> {
  let next = 0;
  for await (const line of readAuditLog(LOG)) if (line.event && takes(line)) yield { ...line, line: next++ };
}
async function linksBy(by: 'rules' | 'model', takes: (line: LogLine) => boolean): Promise<Links> {
  const links = new Links();
  const predictor = by === 'model' ? await openPredictor() : null;
  const attributor = predictor ? new WithRules(new FromModel(table)) : new Rules();
  const stream = new ContextStream({ attributor, table });
  const options = predictor
    ? { predict: (lines: AsyncIterable<readonly LogLine[]>) => labelBatches(lines, { predictor, table }) }
    : {};
  for await (const context of contextsOfLog(linesOf(takes), stream, options)) links.add(context);
  await predictor?.release();
  return links;
}
const writtenStore = async (
  dir: string,
  takes: (line: LogLine) => boolean,
  links: Links,
  options: WriteOptions,
) => {
  const cpu = process.cpuUsage();
  const summary = await writeStore(dir, linesOf(takes), links, options);
  const { user, system } = process.cpuUsage(cpu);
  return { ...summary, cpuSeconds: (user + system) / 1e6 };
};

const { selections } = await readManifest('datasets/three-node');
const ranges = selections!['paper-size']!.ranges;
const selected = ({ line, event }: LogLine): boolean =>
  ranges.some(([from, to]) => line >= from && line <= to) &&
  skipReason(event!, { lines: 'completed', filter: 'paper' }) === null;

// Sizes, with contexts by rules, by the model of the package and by the truth.
type Sizes = Record<string, { bytes: number; lines: number; contexts: number; cpuSeconds: number }>;
async function sizesOf(by: string, links: Links): Promise<Sizes> {
  const stores: Sizes = {};
  for (const keep of KEEPS) {
    const dir = join(folder, `${by}-${keep}`);
    const { stored, contexts, cpuSeconds, bytes } = await writtenStore(dir, selected, links, { keep });
    const manifest = statSync(join(dir, 'manifest.json')).size;
    stores[keep] = { bytes: bytes + manifest, lines: stored, contexts, cpuSeconds };
  }
  return stores;
}
if (values.sizes === 'model') {
  const record = JSON.parse(readFileSync(values.out, 'utf8'));
  record.sizes.stores.model = await sizesOf('model', await linksBy('model', selected));
  await writeFileAtomic(values.out, `${JSON.stringify(record, null, 1)}\n`);
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}
const stores = {
  rules: await sizesOf('rules', await linksBy('rules', selected)),
  model: await sizesOf('model', await linksBy('model', selected)),
  truth: await sizesOf('truth', await trueLinks('datasets/three-node', selected)),
};
/** The lines as the raw store gives them back: what was redacted there is redacted for all. */
const lines = join(folder, 'lines.jsonl');
const raw = await Store.open(join(folder, 'rules-raw'));
const texts: string[] = [];
for await (const { text } of raw.lines()) texts.push(`${text}\n`);
writeFileSync(lines, texts.join(''));
execFileSync('zstd', ['-q', '-f', '-19', lines, '-o', `${lines}.zst`]);
const sizes = {
  lines: texts.length,
  text: statSync(lines).size,
  zstd19: statSync(`${lines}.zst`).size,
  stores,
};
console.error(JSON.stringify(sizes));

// Questions: the paper's, for the person who did most, from a third of the log's time to two thirds.
const [asked] = await raw.database.rows<{ u: string; t0: string; t1: string }>(
  `SELECT mode(username) FILTER (username NOT LIKE 'system:%') AS u,
    strftime(make_timestamp((min(staged) + (max(staged) - min(staged)) // 3)::BIGINT), '%Y-%m-%dT%H:%M:%S.%fZ') AS t0,
    strftime(make_timestamp((min(staged) + 2 * (max(staged) - min(staged)) // 3)::BIGINT), '%Y-%m-%dT%H:%M:%S.%fZ') AS t1
  FROM contexts`,
);
const { u, t0, t1 } = asked!;
const name = JSON.stringify(u);
const QUERIES = [
  { paper: 'none', ours: '', jq: 'true', sql: 'true' },
  {
    paper: 'username == u or stagetimestamp >= t0',
    ours: `username == ${name} or stageTimestamp >= ${t0}`,
    jq: `.user.username == ${name} or .stageTimestamp >= "${t0}"`,
    sql: `"user".username = '${u}' OR stageTimestamp >= '${t0}'`,
  },
  {
    paper: '(username == u and exists(namespace)) or t0 <= stagetimestamp <= t1',
    ours: `(username == ${name} and exists(namespace)) or ${t0} <= stageTimestamp <= ${t1}`,
    jq: `(.user.username == ${name} and .objectRef.namespace != null) or (.stageTimestamp >= "${t0}" and .stageTimestamp <= "${t1}")`,
    sql: `("user".username = '${u}' AND objectRef.namespace IS NOT NULL) OR stageTimestamp BETWEEN '${t0}' AND '${t1}'`,
  },
  {
    paper:
      '(username == u and exists(namespace)) or (username == regexp(".*controller.*") and t0 <= stagetimestamp <= t1)',
    ours: `(username == ${name} and exists(namespace)) or (username == regexp(".*controller.*") and ${t0} <= stageTimestamp <= ${t1})`,
    jq: `(.user.username == ${name} and .objectRef.namespace != null) or (.user.username and (.user.username | test(".*controller.*")) and .stageTimestamp >= "${t0}" and .stageTimestamp <= "${t1}")`,
    sql: `("user".username = '${u}' AND objectRef.namespace IS NOT NULL) OR (regexp_matches("user".username, '.*controller.*') AND stageTimestamp BETWEEN '${t0}' AND '${t1}')`,
  },
];
async function answers(
  store: Store,
  n: number,
): Promise<{ query: string; contexts: number; milliseconds: Time }[]> {
  const all = [];
  for (const { paper, ours } of QUERIES) {
    const query = readQuery(ours, { now });
    const contexts = await store.count(query);
    all.push({ query: paper, contexts, milliseconds: await times(n, () => store.count(query)) });
  }
  return all;
}
async function peers(path: string, n: number) {
  const database = await Database.open({ memory: 4096 });
  const columns = `{"user": 'STRUCT(username VARCHAR)', stageTimestamp: 'VARCHAR', objectRef: 'STRUCT("namespace" VARCHAR)'}`;
  const from = `read_json(${quoted(path)}, format = 'newline_delimited', columns = ${columns}, maximum_object_size = 67108864)`;
  const all = [];
  for (const { paper, jq, sql } of QUERIES) {
    let found = 0;
    const count = (): void => {
      found = Number(
        execFileSync('jq', ['-n', `reduce (inputs | select(${jq})) as $_ (0; . + 1)`, path], {
          maxBuffer: 1 << 20,
        }),
      );
    };
    const viaJq = await times(n, count);
    const viaDuck = await times(n, () => database.rows(`SELECT count(*) AS n FROM ${from} WHERE ${sql}`));
    all.push({ query: paper, lines: found, jq: viaJq, readJson: viaDuck });
  }
  database.close();
  return all;
}
const opened = await times(3, async () => await (await Store.open(join(folder, 'rules-raw'))).close());
const small = { opening: opened, ours: await answers(raw, rounds), peers: await peers(lines, 3) };
await raw.close();
console.error(JSON.stringify(small));

// The large store: a store of the whole dataset, and copies of its files.
const base = join(folder, 'base');
const whole = await writtenStore(base, () => true, await linksBy('rules', () => true), { level: 1 });
const manifest = (await readStoreManifest(base))!;
const copies = Number(values.copies);
const made = await Database.open({ memory: 2048 });
const later = 8 * 86_400 * 1e6;
const originals = [...manifest.parts];
for (let copy = 1; copy < copies; copy++)
  for (const part of originals) {
    const first = copy * manifest.next;
    const next = { ...part, name: String(copy * originals.length + Number(part.name)).padStart(6, '0') };
    const [from, to] = [join(base, part.name), join(base, next.name)];
    mkdirSync(to);
    copyFileSync(join(from, 'clients.parquet'), join(to, 'clients.parquet'));
    for (const file of ['triggers', 'caused'])
      await made.run(
        `COPY (SELECT * REPLACE ("context" + ${first} AS "context", cause + ${first} AS cause, received + ${copy * later} AS received,
          CASE WHEN audit_uuid IS NULL THEN NULL ELSE uuid() END AS audit_uuid) FROM read_parquet(${quoted(join(from, `${file}.parquet`))}))
        TO ${quoted(join(to, `${file}.parquet`))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)`,
      );
    await made.run(
      `COPY (SELECT path, CASE WHEN path = ' lines +' THEN (split_part(data, chr(10), 1)::BIGINT + ${first}) || substr(data, strpos(data, chr(10))) ELSE data END AS data
        FROM read_parquet(${quoted(join(from, 'streams.parquet'))})) TO ${quoted(join(to, 'streams.parquet'))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)`,
    );
    next.files = {};
    for (const file of Object.keys(part.files)) next.files[file] = await fileEntry(join(to, file));
    next.numbers = [part.numbers[0] + first, part.numbers[1] + first];
    next.received = [part.received[0] + copy * later, part.received[1] + copy * later];
    manifest.parts.push(next);
  }
made.close();
manifest.next *= copies;
await writeStoreManifest(base, manifest);
const opening = await times(1, async () => await (await Store.open(base)).close());
const large = await Store.open(base);
const contexts = await large.count({ kind: 'all' });
const big = {
  lines: whole.stored * copies,
  contexts,
  bytes: manifest.parts.reduce(
    (sum, { files }) => sum + Object.values(files).reduce((all, { bytes }) => all + bytes, 0),
    0,
  ),
  opening,
  ours: await answers(large, Math.min(rounds, 10)),
};
await large.close();
console.error(JSON.stringify(big));
const many = join(folder, 'many.jsonl');
const peerCopies = Number(values['peer-copies']);
execFileSync('sh', ['-c', `for i in $(seq ${peerCopies}); do zcat ${LOG}; done > ${many}`]);
const bigPeers = { lines: 115_709 * peerCopies, peers: await peers(many, 1) };

const [cpu] = cpus();
await writeFileAtomic(
  values.out,
  `${JSON.stringify(
    {
      schema: 1,
      made: 'test/bench/store.ts',
      machine: { cpu: cpu?.model ?? 'unknown', cores: cpus().length, node: process.version },
      sizes,
      small: { lines: sizes.lines, ...small },
      large: { ...big, peers: bigPeers },
      written: { lines: whole.lines, textBytes: whole.textBytes, cpuSeconds: whole.cpuSeconds },
    },
    null,
    1,
  )}\n`,
);
rmSync(folder, { recursive: true, force: true });
