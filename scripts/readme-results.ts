/**
 * Makes the numbers of README.md and the tables of results/README.md from records; no number is typed by hand.
 *
 *     npx tsx scripts/readme-results.ts            # prints it
 *     npx tsx scripts/readme-results.ts --write    # puts it between the markers
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { type PaperResults, paperValue, readPaperResults } from '../src/comparison/paper-results.js';
import { measureName, PAPER_MEASURE, secondMeasure } from '../src/comparison/run-set.js';
import { pointName } from '../src/comparison/setting-names.js';
import {
  type Cell,
  cellOf,
  type ProtocolLeak,
  type StudySummary,
  type Summary,
  scoreOf,
  summarize,
} from '../src/comparison/summarize.js';
import { writeFileAtomic } from '../src/files/atomic.js';
import { formatSeconds } from '../src/progress.js';
import { type Interval, type MetricsRecord, type RunRecord, readRun } from '../src/runs/record.js';
import { PROTOCOLS, type Protocol } from '../src/settings/protocols.js';
import { completeSettings, readSettings } from '../src/settings/settings.js';
import { readStudy, type StudyResults } from '../src/studies/read.js';
import { wrapMarkdown } from './wrap-markdown.js';

/** A run that was scored. */
export interface ScoredRun {
  run: RunRecord;
  metrics: MetricsRecord;
}

const RUNS = ['results/reference/first-light-w60-s7/paper', 'results/reference/first-light-w60-s7/blocked'];
const STUDY = 'results/reference/window-size';
const RESULTS = 'results/README.md';
/** What stands around a table. */
const marks = (name: string) => ({
  begin: `<!-- ${name}:begin (npx tsx scripts/readme-results.ts) -->\n`,
  end: `<!-- ${name}:end -->`,
});

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
    [
      'the paper’s measure: strict macro F1 by window, no vote',
      ({ metrics }) => score(metrics.windows.macroF1.strict),
    ],
    ['**strict macro F1 by line**', ({ metrics }) => `**${score(metrics.lines.macroF1.strict)}**`],
    ['macro F1 over true classes by line', ({ metrics }) => score(metrics.lines.macroF1.paper)],
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
  return [
    line(['by line, voted over windows', ...runs.map(({ run }) => `\`${run.leak.protocol}\``)]),
    `|---|${'---:|'.repeat(runs.length)}`,
    ...rows.map(([name, value]) => line([name, ...runs.map(value)])),
    '',
    `In brackets: 95 % intervals, resampling whole contexts. ${unique(runs.map(madeWith)).join(' ')}`,
    '',
  ].join('\n');
}

