import { type Compared, compareAll } from '../../comparison/against-baseline.js';
import type { ContextFindings } from '../../comparison/context-findings.js';
import type { LineFindings } from '../../comparison/line-findings.js';
import { type Measure, measureName } from '../../comparison/run-set.js';
import { type Cell, type ProtocolLeak, type StudySummary, summarize } from '../../comparison/summarize.js';
import type { BaselineName, Protocol } from '../../runs/record.js';
import { samePoint } from '../../studies/point.js';
import type { StudyResults } from '../../studies/read.js';
import type { Point } from '../../studies/record.js';
import { BASELINES } from '../drawing/levels.js';
import type { Series } from '../drawing/series.js';
import { PROTOCOL_COLOUR } from '../drawing/theme.js';

/** A protocol of a study, with what a page calls it. */
export interface StudySeries extends Series, ProtocolLeak {}

/** A study as its page shows it. */
export interface StudyView extends StudySummary {
  /** Every value against the study's baseline under one protocol, by the study's own measure or another; none without a baseline. */
  compared: (protocol: Protocol, measure?: Measure) => readonly Compared[];
  series: readonly StudySeries[];
  /** What the predicted lines of its trials say; null where none are recorded. */
  lines: LineFindings | null;
  /** How right the contexts are that follow from the labels of its trials; null where that was not looked at. */
  contexts: ContextFindings | null;
}

/** Sums up a study, and gives its protocols their names and colours. */
export function viewStudy(
  results: StudyResults,
  lines: LineFindings | null = null,
  contexts: ContextFindings | null = null,
): StudyView {
  const summary = summarize(results);
  const known = new Map<string, readonly Compared[]>();
  const compared = (measure: Measure): readonly Compared[] => {
    const name = measureName(measure);
    const all = known.get(name) ?? compareAll(summary, measure);
    known.set(name, all);
    return all;
  };
  return {
    ...summary,
    compared: (protocol, measure = results.study.report) =>
      compared(measure).filter(({ cell }) => cell.protocol === protocol),
    series: summary.protocols.map(seriesOf),
    lines,
    contexts,
  };
}

function seriesOf(leak: ProtocolLeak): StudySeries {
  const says = leak.verdict === 'leaks' ? ' (leaks)' : '';
  return { ...leak, name: `${leak.protocol} protocol${says}`, colour: PROTOCOL_COLOUR[leak.protocol] };
}

export const pointsOf = ({ points }: StudyView): Point[] => points.map(({ point }) => point);

/** What a page calls a protocol. */
export function seriesName({ series }: StudyView, protocol: Protocol): string {
  return series.find((one) => one.protocol === protocol)!.name;
}

/** What the bars of a chart are. */
export function withInterval({ study }: StudyView): string {
  return `mean over runs; bar: ${100 * study.report.interval} % interval`;
}

/** The name of the point where details are looked at. */
export function pointNameOf(view: StudyView): string {
  return view.points.find(({ point }) => samePoint(point, view.reference))?.name ?? '';
}

/** Baselines that the records of some cells have, in the order of charts and tables. */
export function baselineKeys(cells: readonly Cell[]): BaselineName[] {
  const results = cells.flatMap(({ done }) => done.map(({ result }) => result));
  return (Object.keys(BASELINES) as BaselineName[]).filter((key) =>
    results.some(({ baselines }) => baselines[key]),
  );
}
