import { noiseOf } from '../../comparison/against-baseline.js';
import { classesOf, meanRecall, weightCorrelation, weightHalves } from '../../comparison/classes.js';
import { measureName, secondMeasure } from '../../comparison/run-set.js';
import { disagreements, rankedOf, type ScoredCell, secondOpinion } from '../../comparison/two-measures.js';
import { count, percent, range, score, signed } from '../format.js';
import { pointNameOf, type StudySeries, type StudyView } from './view.js';

/** The protocol that answers: the first whose test lines were not trained on, or else the first; null before any trial has ended. */
export function answeringSeries(view: StudyView): StudySeries | null {
  const known = view.series.filter(({ protocol }) => rankedOf(view, protocol).length > 0);
  return known.find(({ verdict }) => verdict === 'leak-free') ?? known[0] ?? null;
}

/** The answer to a study's question in a sentence made of its numbers, and where two measures differ on it in another. */
export function answerOf(view: StudyView): string {
  const series = answeringSeries(view);
  if (!series) return 'No trial has ended yet.';
  return `${under(series)} ${claimOf(view, series)}${measuresOf(view, series)}`;
}

/** What each protocol says, by the study's measure and by the second one; without those whose first trial has not ended. */
export function findingsOf(view: StudyView): { series: StudySeries; text: string }[] {
  return view.series.flatMap((series) =>
    rankedOf(view, series.protocol).length > 0
      ? [{ series, text: `${under(series)} ${claimOf(view, series)}${measuresOf(view, series)}` }]
      : [],
  );
}

/** Where the statement holds, with what training had seen of it. */
function under({ protocol, verdict, shared }: StudySeries): string {
  return verdict === 'leaks'
    ? `Under the ${protocol} protocol, where training has seen up to ${percent(shared)} of the test lines,`
    : `Under the ${protocol} protocol, no test line trained on,`;
}

function claimOf(view: StudyView, series: StudySeries): string {
  const second = secondOf(view, series);
  return `${finding(view, series, measureName(view.study.report))}${second}.`;
}

/** What the second measure says of the same ends, in half a sentence. */
function secondOf(view: StudyView, { protocol }: StudySeries): string {
  const opinion = secondOpinion(view, protocol);
  if (!opinion) return '';
  const { measure, highest, lowest, says } = opinion;
  const name = measureName(measure);
  if (says === 'same') return `; ${name} agrees on both`;
  const ends = `${name} is highest ${at(highest.cell)} (${score(highest.score.mean)}) and lowest ${at(lowest.cell)} (${score(lowest.score.mean)})`;
  return says === 'reversed' ? `; the measures disagree: ${ends}` : `; ${ends}`;
}

/** @example at({ name: 'W = 5' }), at({ name: 'without verb' }) // 'at W = 5', 'without verb' */
const at = ({ name }: { name: string }): string => (name.startsWith('without ') ? name : `at ${name}`);

/** The values that the two measures put on different sides of the baseline. */
function measuresOf(view: StudyView, { protocol }: StudySeries): string {
  const { report } = view.study;
  const second = secondMeasure(report);
  const rows = disagreements(view.compared(protocol), view.compared(protocol, second));
  if (rows.length === 0) return '';
  const named = rows.map(
    ({ first, second: other }) =>
      `${first.cell.name} (${signed(first.mean)}, ${first.verdict}, and ${signed(other.mean)}, ${other.verdict})`,
  );
  return ` Against ${pointNameOf(view)} ${measureName(report)} and ${measureName(second)} point opposite ways at ${named.join(', ')}.`;
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
  const compared = tested.length < ranked.length - 1 ? 'other values that can be compared' : 'other values';
  return `${ends}; ${differing === 0 ? 'none' : differing} of ${tested.length} ${compared} differ${differing === 1 ? 's' : ''} from ${pointNameOf(view)} by more than chance`;
}

function ablationFinding(view: StudyView, series: StudySeries, name: string): string {
  const compared = view
    .compared(series.protocol)
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
  const noise = noiseOf(compared);
  const beyond = compared.filter(
    ({ mean, control }) => !control && Math.abs(mean) > (noise ?? Infinity),
  ).length;
  const controlled =
    noise === null
      ? ''
      : `; leaving out a column that holds nothing moves it by up to ${score(noise)}, and ${count(beyond)} of ${count(compared.length)} features by more`;
  return `${name} moves most ${worst.cell.name} (${signed(worst.mean)}) and ${best.mean > 0 ? 'gains most' : 'loses least'} ${best.cell.name} (${signed(best.mean)})${sure}${controlled}`;
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
  view.compared(protocol).filter(({ verdict }) => verdict !== 'too few runs' && verdict !== 'not compared');

function withBounds(
  { study }: StudyView,
  { score: { n, mean: value, low, high, method } }: ScoredCell,
): string {
  const runs = n === 1 ? 'one run' : `${n} runs`;
  if (!Number.isFinite(low)) return `${score(value)} (${runs})`;
  const level = study.report.interval;
  return `${score(value)} (${percent(level, 0)} interval ${range({ value, low, high, level, n, method })}, ${runs})`;
}
