import { join } from 'node:path';
import { type Label, labelText } from '../audit/labels.js';
import { loadResourceTable, type ResourceTable } from '../audit/table.js';
import { readRows } from '../files/rows.js';
import type { ProgressSink } from '../progress.js';
import type { Agreement } from './agreement.js';
import { loadDataset } from './load.js';

/** How values are spread. */
export interface Spread {
  count: number;
  mean: number;
  median: number;
  p90: number;
  max: number;
}

export interface ClassSize {
  label: Label;
  text: string;
  lines: number;
  contexts: number;
}

export interface ActionSize {
  /** Id in the catalog, or the command itself. */
  action: string;
  commands: number;
  mean: number;
  max: number;
}

export interface PaperSize {
  what: string;
  paper: number;
  here: Spread;
}

/** What is in a dataset. Lines are those that count by default: completed, the paper's filter. */
export interface DatasetStats {
  name: string;
  lines: number;
  actions: number;
  distinctActions: number;
  contexts: number;
  classes: number;
  /** Share of lines that are the control plane's own work. */
  background: number;
  disputed: number;
  captures: { id: string; lines: number; contexts: number; classes: number; background: number }[];
  linesPerContext: Spread;
  linesPerAction: Spread;
  /** Lines of each command, in order. */
  commandLines: number[];
  /** Lines of a command by what it does, largest mean first. */
  actionSizes: ActionSize[];
  /** Labels by the mean number of lines that a context of theirs has: Fig. 10 from the truth. */
  clustering: { from: number; to: number | null; labels: number; share: number }[];
  classSizes: ClassSize[];
  folds: Record<string, FoldStats>;
  paper: PaperSize[];
  agreement: Agreement;
}

export interface FoldStats {
  train: number;
  validation: number;
  test: number;
  /** Test lines whose class training has not. */
  unseen: { classes: number; lines: number; share: number };
}

interface Fold {
  train: string[];
  validation: string[];
  test: string[];
}

const BINS = [1, 5, 10, 20, 50, 100] as const;

/**
 * Counts what is in a dataset.
 *
 * @throws {MismatchError} The dataset is damaged.
 * @example (await datasetStats('datasets/three-node')).linesPerContext.median
 */
export async function datasetStats(dir: string, sink?: ProgressSink): Promise<DatasetStats> {
  const table = await loadResourceTable();
  const data = await loadDataset(dir, { map: () => null, table, ...(sink ? { sink } : {}) });
  const manifest = data.manifest as (typeof data.manifest & { agreement?: Agreement }) | null;
  const actions = readRows<{ action?: string; argv: string[]; contexts: string[] }>(
    join(dir, 'actions.jsonl'),
  );
  const contexts = new Map<string, { label: Label; lines: number; background: boolean }>();
  for (const [i, name] of data.context.entries()) {
    if (name === null) continue;
    const known = contexts.get(name);
    if (known) known.lines++;
    else contexts.set(name, { label: data.label[i]!, lines: 1, background: data.background[i]! });
  }
  const user = [...contexts.values()].filter(({ background }) => !background);
  const commandLines = actions.map(({ contexts: own }) =>
    own.reduce((sum, name) => sum + (contexts.get(name)?.lines ?? 0), 0),
  );
  const kinds = actions.map(({ action, argv }) => action ?? argv.join(' '));
  const classSizes = sizesByClass(data.label, contexts, table);
  const total = data.label.length;
  const ids = [...new Set(data.capture)];
  return {
    name: data.name,
    lines: total,
    actions: actions.length,
    distinctActions: new Set(kinds).size,
    contexts: contexts.size,
    classes: classSizes.length,
    background: data.background.filter(Boolean).length / total,
    disputed: manifest?.counts.disputedLines ?? 0,
    captures: ids.map((id) => {
      const own = data.capture.flatMap((capture, i) => (capture === id ? [i] : []));
      return {
        id,
        lines: own.length,
        contexts: new Set(own.map((i) => data.context[i])).size,
        classes: new Set(own.map((i) => String(data.label[i]))).size,
        background: own.filter((i) => data.background[i]).length / own.length,
      };
    }),
    linesPerContext: spreadOf(user.map(({ lines }) => lines)),
    linesPerAction: spreadOf(commandLines),
    commandLines,
    actionSizes: sizesByAction(kinds, commandLines),
    clustering: clusteringOf(user),
    classSizes,
    folds: Object.fromEntries(
      Object.entries(manifest?.folds ?? {}).map(([name, fold]) => [name, foldStats(fold, data)]),
    ),
    paper: paperSizes(user, commandLines, table),
    agreement: manifest?.agreement ?? {},
  };
}

