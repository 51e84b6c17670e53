/**
 * Measures one whole trial beside the paper's procedure in Keras 3: same encoded rows and windows, same settings, same machine, one run.
 *
 *     npm run bench:procedure [-- --windows 60 --rounds 2 --epochs 2 --by own,keras --python .venv/bin/python]
 *
 * Every training is a process of its own, and the two take turns. The fast configuration, with what window-size sets for this window, is
 * trained to its end. Of the paper's
 * configuration `--epochs` are timed, and the trial's time is extrapolated to the epochs which such trials took in
 * results/reference/paper-configuration (early stopping decides); with `--epochs 0` it is trained to its end too, which takes hours. Written to
 * test/bench/PROCEDURE.md. Keras needs test/bench/peers.sh once.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { LABEL_PARTS } from '../../src/audit/codes.js';
import { writeFileAtomic } from '../../src/files/atomic.js';
import type { BiLstmSettings } from '../../src/model/bilstm/open.js';
import { windowFactors } from '../../src/model/bilstm/sampling.js';
import { type Prepared, prepare } from '../../src/runs/prepare.js';
import { score } from '../../src/runs/score.js';
import type { Settings } from '../../src/settings/schema.js';
import { readSettings } from '../../src/settings/settings.js';
import { settingsOf } from '../../src/studies/point.js';
import type { StudyFile, StudyRecord } from '../../src/studies/record.js';
import { readStudyFile } from '../../src/studies/study.js';

/** What both procedures read of the settings. */
export interface ProcedureSettings {
  window: number;
  features: number;
  heads: number;
  classes: number;
  units: [number, number];
  dropout: number;
  seed: number;
  training: Settings['training'];
}

interface Sample {
  name: string;
  base: string;
  /** W. */
  window: number;
  /** Of every epoch, validation included. */
  seconds: number[];
  /** CPU time of every epoch, all threads. */
  cpu: number[];
  version: string;
  macroF1: number;
  lines: number;
}

const { values } = parseArgs({
  options: {
    windows: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '2' },
    epochs: { type: 'string', default: '2' },
    bases: { type: 'string', default: 'fast,paper' },
    by: { type: 'string', default: 'own,keras' },
    dataset: { type: 'string', default: 'datasets/three-node' },
    selection: { type: 'string', default: 'paper-size' },
    python: { type: 'string', default: process.env.AUDITWEAVE_PEERS_PYTHON ?? '.venv/bin/python' },
  },
});
const root = join(import.meta.dirname, '..', '..');
const here = (name: string): string => join(import.meta.dirname, name);
const whole = values.epochs === '0';
const windows = values.windows.split(',').map(Number);
const by = values.by.split(',');

/** Runs both, in turns; the report is written anew after each round. */
async function main(): Promise<void> {
  if (by.includes('keras') && !existsSync(values.python)) {
    console.error(
      `bench: expected Keras at ${values.python}, got nothing.\n  Hint: test/bench/peers.sh makes the peers (about 6 GB).`,
    );
    process.exit(2);
  }
  const samples: Sample[] = [];
  const loads: number[] = [];
  const study = await readStudyFile(join(root, 'experiments/window-size.study.yaml'));
  for (const window of windows)
    for (let round = 0; round < Number(values.rounds); round++)
      for (const base of values.bases.split(',')) {
        const point = { 'window.size': window };
        const settings = await readSettings(join(root, `experiments/${base}.config.yaml`), {
          dataset: values.dataset,
          selection: values.selection,
          ...(base === study.base ? settingsOf(point, study.adjust) : point),
          'split.protocol': 'paper',
          seed: 7 + round,
        });
        const data = await prepare(settings);
        const epochs = base === 'paper' && !whole ? Number(values.epochs) : 0;
        for (const name of round % 2 === 0 ? by : by.toReversed()) {
          loads.push(loadavg()[0]!);
          const sample = await train(name, base, data, settings, epochs);
          samples.push(sample);
          console.error(
            `W = ${window}, round ${round + 1}: ${base} ${name}: ${later(sample.seconds).toFixed(1)} s an epoch, macro F1 ${sample.macroF1.toFixed(3)} after ${sample.seconds.length}`,
          );
          await writeFileAtomic(here('PROCEDURE.md'), summarize(samples, loads));
        }
      }
  process.stdout.write(summarize(samples, loads));
}

