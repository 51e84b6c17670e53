import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import type { TrialTiming } from '../../src/studies/record.js';
import { temporaryFolders } from '../fixtures/dataset.js';

const folders = temporaryFolders();
afterAll(folders.clear);

/** A study of four trainings of a second or two on real lines. */
function studyFile(): string {
  const dir = folders.make();
  writeFileSync(
    join(dir, 'tiny.config.yaml'),
    `seed: 7
dataset: datasets/first-light
lines: completed
filter: paper
features: { include: [verb, objectRef.resource, userAgent.tool], exclude: [] }
window: { size: 10, stride: 10 }
split: { protocol: both, test: 0.1, validation: 0.1, fold: default }
model: { name: bilstm, units: [4, 3], dropout: 0.4 }
training:
  batchSize: 16
  epochs: 6
  learningRate: 0.004
  focal: { alpha: 0.25, gamma: 2 }
  earlyStopping: { patience: 8, minDelta: 0 }
  reduceOnPlateau: { factor: 0.1, patience: 4, minDelta: 0.0001, minLearningRate: 0 }
evaluation: { stride: 5, vote: equal, resamples: 100 }
`,
  );
  const file = join(dir, 'tiny.study.yaml');
  writeFileSync(
    file,
    `study: tiny
question: Does it go on?
base: tiny
protocols: [paper, blocked]
vary: { window.size: [5, 10] }
repeat: { runs: 1 }
report: { charts: [metric-by-value] }
`,
  );
  return file;
}

const file = studyFile();

interface Event {
  event: string;
  key: string;
  label: string;
  done: number;
}

function start(out: string, ...extra: string[]) {
  const child = spawn(process.execPath, [
    'bin/auditweave.mjs',
    ...['study', file, '--out', out, '--json', '--no-report', '--device', 'cpu', ...extra],
  ]);
  const events: Event[] = [];
  let error = '';
  child.stderr.on('data', (part) => (error += part));
  createInterface({ input: child.stdout }).on('line', (line) => events.push(JSON.parse(line) as Event));
  const ended = new Promise<{ code: number | null; events: Event[]; error: string }>((done) =>
    child.on('close', (code) => done({ code, events, error })),
  );
  return { child, events, ended };
}

/** Waits until something is so. */
async function until(so: () => boolean): Promise<void> {
  for (let i = 0; i < 1200 && !so(); i++) await new Promise((done) => setTimeout(done, 50));
  expect(so()).toBe(true);
}

/** Processes that were started by another. */
function childrenOf({ pid }: ChildProcess): number[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === String(pid) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

const records = (out: string): string => readFileSync(join(out, 'records.jsonl'), 'utf8');

const timings = (out: string): TrialTiming[] =>
  readFileSync(join(out, 'timings.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((row) => JSON.parse(row) as TrialTiming);

/** Whether some trial has finished an epoch. */
const trained = (out: string): boolean =>
  existsSync(join(out, 'trials')) &&
  readdirSync(join(out, 'trials')).some((key) => existsSync(join(out, 'trials', key, 'history.jsonl')));

describe('study', { timeout: 240_000 }, () => {
  it('ends with the same records, whichever of its processes were killed on the way', async () => {
    const whole = join(folders.make(), 'whole');
    const quiet = await start(whole, '--workers', '1').ended;
    expect([quiet.code, quiet.error.includes('4/4 trials 100 %')]).toEqual([0, true]);
    expect(records(whole).split('\n').filter(Boolean)).toHaveLength(4);

    const broken = join(folders.make(), 'broken');
    const first = start(broken);
    await until(() => trained(broken));
    for (const pid of childrenOf(first.child)) process.kill(pid, 'SIGKILL');
    await until(() => first.events.some(({ event }) => event === 'retried'));
    first.child.kill('SIGKILL');
    await first.ended;

    const second = start(broken);
    await until(() => second.events.some(({ event }) => event === 'done'));
    second.child.kill('SIGINT');
    const interrupted = await second.ended;
    expect(interrupted.code).toBe(130);
    expect(interrupted.error).toContain(
      `trials to go; ${broken} keeps what was done.\n  Hint: The same command goes on.`,
    );

    const third = await start(broken).ended;
    expect(third.code).toBe(0);
    expect(records(broken)).toBe(records(whole));
    for (const { seconds, totalSeconds } of timings(broken)) expect(totalSeconds).toBeGreaterThan(seconds);

    // Nothing is left to train, also where only the records were kept.
    rmSync(join(broken, 'trials'), { recursive: true });
    const again = await start(broken).ended;
    expect(again.events.map(({ event }) => event)).toEqual(['study', 'end']);
    expect(again.events[0]).toMatchObject({ done: 4 });
    expect(existsSync(join(broken, 'trials'))).toBe(false);
  });

  it('keeps rows that an edited study has no place for, and finds them again', async () => {
    const out = join(folders.make(), 'tiny');
    await start(out, '--protocol', 'blocked').ended;
    const before = records(out);
    rmSync(join(out, 'trials'), { recursive: true });
    await start(out, '--set', 'training.epochs=1', '--only', 'window.size=5', '--protocol', 'blocked').ended;
    const narrowed = records(out);
    for (const row of before.split('\n')) expect(narrowed).toContain(row);
    const again = await start(out, '--protocol', 'blocked').ended;
    expect(again.events.map(({ event }) => event)).toEqual(['study', 'end']);
    expect(records(out).split('\n').sort()).toEqual(narrowed.split('\n').sort());
  });

  it('lists trials with their state and time, and runs one by name', async () => {
    const out = join(folders.make(), 'tiny');
    const one = await start(out, '--only', 'window.size=5', '--protocol', 'blocked').ended;
    expect(one.events.filter(({ event }) => event === 'done').map(({ label }) => label)).toEqual([
      'window.size=5',
    ]);
    const told = spawnSync(
      process.execPath,
      [
        'bin/auditweave.mjs',
        ...['study', file, '--out', out, '--no-report', '--only', 'window.size=5', '--protocol', 'blocked'],
      ],
      { encoding: 'utf8' },
    );
    expect(told.stdout).toBe(
      `tiny: 1 trials done, 3 not asked for.\nRecords: ${join(out, 'records.jsonl')}\n`,
    );
    const listed = await start(out, '--list').ended;
    const rows = listed.events as unknown as {
      label: string;
      protocol: string;
      status: string;
      seconds: number;
    }[];
    expect(rows).toHaveLength(4);
    expect(rows.filter(({ status }) => status === 'done')).toMatchObject([
      { label: 'window.size=5', protocol: 'blocked' },
    ]);
    for (const { seconds } of rows) expect(seconds).toBeGreaterThan(0);
    const wrong = await start(out, '--only', 'window.size=7').ended;
    expect([wrong.code, wrong.error]).toEqual([
      2,
      'study: expected --only to name a trial, got window.size=7.\n  Hint: Points are: window.size=5; window.size=10. --list shows all keys.\n',
    ]);
    const none = await start(out, '--protocol', 'capture').ended;
    expect([none.code, none.error]).toEqual([
      2,
      'study: expected --protocol to be one of the study’s, paper, blocked, got capture.\n  Hint: A protocol is added in the study’s file.\n',
    ]);
  });

  it('records a trial that cannot succeed, runs the others and ends with 4', async () => {
    const out = join(folders.make(), 'tiny');
    const { code, events } = await start(out, '--set', 'split.test=0.999', '--protocol', 'blocked').ended;
    expect(code).toBe(4);
    expect(events.filter(({ event }) => event === 'failed')).toHaveLength(2);
    expect(records(out)).toContain('"failure":"studies: expected at least one train window, got none');
  });
});
