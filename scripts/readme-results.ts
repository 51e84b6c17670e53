/**
 * Makes the table of results in README.md from the records of the reference run; no number is typed by hand.
 *
 *     npx tsx scripts/readme-results.ts            # prints it
 *     npx tsx scripts/readme-results.ts --write    # puts it between the markers of README.md
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { writeFileAtomic } from '../src/files.js';
import { formatSeconds } from '../src/progress.js';
import { type Interval, type MetricsRecord, type RunRecord, readRun } from '../src/studies/record.js';

/** A run that was scored. */
export interface ScoredRun {
  run: RunRecord;
  metrics: MetricsRecord;
}

const RUNS = ['results/first-light-w60-s7/paper', 'results/first-light-w60-s7/blocked'];
const BEGIN = '<!-- results:begin (npx tsx scripts/readme-results.ts) -->\n';
const END = '<!-- results:end -->';

/**
 * Reads runs that are finished.
 *
 * @throws {Error} One is not.
 */
export async function readScored(dirs: readonly string[] = RUNS): Promise<ScoredRun[]> {
  const folders = await Promise.all(dirs.map(readRun));
  return folders.map(({ dir, run, metrics }) => {
    if (!metrics || run.status !== 'finished')
      throw new Error(`${dir}: expected a finished run, got ${run.status}.`);
    return { run, metrics };
  });
}

/** The table, a column a run, and below it what the runs were made with. */
export function resultsTable(runs: readonly ScoredRun[]): string {
  const rows: [string, (scored: ScoredRun) => string][] = [
    ['test lines that were trained on', ({ run }) => leaked(run)],
    ['**macro F1, strict**', ({ metrics }) => `**${score(metrics.lines.macroF1.strict)}**`],
    ['macro F1 over the classes of the truth', ({ metrics }) => score(metrics.lines.macroF1.paper)],
    ['exact match of all five parts', ({ metrics }) => score(metrics.lines.exactMatch)],
    [
      '… of the line’s own action (no learning)',
      ({ metrics }) => score(metrics.baselines.ownAction.exactMatch),
    ],
    [
      '… of the previous line’s true label',
      ({ metrics }) => score(metrics.baselines.previousLine.exactMatch),
    ],
    ['lines scored', ({ metrics }) => whole(metrics.lines.n)],
    ['epochs (best)', ({ run }) => `${run.epochs} (${run.bestEpoch})`],
    ['training time', ({ run }) => formatSeconds(run.seconds)],
  ];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(['by line, voted over windows', ...runs.map(({ run }) => `\`${run.leak.protocol}\``)]),
    `|---|${'---:|'.repeat(runs.length)}`,
    ...rows.map(([name, value]) => line([name, ...runs.map(value)])),
    '',
    `In brackets: 95 % intervals, resampling whole contexts. ${unique(runs.map(madeWith)).join(' ')}`,
    '',
  ].join('\n');
}

/**
 * A README with the table between its markers.
 *
 * @throws {Error} The markers are not there.
 */
export function withResults(readme: string, table: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin)
    throw new Error(`README.md: expected “${BEGIN.trim()}” and “${END}”, got neither.`);
  return `${readme.slice(0, begin + BEGIN.length)}${table}${readme.slice(end)}`;
}

function madeWith({ run }: ScoredRun): string {
  const { cpu, cores, device, gpu } = run.machine;
  const machine = device === 'cuda' ? (gpu ?? 'a GPU') : `${cores} cores of ${cpu}`;
  return `Dataset ${run.dataset.name}, ${whole(run.dataset.lines)} lines; seed ${run.seeds.root}; TensorFlow ${run.versions.tensorflow} on ${machine}.`;
}

function leaked({ leak: { sharedLines } }: RunRecord): string {
  const { count, of, share } = sharedLines;
  return `${(100 * share).toFixed(1)} % (${whole(count)} of ${whole(of)})`;
}

const whole = (n: number): string => n.toLocaleString('en');
const short = (value: number): string => value.toFixed(3).replace(/^0\./, '.');
const score = ({ value, low, high }: Interval): string => `${short(value)} [${short(low)}, ${short(high)}]`;
const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const table = resultsTable(await readScored());
  if (process.argv.includes('--write'))
    await writeFileAtomic('README.md', withResults(await readFile('README.md', 'utf8'), table));
  else process.stdout.write(table);
}