/** A study's table: a row a point, the paper's score beside ours: by its own measure first, then by line. Mean ± standard deviation over runs. */
export function studyTable(results: StudyResults, paper: PaperResults): string {
  const { study, timings, records } = results;
  const summary = summarize(results);
  const theirs = study.paper === null ? undefined : paper.results[study.paper];
  const rows = study.points.map(({ point }) => {
    const value = theirs ? paperValue(theirs, 'macroF1', point) : null;
    return line([
      pointName(point),
      value?.mean !== undefined
        ? `${short(value.mean)}${value.sd === undefined ? '' : ` ± ${short(value.sd)}`}`
        : '',
      ...study.protocols.map((protocol) => scoresOf(summary, cellOf(summary, point, protocol))),
    ]);
  });
  const keys = new Set(records.map(({ key }) => key));
  const machines = unique(
    [...timings.values()].filter(({ key }) => keys.has(key)).map(({ machine }) => machineName(machine)),
  );
  const runs = [...new Set(summary.cells.map(({ done }) => done.length))].sort((a, b) => a - b);
  return [
    line(['', 'the paper', ...study.protocols.map((protocol) => `\`${protocol}\``)]),
    `|---|${'---:|'.repeat(study.protocols.length + 1)}`,
    ...rows,
    '',
    `First the paper’s measure (strict macro F1 by window) without a vote; below it ${measureName(study.report)} and ${measureName(secondMeasure(study.report))}; mean ± standard deviation over ${runs.join(' to ')} runs. ${whole(trainings(records))} trainings of the \`${study.base}\` configuration on ${whole(study.dataset.lines)} lines of ${study.dataset.name}, on ${machines.join(' and ')}. Share of test lines that were trained on: ${summary.protocols
      .map((leak) => `\`${leak.protocol}\` ${sharedOf(leak)}`)
      .join(', ')}.`,
    '',
  ].join('\n');
}

/** What to remember: the paper's measure under each protocol, as a list. */
export function numbersList(
  own: StudyResults,
  windows: StudyResults,
  paper: PaperResults,
  size = 60,
): string {
  const at = (results: StudyResults, protocol: Protocol): Summary => {
    const summary = summarize(results);
    const cell = cellOf(summary, { 'window.size': size }, protocol);
    if (!cell) throw new Error(`${results.study.name}: expected W = ${size} under ${protocol}, got none.`);
    return scoreOf(summary, cell, { metric: 'macroF1.strict', level: 'windows' });
  };
  const theirs = paperValue(paper.results[windows.study.paper ?? '']!, 'macroF1', { 'window.size': size });
  const rows: [Summary, string][] = [
    [
      at(own, 'paper'),
      `the paper’s configuration under the paper’s protocol, where nearly every test line was trained on; the paper has ${short(theirs!.mean!)}`,
    ],
    [at(own, 'blocked'), 'the same on parts of the log that share no line with training'],
    [at(windows, 'capture'), `on clusters never seen (\`${windows.study.base}\` configuration)`],
  ];
  return [
    `Strict macro F1 (over classes true or predicted) by window, the paper’s measure, at W = ${size}; mean ± standard deviation over runs:`,
    '',
    ...rows.map(([summary, words]) => `- **${plusMinus(summary)}** (${summary.n} runs) ${words}.`),
    '',
  ].join('\n');
}

/** The other studies: a row each, with the point that scores most and the one that scores least under each protocol. */
export async function studiesTable(all: readonly StudyResults[]): Promise<string> {
  const protocols = PROTOCOLS.filter((protocol) =>
    all.some(({ study }) => study.protocols.includes(protocol)),
  );
  const rows: string[] = [];
  for (const results of all) {
    const { study, records } = results;
    const summary = summarize(results);
    rows.push(
      line([
        `[${study.name}](reference/${study.name}/report.html)${(await isCurrent(study)) ? '' : ' (earlier settings)'}`,
        study.question,
        `${whole(trainings(records))} of ${whole(study.trials.length)}`,
        measureName(study.report),
        ...protocols.map((protocol) =>
          ends(
            summary,
            summary.cells.filter((one) => one.protocol === protocol && one.done.length > 0),
          ),
        ),
      ]),
    );
  }
  return [
    line(['study', 'question', 'trainings', 'score', ...protocols.map((protocol) => `\`${protocol}\``)]),
    `|---|---|---:|---|${'---|'.repeat(protocols.length)}`,
    ...rows,
    '',
    'The point that scores most and the one that scores least, by line: mean ± standard deviation over runs.',
    '',
  ].join('\n');
}

/** Whether a study was run with its base settings as they are now. */
async function isCurrent({ base, settings }: StudyResults['study']): Promise<boolean> {
  const { training } = await readSettings(`experiments/${base}.config.yaml`);
  return isDeepStrictEqual(completeSettings(settings).training, training);
}

/** Highest and lowest of some points. */
function ends(study: StudySummary, cells: readonly Cell[]): string {
  const sorted = cells
    .map((cell) => ({ name: cell.name, score: scoreOf(study, cell) }))
    .sort((a, b) => b.score.mean - a.score.mean);
  const shown = sorted.length > 1 ? [sorted[0]!, sorted.at(-1)!] : sorted;
  return shown.map(({ name, score }) => `${plusMinus(score)} ${name}`).join('<br>');
}