function sizesByClass(
  labels: readonly Label[],
  contexts: ReadonlyMap<string, { label: Label }>,
  table: ResourceTable,
): ClassSize[] {
  const sizes = new Map<string, ClassSize>();
  for (const label of labels) {
    const known = sizes.get(String(label));
    if (known) known.lines++;
    else sizes.set(String(label), { label, text: labelText(label, table), lines: 1, contexts: 0 });
  }
  for (const { label } of contexts.values()) sizes.get(String(label))!.contexts++;
  return [...sizes.values()].sort((a, b) => b.lines - a.lines);
}

function sizesByAction(kinds: readonly string[], lines: readonly number[]): ActionSize[] {
  const sizes = new Map<string, number[]>();
  for (const [i, kind] of kinds.entries()) {
    const own = sizes.get(kind);
    if (own) own.push(lines[i]!);
    else sizes.set(kind, [lines[i]!]);
  }
  return [...sizes]
    .map(([action, own]) => {
      const { count, mean, max } = spreadOf(own);
      return { action, commands: count, mean, max };
    })
    .sort((a, b) => b.mean - a.mean);
}

/** Mean lines of a context, label by label, in the bins of Fig. 10. */
function clusteringOf(contexts: readonly { label: Label; lines: number }[]): DatasetStats['clustering'] {
  const labels = new Map<string, { lines: number; contexts: number }>();
  for (const { label, lines } of contexts) {
    const known = labels.get(String(label)) ?? { lines: 0, contexts: 0 };
    labels.set(String(label), { lines: known.lines + lines, contexts: known.contexts + 1 });
  }
  const rates = [...labels.values()].map((one) => one.lines / one.contexts);
  return BINS.map((from, i) => {
    const to = BINS[i + 1] ?? null;
    const inside = rates.filter((rate) => rate >= from && (to === null || rate < to)).length;
    return { from, to, labels: inside, share: inside / Math.max(1, rates.length) };
  });
}

function foldStats(fold: Fold, data: { capture: string[]; label: Label[] }): FoldStats {
  const lines = (captures: readonly string[]) =>
    data.capture.flatMap((capture, i) => (captures.includes(capture) ? [i] : []));
  const known = new Set(lines(fold.train).map((i) => String(data.label[i])));
  const test = lines(fold.test);
  const unseen = test.filter((i) => !known.has(String(data.label[i])));
  return {
    train: lines(fold.train).length,
    validation: lines(fold.validation).length,
    test: test.length,
    unseen: {
      classes: new Set(unseen.map((i) => String(data.label[i]))).size,
      lines: unseen.length,
      share: unseen.length / Math.max(1, test.length),
    },
  };
}

/** The sizes that the paper gives, beside ours; 18,478 lines of 1,155 commands are 16 each, background among them. */
function paperSizes(
  contexts: readonly { label: Label; lines: number }[],
  commandLines: readonly number[],
  table: ResourceTable,
): PaperSize[] {
  const of = (group: string, resource: string, verb: string): number[] => {
    const entry = table.find(group, resource, null)!;
    const v = table.verbs.get(verb)!;
    return contexts
      .filter(({ label }) => label[0] === entry.r && label[1] === entry.s && label[2] === v && label[4] === 1)
      .map(({ lines }) => lines);
  };
  return [
    {
      what: 'further lines of a Deployment create',
      paper: 16,
      here: spreadOf(of('apps', 'deployments', 'create').map((lines) => lines - 1)),
    },
    {
      what: 'lines of a Namespace delete',
      paper: 136,
      here: spreadOf(of('', 'namespaces', 'delete')),
    },
    { what: 'lines of a command', paper: 16, here: spreadOf(commandLines) },
  ];
}

/** @example spreadOf([1, 2, 9]) // { count: 3, mean: 4, median: 2, p90: 9, max: 9 } */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return {
    count: sorted.length,
    mean: sorted.length ? sorted.reduce((a, b) => a + b, 0) / sorted.length : 0,
    median: at(0.5),
    p90: at(0.9),
    max: sorted.at(-1) ?? 0,
  };
}
