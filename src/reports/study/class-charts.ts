import { type Chart, drawChart } from '../chart.js';
import { classAccuracyChart } from '../charts/class-accuracy.js';
import { classGainChart } from '../charts/class-gain.js';
import { logDomain } from '../charts/scale.js';
import type { PaperClass, PaperResult } from '../paper-results.js';
import { classesOf, type StudyClass } from './classes.js';
import type { StudyView } from './view.js';

/** Accuracy against weight under each protocol, and what other values of the study change in each class. */
export async function drawClassCharts(view: StudyView, paper: PaperResult | null): Promise<Chart[]> {
  const { series, reference, points } = view;
  const name = points.find(({ point }) => point === reference)?.name ?? points[0]!.name;
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
          subtitle: `${name}; means over runs${marked.length > 0 ? '; outlined: classes that the paper names' : ''}`,
          marked: marked.map(({ text }) => text),
        }),
        `Points: accuracy of ${classes.length} classes against their weight, ${one.name}.`,
      ),
    );
  }
  for (const { point, name: other } of points.filter(
    ({ point }) => point !== reference && name !== undefined,
  )) {
    for (const { series: one, classes } of scored) {
      const changed = new Map(classesOf(view, point, one.protocol).map((own) => [own.text, own]));
      const rows = classes.flatMap(({ text, weight, recall, support }) => {
        const own = changed.get(text);
        return own ? [{ text, weight, support, change: own.recall - recall }] : [];
      });
      if (rows.length === 0 || other === name) continue;
      charts.push(
        await drawChart(
          `class-change-${slug(other)}-${one.protocol}`,
          classGainChart(rows, {
            domain,
            colour: one.colour,
            title: `What it changes: ${other}`,
            subtitle: `accuracy less that of ${name}, ${one.name}`,
          }),
          `Points: change of each class's accuracy with ${other}, ${one.name}.`,
        ),
      );
    }
  }
  return charts;
}

/** Whether a class of ours is one that the paper names. */
export function isClass(named: PaperClass, text: string): boolean {
  if (!text.startsWith(`${named.class} (`)) return false;
  return named.single === undefined || text.includes(named.single ? '(one' : '(many');
}

/** The classes of ours that the paper names. */
export function namedClasses(
  paper: PaperResult,
  classes: readonly StudyClass[],
): [PaperClass, StudyClass | null][] {
  return (paper.classes ?? []).map((named) => [
    named,
    classes.find(({ text }) => isClass(named, text)) ?? null,
  ]);
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
