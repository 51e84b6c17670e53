import type { Table } from '../../../page/table.js';
import { count } from '../../format.js';
import { flatten } from '../../run/manifest.js';
import type { StudyView } from '../view.js';

/** Trials listed as missing; the others are counted. */
const LISTED = 40;

/** Trials by protocol: planned, done, failed, missing. */
export function countsTable({ series, cells, counts }: StudyView): Table {
  const columns = ['planned', 'done', 'failed', 'not run'];
  const rows = series.map(({ protocol, name }) => {
    const own = cells.filter((cell) => cell.protocol === protocol);
    const sum = (of: (cell: (typeof own)[number]) => number): number =>
      own.reduce((n, cell) => n + of(cell), 0);
    return [
      name,
      sum(({ planned }) => planned),
      sum(({ done }) => done.length),
      sum(({ failed }) => failed.length),
      sum(({ missing }) => missing.length),
    ] as const;
  });
  const all = ['all', counts.planned, counts.done, counts.failed, counts.missing] as const;
  return {
    caption: 'Trials by protocol',
    columns: [{ name: 'protocol' }, ...columns.map((name) => ({ name, kind: 'number' as const }))],
    rows: [...rows, ...(rows.length > 1 ? [all] : [])].map(([name, ...numbers]) => [
      name,
      ...numbers.map((value) => ({ text: count(value), value })),
    ]),
  };
}

/** Every trial that failed for good, and why. */
export function failuresTable({ cells }: StudyView): Table | null {
  const rows = cells.flatMap(({ name, failed }) =>
    failed.map(({ key, protocol, run, failure }) => [
      key,
      name,
      protocol,
      { text: String(run + 1), value: run + 1 },
      failure ?? 'no reason recorded',
    ]),
  );
  if (rows.length === 0) return null;
  return {
    caption: 'Trials that failed for good; no score counts them',
    columns: [
      { name: 'key', kind: 'code' },
      { name: 'value' },
      { name: 'protocol' },
      { name: 'run', kind: 'number' },
      { name: 'why' },
    ],
    rows,
  };
}

/** Trials without a record, in the order in which they will be run; null when there are none. */
export function missingTable({ study, records, points }: StudyView): Table | null {
  const known = new Set(records.map(({ key }) => key));
  const missing = study.trials.filter(({ key }) => !known.has(key));
  if (missing.length === 0) return null;
  const names = new Map(points.map(({ point, name }) => [JSON.stringify(point), name]));
  return {
    caption: `Trials not run, next ones first${missing.length > LISTED ? `; ${missing.length - LISTED} more follow` : ''}`,
    columns: [
      { name: 'key', kind: 'code' },
      { name: 'value' },
      { name: 'protocol' },
      { name: 'run', kind: 'number' },
    ],
    rows: missing
      .slice(0, LISTED)
      .map(({ key, point, protocol, run }) => [
        key,
        names.get(JSON.stringify(point)) ?? JSON.stringify(point),
        protocol,
        { text: String(run + 1), value: run + 1 },
      ]),
  };
}

/** What the study was made of: its question, dataset, settings, and what trials ran with. */
export function studyManifest({ study, timings, stale }: StudyView): Table {
  const { dataset, settings, report } = study;
  const distinct = (values: readonly string[]): string => [...new Set(values)].sort().join(', ') || '–';
  const rows = [...timings.values()];
  const versions = new Set(rows.flatMap(({ versions: own }) => Object.keys(own)));
  const facts: [string, string][] = [
    ['question', study.question],
    ['source', study.source],
    [
      'command',
      `npm run study -- experiments/${study.name.replace(/-paper$/, '')}.study.yaml${study.name.endsWith('-paper') ? ' --base paper' : ''}`,
    ],
    ['base settings', study.base],
    ['protocols', study.protocols.join(', ')],
    ['runs of each', count(study.runs)],
    ['score', `${report.metric}, ${report.level}`],
    ['dataset', `${dataset.name}, ${dataset.selection}, ${count(dataset.lines)} lines`],
    ['dataset sha256', dataset.sha256],
    ['seeds', distinct(study.trials.map(({ seed }) => String(seed)))],
    ['first trial', rows.map(({ finished }) => finished).sort()[0] ?? '–'],
    [
      'last trial',
      rows
        .map(({ finished }) => finished)
        .sort()
        .at(-1) ?? '–',
    ],
    ['commits', distinct(rows.map(({ commit }) => commit))],
    ...[...versions].map((name): [string, string] => [
      `version ${name}`,
      distinct(rows.flatMap(({ versions: own }) => own[name] ?? [])),
    ]),
    ...(stale > 0
      ? [
          ['rows left out', `${count(stale)}, of trials that the study does not ask for any more`] as [
            string,
            string,
          ],
        ]
      : []),
    ...flatten('', settings),
  ];
  return {
    caption: 'What was run, on what, with what; the settings are those that no value of the study changes',
    columns: [{ name: 'what', kind: 'code' }, { name: 'value' }],
    rows: facts.map(([name, value]) => [name, value]),
  };
}