/** One training in a process of its own, and the score of its test windows. */
async function train(
  name: string,
  base: string,
  data: Prepared,
  settings: Settings,
  epochs: number,
): Promise<Sample> {
  const folder = await mkdtemp(join(tmpdir(), 'procedure-'));
  try {
    const model = settings.model as unknown as BiLstmSettings;
    const shape: ProcedureSettings = {
      window: settings.window.size,
      features: data.encoder.width,
      heads: LABEL_PARTS,
      classes: data.partIds.length,
      units: model.units.map((multiple) => Math.round(multiple * data.columns.length)) as [number, number],
      dropout: model.dropout,
      seed: settings.seed,
      training: settings.training,
    };
    const { train, validation, test } = data.split;
    const factors = windowFactors(settings, data);
    await writeFile(join(folder, 'settings.json'), JSON.stringify(shape));
    for (const [file, array] of Object.entries({
      ...{ matrix: data.matrix, targets: data.targets },
      ...{ train, validation, test },
      ...(factors ? { factors } : {}),
    }))
      await writeFile(join(folder, file), array);
    const [program, script] =
      name === 'own'
        ? [join(root, 'node_modules', '.bin', 'tsx'), 'own_procedure.ts']
        : [values.python, 'keras_procedure.py'];
    await promisify(execFile)(program, [here(script), folder, String(epochs)], {
      cwd: root,
      maxBuffer: 1 << 24,
    });
    const bytes = new Uint8Array(await readFile(join(folder, `${name}.classes`)));
    const { lines } = score(
      data,
      settings,
      { tested: test, size: settings.window.size },
      { loss: Number.NaN, classes: new Int32Array(bytes.buffer) },
      0,
    );
    const result = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as {
      seconds: number[];
      cpu: number[];
      version: string;
    };
    return {
      name,
      base,
      window: settings.window.size,
      ...result,
      macroF1: lines.macroF1.strict.value,
      lines: lines.exactMatch.n,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Epochs and scores of the study's own trials of the paper's configuration, where they are there. */
function paperTrials(window: number): { epochs: number; macroF1: number; n: number } | null {
  const folder = join(root, 'results/reference/paper-configuration');
  const file = join(folder, 'records.jsonl');
  if (!existsSync(file)) return null;
  const { dataset } = JSON.parse(readFileSync(join(folder, 'study.json'), 'utf8')) as StudyFile;
  if (dataset.name !== basename(values.dataset) || dataset.selection !== values.selection) return null;
  const found = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as StudyRecord)
    .filter(
      (record) => record.protocol === 'paper' && record.result && record.point['window.size'] === window,
    );
  if (found.length === 0) return null;
  const mean = (of: (record: StudyRecord) => number): number =>
    found.reduce((sum, record) => sum + of(record), 0) / found.length;
  return {
    epochs: mean((record) => record.result!.epochs),
    macroF1: mean((record) => record.result!.lines.macroF1.strict.value),
    n: found.length,
  };
}

function summarize(samples: readonly Sample[], loads: readonly number[]): string {
  const list = cpus();
  const asked = Object.entries(values)
    .flatMap(([name, value]) => (name === 'python' ? [] : `--${name} ${value}`))
    .join(' ');
  const lines = [
    '# One trial beside Keras',
    '',
    `The paper’s model and procedure, protocol paper, ${values.dataset} (${values.selection}), on ${list.length} cores, ${list[0]?.model.trim() ?? 'unknown'}. Each training is a`,
    `new process that has the whole machine; the two take turns. Load of the machine when each began (average of the minute before, which holds the training before it): ${loads.map((load) => load.toFixed(1)).join(', ')}.`,
    `Made by \`npm run bench:procedure -- ${asked}\`. Times are wall time; an epoch is its training windows and its validation, the
median of those after the first, which may have to compile. The time of a trial is the faster round’s.`,
    '',
    '| W | configuration | by | epochs trained | s an epoch, each round | CPU s an epoch | one trial, s | macro F1 by line, each round |',
    '|---|---|---|---|---|---|---|---|',
  ];
  for (const window of windows) {
    const trials = whole ? null : paperTrials(window);
    const ofWindow = samples.filter((sample) => sample.window === window);
    const rows = [...new Set(ofWindow.map(({ base }) => base))].flatMap((base) =>
      by.map((name) => [base, name] as const),
    );
    for (const [base, name] of rows) {
      const own = ofWindow.filter((sample) => sample.base === base && sample.name === name);
      if (own.length === 0) continue;
      const each = own.map(({ seconds }) => later(seconds));
      const total = ({ seconds }: Sample, epochs = seconds.length): number =>
        seconds[0]! + (epochs - 1) * later(seconds);
      const timed = base === 'paper' && !whole;
      const epochs = own.map(({ seconds }) => seconds.length);
      const trial = timed
        ? trials
          ? `${Math.min(...own.map((sample) => total(sample, trials.epochs))).toFixed(0)} (${trials.epochs.toFixed(1)} epochs)`
          : 'unknown: no such trials in results/reference/paper-configuration'
        : Math.min(...own.map((sample) => total(sample))).toFixed(0);
      const scores = timed
        ? name === 'own' && trials
          ? `${trials.macroF1.toFixed(3)} (mean of ${trials.n} trials)`
          : '–'
        : own.map(({ macroF1 }) => macroF1.toFixed(3)).join(', ');
      lines.push(
        `| ${window} | ${base} | ${name === 'own' ? 'auditweave' : own[0]!.version} | ${[...new Set(epochs)].join(', ')}${timed ? ' timed' : ''} | ${each.map((s) => s.toFixed(1)).join(', ')} | ${own.map(({ cpu }) => later(cpu).toFixed(1)).join(', ')} | ${trial} | ${scores} |`,
      );
    }
  }
  if (!whole)
    lines.push(
      '',
      'The time of a trial with the paper’s configuration is extrapolated, for both: the first epoch, and the median of the later ones as often as the trials of this window in results/reference/paper-configuration went on after it.',
    );
  return `${lines.join('\n')}\n`;
}

/** Seconds of an epoch after the first. */
function later(seconds: readonly number[]): number {
  return median(seconds.length > 1 ? seconds.slice(1) : seconds);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

await main();