function scoresOf(study: StudySummary, cell: Cell | null): string {
  if (!cell || cell.done.length === 0) return 'not run';
  const { report } = study.study;
  return [PAPER_MEASURE, report, secondMeasure(report)]
    .map((measure) => plusMinus(scoreOf(study, cell, measure)))
    .join('<br>');
}

function plusMinus({ n, mean, sd }: Summary): string {
  return n === 1 ? short(mean) : `${short(mean)} ± ${short(sd)}`;
}

function sharedOf({ verdict, leastShared, shared }: ProtocolLeak): string {
  if (verdict === null) return 'unknown';
  const [least, most] = [leastShared, shared].map((share) => `${(100 * share).toFixed(0)} %`);
  return least === most ? least! : `${least} to ${most}`;
}

/**
 * A README with a table between its markers.
 *
 * @param name What the markers are called.
 * @throws {Error} The markers are not there.
 */
export function withResults(readme: string, table: string, name = 'results'): string {
  const { begin, end } = marks(name);
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`expected “${begin.trim()}” and “${end}”, got neither.`);
  return `${readme.slice(0, from + begin.length)}${wrapMarkdown(table)}${readme.slice(to)}`;
}

function madeWith({ run }: ScoredRun): string {
  return `Dataset ${run.dataset.name}, ${whole(run.dataset.lines)} lines; seed ${run.seeds.root}; TensorFlow ${run.versions.tensorflow} on ${machineName(run.machine)}.`;
}

function machineName({ cpu, cores, device, gpu }: RunRecord['machine']): string {
  return device === 'cuda' ? (gpu ?? 'a GPU') : `${cores} cores of ${cpu}`;
}

function leaked({ leak: { sharedLines } }: RunRecord): string {
  const { count, of, share } = sharedLines;
  return `${(100 * share).toFixed(1)} % (${whole(count)} of ${whole(of)})`;
}

/** A row of a Markdown table. */
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const trainings = (records: StudyResults['records']): number =>
  records.filter(({ status }) => status === 'done').length;
const whole = (n: number): string => n.toLocaleString('en');
const short = (value: number): string => value.toFixed(3).replace(/^0\./, '.');
const score = ({ value, low, high }: Interval): string => `${short(value)} [${short(low)}, ${short(high)}]`;
const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

/** `results/README.md` with every table that there are records for. */
export async function writtenResults(readme: string): Promise<string> {
  const runs = withResults(readme, resultsTable(await readScored()));
  if (!existsSync(`${STUDY}/records.jsonl`)) return runs;
  const studies = (await readdir('experiments')).filter((name) => name.endsWith('.study.yaml')).sort();
  const dirs = studies.map((name) => `results/reference/${name.slice(0, -'.study.yaml'.length)}`);
  const others = dirs.filter((dir) => dir !== STUDY && existsSync(`${dir}/records.jsonl`));
  const all = await Promise.all(others.map(readStudy));
  return withResults(
    withResults(runs, studyTable(await readStudy(STUDY), await readPaperResults()), 'window-size'),
    await studiesTable(all.filter(({ records }) => records.length > 0)),
    'studies',
  );
}

/** README.md with its numbers. */
export async function writtenReadme(readme: string): Promise<string> {
  const list = numbersList(
    await readStudy('results/reference/paper-configuration'),
    await readStudy(STUDY),
    await readPaperResults(),
  );
  return withResults(readme, list, 'numbers');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [file, write] of [
    ['README.md', writtenReadme],
    [RESULTS, writtenResults],
  ] as const) {
    const written = await write(await readFile(file, 'utf8'));
    if (process.argv.includes('--write')) await writeFileAtomic(file, written);
    else process.stdout.write(written);
  }
}
