import { compareWithReference } from '../../comparison/against-baseline.js';
import { classesOf, meanRecall, weightCorrelation, weightHalves } from '../../comparison/classes.js';
import { metricName } from '../../comparison/run-set.js';
import { capital, count, percent, range, score, signed } from '../format.js';
import { rankedOf, type ScoredCell } from './extremes.js';
import { pointNameOf, type StudySeries, type StudyView } from './view.js';

/**
 * The answer to a study's question in one sentence, made of its numbers: first what holds without a leak, then what the paper's
 * protocol says.
 */
export function answerOf(view: StudyView): string {
  const known = view.series.filter(({ protocol }) => rankedOf(view, protocol).length > 0);
  if (known.length === 0) return 'No trial has ended yet.';
  const clean = known.find(({ verdict }) => verdict === 'leak-free');
  const leaking = known.find(({ verdict }) => verdict === 'leaks');
  const name = metricName(view.study.report);
  const parts = [
    clean && `without a leak (${clean.protocol} protocol) ${finding(view, clean, name)}`,
    leaking &&
      `under the ${leaking.protocol} protocol, where training has seen up to ${percent(leaking.shared)} of the test lines, ${finding(view, leaking, clean ? 'it' : name)}`,
  ];
  return `${capital(parts.filter((part) => part !== undefined).join('; '))}.`;
}

/** What a protocol alone says; null before its first trial has ended. */
export function findingOf(view: StudyView, series: StudySeries): string | null {
  if (rankedOf(view, series.protocol).length === 0) return null;
  return `${capital(finding(view, series, metricName(view.study.report)))}.`;
}

/** @param name What the score is called in the sentence. */
function finding(view: StudyView, series: StudySeries, name: string): string {
  const { charts } = view.study.report;
  if (charts.includes('ablation-bars')) return ablationFinding(view, series, name);
  if (charts.includes('class-scatter')) return classFinding(view, series, name);
  return valueFinding(view, series, name);
}

function valueFinding(view: StudyView, { protocol }: StudySeries, name: string): string {
  const ranked = rankedOf(view, protocol);
  const best = ranked[0]!;
  const worst = ranked.at(-1)!;
  if (ranked.length === 1) return `${name} is ${withBounds(view, best)} at ${best.cell.name}`;
  const ends = `${name} is highest at ${best.cell.name} with ${withBounds(view, best)} and lowest at ${worst.cell.name} with ${score(worst.score.mean)}`;
  const tested = testedOf(view, protocol);
  if (tested.length === 0) return ends;
  const differing = tested.filter(({ verdict }) => verdict !== 'no difference shown').length;
  return `${ends}; ${differing === 0 ? 'none' : differing} of ${tested.length} other values differ${differing === 1 ? 's' : ''} from ${pointNameOf(view)} by more than chance`;
}

function ablationFinding(view: StudyView, series: StudySeries, name: string): string {
  const compared = compareWithReference(view, series.protocol)
    .filter(({ mean }) => Number.isFinite(mean))
    .toSorted((a, b) => a.mean - b.mean);
  if (compared.length === 0) return valueFinding(view, series, name);
  const worst = compared[0]!;
  const best = compared.at(-1)!;
  const tested = testedOf(view, series.protocol);
  const of = (verdict: string): number => tested.filter((one) => one.verdict === verdict).length;
  const sure =
    tested.length > 0
      ? `; beyond chance, ${of('worse') || 'none'} of ${tested.length} features ${of('worse') === 1 ? 'is' : 'are'} missed and ${of('better') || 'none'} better left out`
      : '';
  return `${name} moves most ${worst.cell.name} (${signed(worst.mean)}) and ${best.mean > 0 ? 'gains most' : 'loses least'} ${best.cell.name} (${signed(best.mean)})${sure}`;
}

function classFinding(view: StudyView, series: StudySeries, name: string): string {
  const classes = classesOf(view, view.reference, series.protocol);
  if (classes.length < 2) return valueFinding(view, series, name);
  const [rare, frequent] = weightHalves(classes);
  const correlation = weightCorrelation(classes);
  const ranks = Number.isFinite(correlation)
    ? ` (rank correlation of weight and accuracy ${signed(correlation, 2)})`
    : '';
  const others = view.points.flatMap(({ point, name: other }) => {
    const changed = new Map(classesOf(view, point, series.protocol).map((one) => [one.text, one]));
    const both = rare.filter(({ text }) => changed.has(text));
    if (both.length === 0 || other === pointNameOf(view)) return [];
    const gain = meanRecall(both.map(({ text }) => changed.get(text)!)) - meanRecall(both);
    return [`; ${other} moves the rarer half by ${signed(gain)}`];
  });
  return `the rarer half of ${count(classes.length)} classes (weight up to ${count(rare.at(-1)!.weight)}) has a mean accuracy of ${score(meanRecall(rare))}, the other half ${score(meanRecall(frequent))}${ranks}${others.join('')}`;
}

const testedOf = (view: StudyView, protocol: StudySeries['protocol']) =>
  compareWithReference(view, protocol).filter(
    ({ verdict }) => verdict !== 'too few runs' && verdict !== 'not compared',
  );

function withBounds(
  { study }: StudyView,
  { score: { n, mean: value, low, high, method } }: ScoredCell,
): string {
  const runs = n === 1 ? 'one run' : `${n} runs`;
  if (!Number.isFinite(low)) return `${score(value)} (${runs})`;
  const level = study.report.interval;
  return `${score(value)} (${percent(level, 0)} interval ${range({ value, low, high, level, n, method })}, ${runs})`;
}
