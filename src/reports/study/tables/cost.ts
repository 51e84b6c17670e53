import { type Cell, type Summary, summaryOf } from '../../../comparison/summarize.js';
import type { Table, TableCell } from '../../../page/table.js';
import { count, duration } from '../../format.js';
import { farApart, measured, QUANTITIES, RUNS_APART } from '../quantity.js';
import type { StudyView } from '../view.js';
import { number, rowsByProtocol, summaryText } from './scores.js';

/** What trials cost, by protocol and value. */
export function timeTable(view: StudyView): Table {
  const { study } = view;
  const timed = (summary: Summary, text: (value: number) => string): TableCell => ({
    ...summaryText(summary, text),
    ...(farApart(summary) ? { note: RUNS_APART } : {}),
  });
  const measure = (name: string) => (cell: Cell) => {
    const own = QUANTITIES[name]!;
    return timed(measured(view, cell, own), own.text);
  };
  return {
    caption: 'Time, mean ± standard deviation over runs',
    grouped: true,
    columns: [
      { name: 'protocol' },
      { name: 'value' },
      number('trials'),
      number('training'),
      number('whole trial'),
      number('inference a line, W votes'),
      number('windows a second'),
    ],
    rows: rowsByProtocol(view, (cell) => {
      const trials = cell.done.filter(({ timing }) => timing).length;
      return [
        { text: count(trials), value: trials },
        measure('trainingSeconds')(cell),
        timed(
          summaryOf(study, cell, ({ timing }) => timing?.totalSeconds ?? null),
          QUANTITIES.trainingSeconds!.text,
        ),
        measure('millisecondsPerLine')(cell),
        timed(
          summaryOf(study, cell, ({ timing }) => timing?.windowsPerSecond ?? null),
          count,
        ),
      ];
    }),
  };
}

/** Every machine that ran trials, with what it ran. */
export function machinesTable({ timings }: StudyView): Table {
  const machines = new Map<string, { trials: number; seconds: number; retried: number; of: Set<string> }>();
  for (const { machine, threads, totalSeconds, attempts, versions, commit } of timings.values()) {
    const device = machine.gpu ?? machine.device.toUpperCase();
    const name = `${machine.cpu}, ${machine.cores} cores; ${device}; ${threads} thread${threads > 1 ? 's' : ''} a trial`;
    const known = machines.get(name) ?? { trials: 0, seconds: 0, retried: 0, of: new Set<string>() };
    known.trials++;
    known.seconds += totalSeconds;
    if (attempts > 1) known.retried++;
    known.of.add(`commit ${commit.slice(0, 12)}, TensorFlow ${versions.tensorflow ?? '?'}`);
    machines.set(name, known);
  }
  return {
    caption: 'Machines',
    columns: [
      { name: 'machine' },
      number('trials'),
      number('time of all trials'),
      number('tried more than once'),
      { name: 'with' },
    ],
    rows: [...machines].map(([name, { trials, seconds, retried, of }]) => [
      name,
      { text: count(trials), value: trials },
      { text: duration(seconds), value: seconds },
      { text: count(retried), value: retried },
      [...of].join('; '),
    ]),
  };
}

/** One row a trial, unrounded: for other programs. */
export function trialsTable(view: StudyView): Table {
  const rows = view.cells.flatMap((cell) =>
    cell.done.map(({ plan, result, timing }) => [
      plan.key,
      cell.name,
      plan.protocol,
      raw(plan.run + 1),
      raw(plan.seed),
      ...[result.lines, result.windows].flatMap((level) => [
        raw(level.macroF1.strict.value),
        raw(level.macroF1.paper.value),
        raw(level.exactMatch.value),
      ]),
      raw(result.epochs),
      raw(timing?.seconds ?? Number.NaN),
      raw(timing?.millisecondsPerLine ?? Number.NaN),
    ]),
  );
  const scores = ['strict macro F1', 'macro F1 true classes', 'exact match'];
  const names = [
    'run',
    'seed',
    ...scores.map((name) => `${name}, lines`),
    ...scores.map((name) => `${name}, windows`),
  ];
  return {
    caption: 'Trials',
    columns: [
      ...['key', 'value', 'protocol'].map((name) => ({ name })),
      ...[...names, 'epochs', 'training seconds', 'milliseconds per line'].map(number),
    ],
    rows,
  };
}

const raw = (value: number): TableCell => ({ text: String(value), value });
