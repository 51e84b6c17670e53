import { classesOf, type StudyClass } from '../../../comparison/classes.js';
import type { PaperClass, PaperResult } from '../../../comparison/paper-results.js';
import { samePoint } from '../../../studies/point.js';

import { classAccuracyChart } from '../../charts/class-accuracy.js';
import { classGainChart } from '../../charts/class-gain.js';
import { type Chart, drawChart } from '../../drawing/chart.js';
import { logDomain } from '../../drawing/scale.js';
import { pointNameOf, type StudySeries, type StudyView } from '../view.js';

/** Accuracy against weight under each protocol, and what other values of the study change in each class. */
export async function drawClassCharts(view: StudyView, paper: PaperResult | null): Promise<Chart[]> {
  const { series, reference } = view;
  const name = pointNameOf(view);
  const scored = series.flatMap((one) => {
    const classes = classesOf(view, reference, one.protocol);
    return classes.length > 0 ? [{ series: one, classes }] : [];
  });
  const domain = logDomain(scored.flatMap(({ classes }) => classes.map(({ weight }) => weight)));
  const charts: Chart[] = [];
  for (const { series: one, classes } of scored) {
    const marked = classes.filter(({ text }) => paper?.classes?.some((named) => isClass(named, text)));
    charts.push(
      await drawChart(
        `class-accuracy-${one.protocol}`,
        classAccuracyChart(classes, {
          domain,
          colour: one.colour,
          title: `Class accuracy against weight: ${one.name}`,
          subtitle: `${name}; means over runs${marked.length > 0 ? '; ringed: named by the paper' : ''}`,
          marked: marked.map(({ text }) => text),
        }),
        `Points: accuracy of ${classes.length} classes against their weight, ${one.name}.`,
      ),
      ...(await changes(view, one, classes, domain)),
    );
  }
  return charts;
}

/** What each other value of the study changes in the accuracy of the classes. */
async function changes(
  view: StudyView,
  series: StudySeries,
  classes: readonly StudyClass[],
  domain: readonly [number, number],
): Promise<Chart[]> {
  const charts: Chart[] = [];
  for (const { point, name } of view.points) {
    if (samePoint(point, view.reference)) continue;
    const changed = new Map(classesOf(view, point, series.protocol).map((one) => [one.text, one]));
    const rows = classes.flatMap(({ text, weight, recall }) => {
      const own = changed.get(text);
      return own ? [{ text, weight, change: own.recall - recall }] : [];
    });
    if (rows.length === 0) continue;
    charts.push(
      await drawChart(
        `class-change-${slug(name)}-${series.protocol}`,
        classGainChart(rows, {
          domain,
          colour: series.colour,
          title: `What it changes: ${name}`,
          subtitle: `accuracy less that of ${pointNameOf(view)}, ${series.name}`,
          height: 358,
        }),
        `Points: change of each class's accuracy with ${name}, ${series.name}.`,
      ),
    );
  }
  return charts;
}

/** Whether a class of ours is one that the paper names. */
export function isClass(named: PaperClass, text: string): boolean {
  if (!text.startsWith(`${named.class} (`)) return false;
  return named.single === undefined || text.includes(named.single ? '(one' : '(many');
}

/** The classes of ours that the paper names; of several of a name, as `create pods` of one pod and of many, the one that is there most. */
export function namedClasses(
  paper: PaperResult,
  classes: readonly StudyClass[],
): [PaperClass, StudyClass | null][] {
  return (paper.classes ?? []).map((named) => [
    named,
    classes.filter(({ text }) => isClass(named, text)).sort((a, b) => b.weight - a.weight)[0] ?? null,
  ]);
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
