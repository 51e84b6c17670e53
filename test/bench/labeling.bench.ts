// Lines per second from audit file to labels, stage by stage, and peak memory.
//   npx tsx test/bench/labeling.bench.ts [--log FILE] [--model DIR] [--repeat 10] [--stride 15,30,60,1] [--threads N] [--json]
// Without --model: the paper's model with initial weights, which takes the same time as a trained one.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type AuditEvent, receivedMicros } from '../../src/audit/event.js';
import { skipReason } from '../../src/audit/filter.js';
import { loadResourceTable, partIds } from '../../src/audit/labels.js';
import { orderByReceived } from '../../src/audit/order.js';
import { type LogLine, readAuditLog } from '../../src/audit/read.js';
import { selectColumns } from '../../src/features/columns.js';
import { extractFields, OrdinalEncoder } from '../../src/features/encoder.js';
import { labelLines } from '../../src/labeling/labeler.js';
import type { ModelConfig } from '../../src/model/bilstm/config.js';
import { writeModelFolder } from '../../src/model/bilstm/folder.js';
import { windowPredictor } from '../../src/model/bilstm/predictor.js';
import { createSession, type Session } from '../../src/model/bilstm/session.js';
import { biLstmConfig, initialWeights } from '../../src/model/bilstm/shape.js';
import { LabelSequence } from '../../src/model/bilstm/window-vote.js';

const { values } = parseArgs({
  options: {
    log: { type: 'string', default: 'datasets/first-light/audit.jsonl.gz' },
    model: { type: 'string' },
    repeat: { type: 'string', default: '10' },
    stride: { type: 'string', default: '15,30,60,1' },
    threads: { type: 'string' },
    json: { type: 'boolean', default: false },
    peak: { type: 'boolean', default: false },
  },
});
const repeat = Number(values.repeat);
const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };

interface Stage {
  stage: string;
  lines: number;
  /** The quickest of five, after one to warm up: what the code takes when nothing else runs. */
  seconds: number;
  /** Least CPU time of all threads: steadier than `seconds` on a busy machine. */
  cpuSeconds: number;
}

async function measure(stage: string, work: () => Promise<number>): Promise<Stage> {
  await work();
  let seconds = Number.POSITIVE_INFINITY;
  let cpuSeconds = Number.POSITIVE_INFINITY;
  let lines = 0;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    const cpu = process.cpuUsage();
    lines = await work();
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
    const { user, system } = process.cpuUsage(cpu);
    cpuSeconds = Math.min(cpuSeconds, (user + system) / 1e6);
  }
  return { stage, lines, seconds, cpuSeconds };
}

/** The log `repeat` times over, unpacked, as a stream. */
function repeated(texts: readonly string[]): Readable {
  const whole = Buffer.from(texts.map((text) => `${text}\n`).join(''));
  const pieces = function* (): Generator<Buffer> {
    for (let i = 0; i < repeat; i++)
      for (let from = 0; from < whole.length; from += 1 << 18) yield whole.subarray(from, from + (1 << 18));
  };
  return Readable.from(pieces());
}

/** The same model, with probabilities made once: what is left is gathering and voting. */
function withoutInference(session: Session): Session {
  const made = new Map<number, Float32Array>();
  const { features, heads, classes } = session.model.config;
  return {
    ...session,
    async probabilities(x, batch) {
      const length = (x.length / features) * heads * classes;
      const random =
        made.get(length) ?? Float32Array.from({ length }, (_, i) => ((i * 7919) % 104_729) / 104_729);
      made.set(length, random);
      return batch > 0 ? random : new Float32Array();
    },
  };
}

async function makeModel(dir: string, lines: readonly LogLine[]): Promise<void> {
  const columns = selectColumns();
  const names = columns.map(({ name }) => name);
  const ids = partIds(await loadResourceTable());
  const shape = biLstmConfig({ window: 60, features: columns.length, classes: ids.length });
  const config: ModelConfig = {
    ...shape,
    columns: names,
    lines: 'completed',
    filter: 'paper',
    epsilon: 1e-3,
  };
  const rows = lines.flatMap(({ event }) =>
    event && skipReason(event, config) === null ? [extractFields(event, columns)] : [],
  );
  const encoder = OrdinalEncoder.fit(rows, names).toJSON();
  const trained = {
    weights: initialWeights(shape, 7),
    config,
    encoder,
    labels: { partIds: [...ids] },
    card: '',
  };
  await writeModelFolder(dir, trained, { version: '0' });
}

