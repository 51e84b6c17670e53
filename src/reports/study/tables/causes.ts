import { type DoneTrial, summaryOf } from '../../../comparison/summarize.js';
import type { Table, TableCell } from '../../../page/table.js';
import type { CausePart } from '../../../runs/record.js';
import { count, percent, rangeText } from '../../format.js';
import type { StudyView } from '../view.js';
import { number, rowsByCell, summaryCell } from './scores.js';

/** Which part of the test lines: of a capture or of all, of all kinds or of what was withheld. */
type Part = Pick<CausePart, 'capture' | 'people' | 'kubernetes' | 'withheld'>;

/** How right the causes are that the trials name, as tables; none where they name none. */
export function causeTables(view: StudyView): { name: string; table: Table }[] {
  const parts = partsOf(view);
  if (parts.length === 0) return [];
  return [
    { name: 'causes', table: causesTable(view, parts) },
    { name: 'context-sizes', table: sizesTable(view) },
    { name: 'risk', table: riskTable(view, parts) },
  ];
}

/** The parts that any record has, in their order. */
function partsOf({ cells }: StudyView): Part[] {
  const known = new Map<string, Part>();
  for (const { done } of cells)
    for (const { result } of done)
      for (const { capture, people, kubernetes, withheld } of result.causes ?? []) {
        const part = {
          ...(capture === undefined ? {} : { capture }),
          ...(people === undefined ? {} : { people }),
          ...(kubernetes === undefined ? {} : { kubernetes }),
          withheld,
        };
        known.set(`${withheld} ${capture}`, part);
      }
  return [...known.values()].sort((a, b) => Number(a.withheld) - Number(b.withheld));
}

/** The scores of a part that a trial has. */
const scoresOf = ({ result }: DoneTrial, { capture, withheld }: Part): CausePart['scores'] | null =>
  result.causes?.find((one) => one.capture === capture && one.withheld === withheld)?.scores ?? null;

const SCORES: readonly [string, (scores: CausePart['scores']) => number][] = [
  ['right label', ({ label }) => label],
  ['macro F1, true classes', ({ macroF1 }) => macroF1.truth],
  ['macro F1, strict', ({ macroF1 }) => macroF1.strict],
  ['right trigger', ({ trigger }) => trigger],
  ['B-cubed F1', ({ contexts }) => contexts.bCubed.f1],
  ['exact, precision', ({ contexts }) => contexts.exact.precision],
  ['exact, recall', ({ contexts }) => contexts.exact.recall],
  ['exact, F1', ({ contexts }) => contexts.exact.f1],
  ['CEAF-e F1', ({ contexts }) => contexts.ceafE.f1],
  ['ARI', ({ contexts }) => contexts.ari],
  ['V-measure', ({ contexts }) => contexts.vMeasure.v],
  ['one-to-one', ({ contexts }) => contexts.oneToOne],
];

function causesTable(view: StudyView, parts: readonly Part[]): Table {
  return {
    caption: `Causes and contexts, mean ± standard deviation over runs; below ${100 * view.study.report.interval} % intervals (Student’s t over runs)`,
    grouped: true,
    columns: [...VALUE, { name: 'capture' }, number('lines'), ...SCORES.map(([name]) => number(name))],
    rows: parts.flatMap((part) =>
      rowsByCell(view, (cell) => {
        const of = (value: (scores: CausePart['scores']) => number) =>
          summaryOf(view.study, cell, (trial) => valued(scoresOf(trial, part), value));
        const { n, mean } = of(({ lines }) => lines);
        if (n === 0) return [];
        return [[captureCell(part), whole(mean), ...SCORES.map(([, value]) => summaryCell(of(value)))]];
      }),
    ),
  };
}

/** Exact contexts by the size of the true one, all captures together. */
function sizesTable(view: StudyView): Table {
  const all: Part = { withheld: false };
  return {
    caption:
      'Contexts by the lines of the true one, all captures together, mean ± standard deviation over runs',
    grouped: true,
    columns: [...VALUE, { name: 'lines' }, number('contexts'), number('found exactly'), number('B-cubed F1')],
    rows: rowsByCell(view, (cell) => {
      const [first] = cell.done.flatMap((trial) => scoresOf(trial, all) ?? []);
      return (first?.contexts.bySize ?? []).map(({ from, to, clusters }) => {
        const of = (value: (size: Size) => number) =>
          summaryOf(view.study, cell, (trial) => {
            const sizes = scoresOf(trial, all)?.contexts.bySize;
            return valued(sizes?.find((one) => one.from === from) ?? null, value);
          });
        const [exact, bCubed] = [of((size) => size.exact), of((size) => size.bCubed.f1)];
        return [rangeText(from, to), whole(clusters), summaryCell(exact), summaryCell(bCubed)];
      });
    }),
  };
}

function riskTable(view: StudyView, parts: readonly Part[]): Table {
  const shares = [1, 0.99, 0.98, 0.95, 0.9, 0.8];
  return {
    caption:
      'Wrong causes among the lines that are answered when the least sure are not, mean ± standard deviation over runs',
    grouped: true,
    columns: [
      ...VALUE,
      { name: 'capture' },
      ...shares.map((share) => number(share === 1 ? 'all answered' : `${percent(share, 0)} or more`)),
    ],
    rows: parts.flatMap((part) =>
      rowsByCell(view, (cell) => {
        const cells = shares.map((share) =>
          summaryOf(view.study, cell, (trial) => {
            // Of the steps that answer enough, the one that answers least.
            const steps = scoresOf(trial, part)?.risk.filter(({ coverage }) => coverage >= share - 1e-12);
            return steps?.at(-1)?.risk ?? null;
          }),
        );
        return cells[0]!.n === 0 ? [] : [[captureCell(part), ...cells.map((one) => summaryCell(one))]];
      }),
    ),
  };
}

type Size = CausePart['scores']['contexts']['bySize'][number];

const VALUE = [{ name: 'protocol' }, { name: 'value' }];

const valued = <T>(of: T | null, value: (of: T) => number): number | null => (of ? value(of) : null);

function captureCell({ capture, people, kubernetes, withheld }: Part): TableCell {
  const about = [people === undefined ? null : `${people} people`, kubernetes ?? null].filter(
    (one) => one !== null,
  );
  return {
    text: `${capture ?? 'all'}${withheld ? ' (withheld kinds alone)' : ''}`,
    ...(about.length > 0 ? { note: about.join(', ') } : {}),
  };
}

const whole = (value: number): TableCell => ({ text: count(value), value });
