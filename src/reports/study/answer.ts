import { count, percent, range, score, signed } from '../format.js';
import { classesOf, type StudyClass, weightCorrelation } from './classes.js';
import { compareWithReference } from './compare.js';
import { rankedOf } from './extremes.js';
import { metricName, pointNameOf, type StudySeries, type StudyView } from './view.js';

/**
 * The answer to a study's question in one sentence, made of its numbers: first what holds without a leak, then what the paper's
 * protocol says.
 */
export function answerOf(view: StudyView): string {
  const known = view.series.filter(({ protocol }) => rankedOf(view, protocol).length > 0);
  if (known.length === 0) return 'No trial has ended yet.';
  const clean = known.find(({ verdict }) => verdict === 'leak-free');
  const leaking = known.find(({ verdict }) => verdict === 'leaks');
  const parts = [clean, leaking].flatMap((series) =>
    series ? [`${introduce(series)} ${finding(view, series)}`] : [],
  );
  const text = parts.join('; ');
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

/** What a protocol alone says, for its card. */
export function findingOf(view: StudyView, series: StudySeries): string | null {
  if (rankedOf(view, series.protocol).length === 0) return null;
  const text = finding(view, series);
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

function introduce({ protocol, verdict, shared }: StudySeries): string {
  if (verdict === 'leaks')
    return `under the ${protocol} protocol, where training has seen ${percent(shared)} of the test lines,`;
  return `without a leak (${protocol} protocol)`;
}

function finding(view: StudyView, series: StudySeries): string {
  const { charts } = view.study.report;
  if (charts.includes('ablation-bars')) return ablationFinding(view, series);
  if (charts.includes('class-scatter')) return classFinding(view, series);
  return valueFinding(view, series);
}

function valueFinding(view: StudyView, { protocol }: StudySeries): string {
  const ranked = rankedOf(view, protocol);
  const best = ranked[0]!;
  const worst = ranked.at(-1)!;
  const name = metricName(view.study.report);
  const bounds = { value: best.score.mean, ...best.score, level: view.study.report.interval };
  const detail = Number.isFinite(best.score.low)
    ? `${percent(view.study.report.interval, 0)} interval ${range(bounds)}, ${best.score.n} runs`
    : runs(best.score.n);
  if (ranked.length === 1) return `${name} is ${score(best.score.mean)} at ${best.cell.name} (${detail})`;
  return `${name} is highest at ${best.cell.name} with ${score(best.score.mean)} (${detail}) and lowest at ${worst.cell.name} with ${score(worst.score.mean)}${told(view, series(view, protocol))}`;
}

const series = ({ series: all }: StudyView, protocol: string): StudySeries =>
  all.find((one) => one.protocol === protocol)!;

/** How many values are told apart from the study's baseline. */
function told(view: StudyView, { protocol }: StudySeries): string {
  const compared = compareWithReference(view, protocol);
  if (compared.length === 0) return '';
  const tested = compared.filter(({ verdict }) => verdict !== 'too few runs');
  if (tested.length === 0) return '';
  const differing = tested.filter(({ verdict }) => verdict !== 'no difference shown').length;
  return `; ${differing === 0 ? 'none' : differing} of ${tested.length} ${tested.length === 1 ? 'value differs' : 'values differ'} from ${pointNameOf(view)} by more than chance`;
}

function ablationFinding(view: StudyView, { protocol }: StudySeries): string {
  const compared = compareWithReference(view, protocol).toSorted((a, b) => a.mean - b.mean);
  if (compared.length === 0) return valueFinding(view, series(view, protocol));
  const [worst] = compared;
  const best = compared.at(-1)!;
  const tested = compared.filter(({ verdict }) => verdict !== 'too few runs');
  const of = (verdict: string): number => tested.filter((one) => one.verdict === verdict).length;
  const sure =
    tested.length > 0
      ? `; beyond chance ${of('worse')} of ${tested.length} are missed and ${of('better')} are better left out`
      : '';
  return `${metricName(view.study.report)} changes most ${worst!.cell.name}, by ${signed(worst!.mean)}, and gains most ${best.cell.name}, by ${signed(best.mean)}${sure}`;
}

function classFinding(view: StudyView, { protocol }: StudySeries): string {
  const classes = classesOf(view, view.reference, protocol);
  if (classes.length < 2) return valueFinding(view, series(view, protocol));
  const sorted = classes.toSorted((a, b) => a.weight - b.weight);
  const rare = sorted.slice(0, sorted.length >> 1);
  const frequent = sorted.slice(sorted.length >> 1);
  const correlation = weightCorrelation(classes);
  const others = view.points
    .filter(({ point }) => point !== view.reference)
    .flatMap(({ point, name }) => {
      const changed = new Map(classesOf(view, point, protocol).map((one) => [one.text, one]));
      const both = rare.filter(({ text }) => changed.has(text));
      if (both.length === 0 || name === pointNameOf(view)) return [];
      const gain = mean(both.map(({ text }) => changed.get(text)!)) - mean(both);
      return [`; ${name} changes the rarer half by ${signed(gain)}`];
    });
  return `the rarer half of ${count(classes.length)} classes (weight up to ${count(rare.at(-1)!.weight)}) has a mean accuracy of ${score(mean(rare))}, the other half ${score(mean(frequent))}${Number.isFinite(correlation) ? `; rank correlation of weight and accuracy ${signed(correlation, 2)}` : ''}${others.join('')}`;
}

const mean = (classes: readonly StudyClass[]): number =>
  classes.reduce((sum, { recall }) => sum + recall, 0) / classes.length;

const runs = (n: number): string => (n === 1 ? 'one run' : `${n} runs`);
