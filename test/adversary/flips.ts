import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadResourceTable } from '../../src/audit/labels.js';
import { readAuditLog } from '../../src/audit/read.js';
import { contextsOfLog } from '../../src/contexts/of-log.js';
import { readQuery } from '../../src/contexts/query/check.js';
import { Rules } from '../../src/contexts/rules/rules.js';
import { Links } from '../../src/contexts/store/links.js';
import { Store } from '../../src/contexts/store/store.js';
import { writeStore } from '../../src/contexts/store/write-store.js';
import { ContextStream } from '../../src/contexts/stream.js';
import { randomStream } from '../../src/random.js';
import { scoreModel } from '../../src/runs/evaluate.js';
import { prepare } from '../../src/runs/prepare.js';
import type { MetricsRecord } from '../../src/runs/record.js';
import { runTrial } from '../../src/runs/train.js';
import type { Settings } from '../../src/settings/schema.js';
import { changeSettings } from '../../src/settings/settings.js';
import { smallLog, writeDataset } from '../fixtures/dataset.js';
import { smallSettings } from '../fixtures/settings.js';
import { count, faultOf, type Outcome } from './outcome.js';

const SINK = { write: () => true };
const EPOCHS = 3;

const trial = (settings: Settings, out: string, signal?: AbortSignal) =>
  runTrial({
    settings,
    out,
    command: 'train',
    device: 'cpu',
    threads: 1,
    sink: SINK,
    ...(signal ? { signal } : {}),
  });

/** Scores without the time that they took. */
const scoresOf = (metrics: MetricsRecord | null): string => {
  const { inference: _, ...rest } = metrics ?? ({} as MetricsRecord);
  return JSON.stringify(rest);
};

/** Puts a log into a store by rules, and gives back all that can be asked of it. */
async function storeOf(log: string, dir: string): Promise<string> {
  const links = new Links();
  const stream = new ContextStream({ attributor: new Rules(), table: await loadResourceTable() });
  for await (const context of contextsOfLog(readAuditLog(log), stream)) links.add(context);
  await writeStore(dir, readAuditLog(log), links, { partLines: 60 });
  return await askedOf(dir);
}

async function askedOf(dir: string): Promise<string> {
  const store = await Store.open(dir);
  try {
    const all = readQuery('', { now: 0 });
    const said: unknown[] = [await store.count(all)];
    for await (const context of store.contexts(all)) said.push(context);
    for await (const line of store.lines()) said.push(line);
    return JSON.stringify(said);
  } finally {
    await store.close();
  }
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

/**
 * Turns over one bit of a file that is read back: of a dataset, a finished run, a run that was stopped, both of either kind of model and with
 * their TensorBoard files, a line cache, a store that is asked or goes on. What is made of it after is what was made before, or an error that
 * names the file or its folder.
 *
 * @param flips How many.
 */
export async function bitFlips({ seed, flips }: { seed: number; flips: number }): Promise<Outcome> {
  const outcome: Outcome = { family: 'a bit turned over', tried: 0, ends: {}, failures: [] };
  const root = mkdtempSync(join(tmpdir(), 'adversary-'));
  const cache = join(root, 'cache');
  const before = process.env.XDG_CACHE_HOME;
  const dataset = join(root, 'dataset');
  cpSync(writeDataset(mkdtempSync(join(root, 'made-')), smallLog()), dataset, { recursive: true });
  const settings = await smallSettings(dataset);
  settings.training.epochs = EPOCHS;
  const finished = join(root, 'finished');
  const stopped = join(root, 'stopped');
  const whole = scoresOf((await trial(settings, finished)).metrics);
  const stop = new AbortController();
  await runTrial({
    ...{
      settings,
      out: stopped,
      command: 'train',
      device: 'cpu',
      threads: 1,
      sink: SINK,
      signal: stop.signal,
    },
    onEpoch: () => stop.abort(),
  });
  const matrix = async () => {
    process.env.XDG_CACHE_HOME = cache;
    try {
      const { matrix: numbers, targets } = await prepare(settings, SINK);
      return `${numbers}${targets}`;
    } finally {
      if (before === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = before;
    }
  };
  const encoded = await matrix();
  const pointing = changeSettings(settings, {
    ...{ 'model.name': 'pointer', 'model.beside': '', 'model.trees': 2 },
  }).settings;
  const pointer = join(root, 'pointer');
  const pointed = scoresOf((await trial(pointing, pointer)).metrics);
  const half = join(root, 'pointer-stopped');
  const pause = new AbortController();
  await runTrial({
    ...{ settings: pointing, out: half, command: 'train', device: 'cpu', threads: 1, sink: SINK },
    signal: pause.signal,
    onEpoch: () => pause.abort(),
  });
  const log = join(dataset, 'audit.jsonl.gz');
  const store = join(root, 'store');
  const stored = await storeOf(log, store);
  const families: { name: string; folder: string; use: (at: string) => Promise<string>; expected: string }[] =
    [
      {
        name: 'finished run, trained again',
        folder: finished,
        use: async (at) => scoresOf((await trial(settings, at)).metrics),
        expected: whole,
      },
      {
        name: 'finished run, evaluated',
        folder: finished,
        use: async (at) => scoresOf((await scoreModel({ dir: at, sink: SINK })).metrics),
        expected: scoresOf((await scoreModel({ dir: finished, sink: SINK })).metrics),
      },
      {
        name: 'stopped run, gone on with',
        folder: stopped,
        use: async (at) => scoresOf((await trial(settings, at)).metrics),
        expected: whole,
      },
      {
        name: 'finished pointer, evaluated',
        folder: pointer,
        use: async (at) => scoresOf((await scoreModel({ dir: at, sink: SINK })).metrics),
        expected: scoresOf((await scoreModel({ dir: pointer, sink: SINK })).metrics),
      },
      {
        name: 'stopped pointer, gone on with',
        folder: half,
        use: async (at) => scoresOf((await trial(pointing, at)).metrics),
        expected: pointed,
      },
      { name: 'store, asked', folder: store, use: askedOf, expected: stored },
      {
        name: 'store, gone on with',
        folder: store,
        use: async (at) => await storeOf(log, at),
        expected: stored,
      },
      { name: 'line cache', folder: cache, use: matrix, expected: encoded },
      { name: 'dataset', folder: dataset, use: matrix, expected: encoded },
    ];
  try {
    for (let i = 0; i < flips; i++) {
      const random = randomStream(seed, `flips/${i}`);
      const { name, folder, use, expected } = families[i % families.length]!;
      const inPlace = folder === cache || folder === dataset;
      const at = inPlace ? folder : mkdtempSync(join(root, 'copy-'));
      if (!inPlace) cpSync(folder, at, { recursive: true });
      const files = filesBelow(at);
      const file = files[random.integer(files.length)]!;
      const kept = readFileSync(file);
      const bytes = Buffer.from(kept);
      const bit = random.integer(8 * bytes.length);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(file, bytes);
      outcome.tried++;
      const place = `flip ${i}: ${name}, bit ${bit} of ${file.slice(at.length + 1)}`;
      try {
        if ((await use(at)) === expected) count(outcome, `${name}: the same`);
        else outcome.failures.push(`${place}: another result`);
      } catch (error) {
        // A record may name another dataset by then, which is told by its path.
        const fault = faultOf(error, [at, 'expected a dataset at']);
        if (fault) outcome.failures.push(`${place}: ${fault}`);
        else count(outcome, `${name}: an error that names it`);
      }
      if (folder === dataset) writeFileSync(file, kept);
      if (!inPlace) rmSync(at, { recursive: true });
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return outcome;
}
