import type { Table } from '../../page/table.js';
import type { ReportedRun } from '../drawing/series.js';
import { bytes, count, duration } from '../format.js';

/**
 * All that a run was made of, a column a run: command, settings, seeds, commit, dataset, versions, machine. Settings are
 * named by their path, as `--set` takes them.
 */
export function manifestTable(runs: readonly ReportedRun[]): Table {
  const columns = runs.map(facts);
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  return {
    caption: 'What was run, on what, with what',
    columns: [{ name: 'what', kind: 'code' }, ...runs.map(({ series }) => ({ name: series.name }))],
    rows: names.map((name) => [name, ...columns.map((column) => column.get(name) ?? '–')]),
  };
}

function facts({ run, metrics }: ReportedRun): Map<string, string> {
  const { dataset, machine } = run;
  return new Map([
    ['command', run.command],
    ['created', run.created],
    ['status', run.status],
    ['commit', run.commit],
    ['dataset', `${dataset.name}, ${count(dataset.lines)} lines`],
    ['dataset sha256', dataset.sha256],
    ...flatten('dataset', dataset.counts),
    ...flatten('seed', run.seeds),
    ...flatten('', run.settings),
    ['parameters', count(run.parameters)],
    ['epochs', `${count(run.epochs)}, kept: ${run.bestEpoch > 0 ? run.bestEpoch : 'none'}`],
    ['training time', duration(run.seconds)],
    [
      'inference',
      metrics ? `${metrics.inference.millisecondsPerLine.toPrecision(3)} ms per line` : 'not scored',
    ],
    ...flatten('version', run.versions),
    ['machine', `${machine.cpu}, ${machine.cores} cores, ${bytes(machine.memoryBytes)}`],
    ['device', machine.gpu ? `${machine.device}, ${machine.gpu}` : machine.device],
  ]);
}

export function flatten(path: string, value: unknown): [string, string][] {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    const separator = ['seed', 'version', 'dataset'].includes(path) ? ' ' : '.';
    return Object.entries(value).flatMap(([key, child]) =>
      flatten(path ? `${path}${separator}${key}` : key, child),
    );
  }
  if (Array.isArray(value))
    return [[path, value.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))).join(', ')]];
  return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
}