/** From file to rows, as the command does it. */
async function label(session: Session, log: Readable, stride: number): Promise<number> {
  const table = await loadResourceTable();
  let bytes = 0;
  let lines = 0;
  const predictor = windowPredictor(session, { stride });
  for await (const row of labelLines(readAuditLog(log), { predictor, table })) {
    bytes += JSON.stringify(row).length;
    lines++;
  }
  return bytes > 0 ? lines : 0;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const folder = await mkdtemp(join(tmpdir(), 'labeling-'));
try {
  if (values.peak) {
    const session = await createSession(values.model!, threads);
    const texts = (await collect(readAuditLog(values.log))).map(({ text }) => text);
    await label(session, repeated(texts), Number(values.stride));
    process.stdout.write(`${process.resourceUsage().maxRSS / 1024}\n`);
  } else await bench();
} finally {
  await rm(folder, { recursive: true });
}

async function bench(): Promise<void> {
  const lines = await collect(readAuditLog(values.log));
  const bytes = lines.reduce((sum, { text }) => sum + text.length + 1, 0);
  const model = values.model ?? folder;
  if (values.model === undefined) await makeModel(folder, lines);
  const session = await createSession(model, threads);
  const { config } = session.model;
  const columns = selectColumns({ include: config.columns });
  const encoder = OrdinalEncoder.fromJSON(session.model.encoder);
  const events = lines.flatMap(({ event }) =>
    event && skipReason(event, config) === null ? [event] : [],
  ) as AuditEvent[];
  const matrix = encoder.encodeRows(events.map((event) => extractFields(event, columns)));
  const ordered = async (work: (sequence: LabelSequence) => Promise<void>, from: Session, stride: number) => {
    await work(new LabelSequence(from, { stride }));
    return events.length;
  };
  const sequence = async (each: LabelSequence): Promise<void> => {
    await each.push(matrix);
    await each.end();
  };
  const strides = values.stride.split(',').map(Number);
  const stages: Stage[] = [
    await measure('read', async () => (await collect(readAuditLog(values.log))).length),
    await measure('select and encode', async () => {
      for (const event of events)
        if (skipReason(event, config) === null) encoder.encode(extractFields(event, columns));
      return events.length;
    }),
    await measure('order', async () => orderByReceived(events.map(receivedMicros)).length),
  ];
  for (const stride of strides) {
    const vote = await measure(`gather and vote, stride ${stride}`, () =>
      ordered(sequence, withoutInference(session), stride),
    );
    const all = await measure('', () => ordered(sequence, session, stride));
    stages.push(
      {
        stage: `infer, stride ${stride}`,
        lines: all.lines,
        seconds: all.seconds - vote.seconds,
        cpuSeconds: all.cpuSeconds - vote.cpuSeconds,
      },
      vote,
    );
  }
  const texts = lines.map(({ text }) => text);
  const long = `file to rows, ${repeat} × the log`;
  for (const stride of strides.filter((s) => s > 1))
    stages.push(await measure(`${long}, stride ${stride}`, () => label(session, repeated(texts), stride)));
  await session.release();
  const args = [
    ...process.execArgv,
    fileURLToPath(import.meta.url),
    '--peak',
    '--model',
    model,
    '--log',
    values.log,
  ];
  const peak = spawnSync(process.execPath, [...args, '--repeat', `${repeat}`, '--stride', `${strides[0]}`], {
    encoding: 'utf8',
  });
  if (peak.status !== 0) throw new Error(`expected the memory run to end, got ${peak.signal ?? peak.stderr}`);
  const rows = stages.map((stage) => ({
    ...stage,
    microsecondsPerLine: (1e6 * stage.seconds) / stage.lines,
    cpuMicrosecondsPerLine: (1e6 * stage.cpuSeconds) / stage.lines,
    linesPerSecond: stage.lines / stage.seconds,
  }));
  const result = {
    log: values.log,
    lines: lines.length,
    labelled: events.length,
    megabytes: bytes / 1e6,
    window: config.window,
    peakMegabytes: Number(peak.stdout),
    stages: rows,
  };
  if (values.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else {
    process.stdout.write(
      `${result.log}: ${result.lines} lines, ${result.megabytes.toFixed(1)} MB, ${result.labelled} get a label; W = ${result.window}\n`,
    );
    for (const { stage, microsecondsPerLine, cpuMicrosecondsPerLine, linesPerSecond } of rows)
      process.stdout.write(
        `${stage.padEnd(44)}${microsecondsPerLine.toFixed(1).padStart(9)} µs a line${cpuMicrosecondsPerLine.toFixed(1).padStart(9)} µs CPU${Math.round(linesPerSecond).toLocaleString('en').padStart(12)} lines/s\n`,
      );
    process.stdout.write(`peak memory, ${long}: ${Math.round(result.peakMegabytes)} MB\n`);
  }
}
