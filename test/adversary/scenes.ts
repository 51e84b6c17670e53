import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readQuery } from '../../src/contexts/query/check.js';
import { Store } from '../../src/contexts/store/store.js';
import { EXIT } from '../../src/errors.js';
import { smallLog, writeDataset } from '../fixtures/dataset.js';
import { smallSettings } from '../fixtures/settings.js';
import { fakePip } from '../native/toys.js';

const LOG = 'datasets/first-light/audit.jsonl.gz';
const EPOCHS = 12;
/** Lines of a log of which every twentieth has a note of so many letters: its store has three parts. */
const [LINES, NOTE] = [1000, 800_000];

/** A command that is killed, or started twice at once, and what it makes. */
export interface Scene {
  name: string;
  /** Lays out what is there before it starts. */
  before?: (out: string) => void | Promise<void>;
  /** Starts it; what it makes goes below `out`. */
  start: (out: string) => ChildProcess;
  /** What starts beside it. Default: the same. */
  beside?: (out: string) => ChildProcess;
  /** What was made, without times. */
  made: (out: string) => string;
  /** Exit code of one that is kept away by another. */
  busy?: number;
}

/** Waits for the end of a process that `run` started. */
export async function ended(child: ChildProcess): Promise<{ code: number | null; error: string }> {
  let error = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    error = (error + text).slice(-2000);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, error };
}

/** Starts the program, or another; a file takes its standard output. */
function run(
  args: readonly string[],
  { program = 'bin/auditweave.mjs', into = '/dev/null' } = {},
): ChildProcess {
  const stdout = openSync(into, 'w');
  const child = spawn(process.execPath, [...program.split(' '), ...args], {
    stdio: ['ignore', stdout, 'pipe'],
  });
  closeSync(stdout);
  return child;
}

/** Every file below a folder: also those that nobody should leave. */
const filesBelow = (folder: string): string =>
  JSON.stringify(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file.slice(folder.length), readFileSync(file, 'latin1')]),
  );

/** Weights, history and scores of a run. */
function madeOfRun(folder: string): string {
  const history = readFileSync(join(folder, 'history.jsonl'), 'utf8').replaceAll(
    /"(seconds|windowsPerSecond)":[\d.e+-]+/g,
    '',
  );
  const { inference: _, ...metrics } = JSON.parse(readFileSync(join(folder, 'metrics.json'), 'utf8'));
  return JSON.stringify([
    history,
    metrics,
    readFileSync(join(folder, 'model/weights.safetensors'), 'latin1'),
  ]);
}

/** A command that only tells: each that is started has a file for it, and all have to say the same. */
function telling(name: string, args: readonly string[], changing = /$^/g): Scene {
  let started = 0;
  return {
    name,
    start: (out) => run(args, { into: join(out, String(started++)) }),
    made: (out) =>
      [...new Set(readdirSync(out).map((file) => readFileSync(join(out, file), 'utf8')))]
        .join('\n')
        .replaceAll(changing, ''),
  };
}

async function countIn(store: string): Promise<number> {
  const opened = await Store.open(store);
  return await opened.count(readQuery('', { now: 0 })).finally(() => opened.close());
}

/** Trainings, stores and labels, which go on after a kill as if there had been none. */
export async function lastingScenes(root: string): Promise<[train: Scene, store: Scene, label: Scene]> {
  const settings = await smallSettings(writeDataset(mkdtempSync(join(root, 'dataset-')), smallLog()));
  settings.training.epochs = EPOCHS;
  const config = join(root, 'small.config.yaml');
  writeFileSync(config, JSON.stringify(settings));
  const long = join(root, 'long.jsonl');
  const lines = gunzipSync(readFileSync(LOG)).toString('utf8').split('\n', LINES);
  const noted = (line: string, i: number): string =>
    i % 20 === 0 ? line.replace('{', `{"note":"${`${i} `.padEnd(NOTE, '0123456789 ')}",`) : line;
  writeFileSync(long, lines.map((line, i) => `${noted(line, i)}\n`).join(''));
  return [
    {
      name: 'train',
      start: (out) =>
        run([
          'train',
          '--config',
          config,
          '--out',
          out,
          '--report=false',
          '--threads',
          '1',
          '--device',
          'cpu',
        ]),
      made: madeOfRun,
      busy: EXIT.tryAgain,
    },
    {
      name: 'contexts --out',
      start: (out) => run(['contexts', long, '--model', 'rules', '--level', '1', '--out', out]),
      made: filesBelow,
    },
    {
      name: 'label --out',
      start: (out) => run(['label', LOG, '--out', join(out, 'rows.jsonl')]),
      made: filesBelow,
    },
  ];
}

/** Those that last, and reports, questions, checks of the machine, questions to a store that grows, and TensorFlow's coming onto the machine. */
export async function sharedScenes(root: string): Promise<Scene[]> {
  const lasting = await lastingScenes(root);
  const at = (name: string): string => join(root, name);
  const [trained, small, grown] = [at('trained'), at('small'), at('grown')];
  const lines = gunzipSync(readFileSync(LOG)).toString('utf8').split('\n', LINES);
  writeFileSync(at('begun.jsonl'), lines.slice(0, LINES / 2).join('\n'));
  writeFileSync(at('whole.jsonl'), lines.join('\n'));
  // One part, so that a question sees it or does not.
  const toStore = (log: string, store: string): ChildProcess =>
    run(['contexts', at(log), '--model', 'rules', '--level', '1', '--out', store]);
  const must = async (child: ChildProcess): Promise<void> => {
    const { code, error } = await ended(child);
    if (code !== 0) throw new Error(`what nobody disturbs ended with ${code}: ${error}`);
  };
  await must(lasting[0].start(trained));
  await must(toStore('begun.jsonl', small));
  cpSync(small, grown, { recursive: true });
  await must(toStore('whole.jsonl', grown));
  const counts = [await countIn(small), await countIn(grown)].map((count) => `${count}\n`);
  const toy = (out: string): [cache: string, tools: string] => [join(out, 'cache'), join(out, 'tools')];
  return [
    ...lasting,
    {
      name: 'report',
      before: (out) => cpSync(trained, out, { recursive: true }),
      start: (out) => run(['report', out]),
      made: filesBelow,
    },
    telling('query', ['query', '--json', '--background', '--in', small]),
    telling('doctor', ['doctor', '--json', '--datasets', root], /[\d.]+ GB free/g),
    {
      name: 'contexts --out beside query',
      before: (out) => cpSync(small, join(out, 'store'), { recursive: true }),
      start: (out) => toStore('whole.jsonl', join(out, 'store')),
      beside: (out) =>
        run(['query', '--count', '--background', '--in', join(out, 'store')], { into: join(out, 'count') }),
      made: (out) => {
        const told = readdirSync(out).includes('count')
          ? readFileSync(join(out, 'count'), 'utf8')
          : counts[0]!;
        return counts.includes(told) ? filesBelow(join(out, 'store')) : `${told} contexts, none of ${counts}`;
      },
    },
    {
      name: 'provisioning',
      before: async (out) => {
        mkdirSync(join(out, 'tools'));
        await fakePip(join(out, 'tools'), 0.5);
      },
      start: (out) => run(toy(out), { program: '--import tsx test/native/fetch-toy.ts' }),
      made: (out) => {
        const [cache, tools] = toy(out);
        const fetched = readFileSync(join(tools, 'calls'), 'utf8').trim().split('\n').length;
        const files = readdirSync(cache, { recursive: true }).sort();
        return `fetched ${fetched} times: ${files}`;
      },
    },
  ];
}
