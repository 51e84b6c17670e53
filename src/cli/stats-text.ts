import type { DatasetStats, Spread } from '../dataset/stats.js';
import { fold } from './fold.js';
import { grid as plainGrid, textWidth } from './table.js';

/** A dataset's counts as text, for a terminal. */
export function renderStats(stats: DatasetStats): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const spread = ({ mean, median, p90, max }: Spread) =>
    `median ${median}, mean ${mean.toFixed(1)}, p90 ${p90}, max ${max}`;
  const lines = [
    `${stats.name}: ${stats.lines} lines that count (completed, the paper's filter), ${stats.contexts} contexts, ${stats.classes} classes`,
    `${stats.actions} commands of ${stats.distinctActions} distinct actions; ${percent(stats.background)} of the lines are background; ${stats.disputed} lines of all stages disputed`,
    '',
    ...grid([
      ['capture', 'lines', 'contexts', 'classes', 'background'],
      ...stats.captures.map(({ id, lines: count, contexts, classes, background }) => [
        id,
        String(count),
        String(contexts),
        String(classes),
        percent(background),
      ]),
    ]),
    '',
    `lines of a context (people's): ${spread(stats.linesPerContext)}`,
    `lines of a command:            ${spread(stats.linesPerAction)}`,
    '',
    "labels by mean lines of a context (the paper's Fig. 10: 45 % have 1–4)",
    ...grid(
      stats.clustering.map(({ from, to, labels, share }) => [
        `  ${from}${to === null ? ' and more' : `–${to - 1}`}`,
        String(labels),
        percent(share),
        '█'.repeat(Math.round(40 * share)),
      ]),
    ),
    '',
    ...grid([
      ['beside the paper', 'paper', 'here: median', 'mean', 'max', 'of'],
      ...stats.paper.map(({ what, paper, here }) => [
        what,
        String(paper),
        String(here.median),
        here.mean.toFixed(1),
        String(here.max),
        String(here.count),
      ]),
    ]),
  ];
  if (Object.keys(stats.folds).length)
    lines.push(
      '',
      ...grid([
        ['fold', 'train', 'validation', 'test', 'unseen classes', 'their lines'],
        ...Object.entries(stats.folds).map(([name, { train, validation, test, unseen }]) => [
          name,
          String(train),
          String(validation),
          String(test),
          String(unseen.classes),
          `${unseen.lines} (${percent(unseen.share)})`,
        ]),
      ]),
    );
  if (Object.keys(stats.agreement).length)
    lines.push(
      '',
      ...grid([
        ['rule', 'lines', 'with an opinion by time', 'agree'],
        ...Object.entries(stats.agreement).map(([rule, { lines: count, timed, agree }]) => [
          rule,
          String(count),
          String(timed),
          timed ? percent(agree / timed) : '',
        ]),
      ]),
    );
  lines.push(
    '',
    ...grid([
      ['largest classes', 'lines', 'contexts'],
      ...stats.classSizes
        .slice(0, 15)
        .map(({ text, lines: count, contexts }) => [text, String(count), String(contexts)]),
    ]),
  );
  return `${lines.flatMap((line) => (line.length > textWidth() ? fold(line, textWidth(), true) : [line])).join('\n')}\n`;
}

/** Columns as wide as they need to be; numbers to the right. */
function grid(rows: readonly (readonly string[])[]): string[] {
  const numeric = (column: number): boolean =>
    column > 0 && rows.slice(1).every((row) => /^[\d.]*( %)?( \(.*\))?$/.test(row[column] ?? ''));
  return plainGrid(rows, { right: numeric });
}
