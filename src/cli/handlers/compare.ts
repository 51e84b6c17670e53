import {
  type Comparison,
  comparePoints,
  compareStudies,
  compareWithBaseline,
  sharedProtocols,
} from '../../comparison/compare.js';
import { compareFolders } from '../../comparison/compare-folders.js';
import { readLineFindings } from '../../comparison/line-findings.js';
import { type Level, METRICS, type Metric } from '../../comparison/run-set.js';
import { AuditweaveError } from '../../errors.js';
import { findRuns } from '../../runs/find.js';
import { findPoint } from '../../studies/find-point.js';
import { isStudy, readStudy, type StudyResults } from '../../studies/read.js';
import { comparisonText, type FolderComparison, folderText, unitsText } from '../comparison-text.js';
import { print, printJson } from '../output.js';

export interface CompareArguments {
  first: string;
  second: string | undefined;
  a: string[] | undefined;
  b: string[] | undefined;
  metric: Metric | undefined;
  level: Level | undefined;
  json: boolean;
}

/** Does what `compare` is asked. */
export async function run(options: CompareArguments): Promise<void> {
  const { first, second, json } = options;
  const [a, b] = [await studyAt(first), second === undefined ? null : await studyAt(second)];
  if (!a && !b) return await compareRunFolders(options);
  if (!a || (second !== undefined && !b))
    throw new AuditweaveError(
      `compare: expected two studies or two runs, got a study and ${a ? second : first}.`,
      { hint: 'A study is a folder with study.json.' },
    );
  const asked = {
    metric: options.metric ?? a.study.report.metric,
    level: options.level ?? a.study.report.level,
    confidence: a.study.report.interval,
  };
  const comparisons = studyComparisons(a, b, options, asked);
  const units = b || options.a || options.b ? [] : ((await readLineFindings(a))?.differences ?? []);
  const byUnit = units.filter(({ less }) => less !== null);
  if (json) await printJson({ a: first, b: second ?? null, ...asked, comparisons, byUnit }, 2);
  else
    await print(
      `${comparisonText(comparisons, { ...asked, stale: (a.stale ?? 0) + (b?.stale ?? 0) })}${unitsText(byUnit)}`,
    );
}

async function studyAt(dir: string): Promise<StudyResults | null> {
  return (await isStudy(dir)) ? await readStudy(dir) : null;
}

function studyComparisons(
  a: StudyResults,
  b: StudyResults | null,
  { a: saidA, b: saidB }: CompareArguments,
  asked: { metric: Metric; level: Level; confidence: number },
): Comparison[] {
  if (!saidA && !saidB) {
    const comparisons = b ? compareStudies(a, b, asked) : compareWithBaseline(a, asked);
    if (comparisons.length > 0) return comparisons;
    throw new AuditweaveError(
      b
        ? `compare: expected ${a.study.name} and ${b.study.name} to share points and protocols, got none.`
        : `compare: expected ${a.study.name} to have a baseline and other points, got none.`,
      { hint: 'Name two points with --a and --b.' },
    );
  }
  const other = b ?? a;
  const pointA = findPoint(a, saidA ?? saidB!);
  const pointB = saidB ? findPoint(other, saidB) : b ? findPoint(b, saidA!) : a.study.baseline;
  if (!pointB)
    throw new AuditweaveError(`compare: expected --b, since ${a.study.name} has no baseline, got none.`, {
      hint: 'Name the other point with --b.',
    });
  return sharedProtocols(a, other).map((protocol) =>
    comparePoints(a, pointA, other, pointB, protocol, asked),
  );
}

async function compareRunFolders({
  first,
  second,
  metric,
  level,
  json,
  a,
  b,
}: CompareArguments): Promise<void> {
  if (second === undefined || a || b)
    throw new AuditweaveError(
      second === undefined
        ? `compare: expected a second folder, since ${first} is no study, got none.`
        : 'compare: expected --a and --b with studies, got them with runs.',
      { hint: 'compare results/A results/B' },
    );
  const asked = { metrics: metric ? [metric] : METRICS, level: level ?? ('lines' as const) };
  const found: FolderComparison[] = compareFolders(await findRuns(first), await findRuns(second), asked);
  if (json) await printJson({ a: first, b: second, level: asked.level, comparisons: found }, 2);
  else await print(folderText(found, { a: first, b: second, level: asked.level }));
}
