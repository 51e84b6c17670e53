import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** A score in prose: `.848`, `−.081`; not a version, a file's ending or a part of a longer number. */
const SCORES = /(?<![\d.\w])[+−±-]?\.\d{2,4}(?![\d\w]|\.\d)/g;

const scoresIn = (text: string): string[] =>
  [...text.matchAll(SCORES)].map(([found]) => found.replace(/^[+−±-]/, ''));

/** A percentage with a decimal, as a share: `27.8 %` is `.278`. One of whole percents is near too many numbers to say anything. */
const sharesIn = (text: string): string[] =>
  [...text.matchAll(/(?<![\d.,])(\d{1,3}\.\d)(?= %)/g)].map(([, found]) =>
    (Number(found) / 100).toFixed(3).replace(/^0/, ''),
  );

/** A count of a thousand or more, as in `18,478`; a round one is said by the way. */
const countsIn = (text: string): string[] =>
  [...text.matchAll(/(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])/g)]
    .map(([found]) => found.replaceAll(',', ''))
    .filter((count) => !count.endsWith('00'));

/** Every number that a record or its report shows, charts left out, as texts of two, three and four digits. */
function recorded(path: string): Set<string> {
  const found = new Set<string>();
  for (const file of filesOf(path)) {
    const text = readFileSync(file, 'utf8')
      .replace(/<(svg|style|script)[\s\S]*?<\/\1>/g, ' ')
      .replace(/<[^>]*>/g, ' ');
    for (const [number] of text.matchAll(/\d*\.\d+(?:e-?\d+)?/g))
      for (const digits of [2, 3, 4]) {
        const value = Number(number);
        // A number that was rounded before may be rounded up or down.
        for (const near of [value, value - 5e-5, value + 5e-5])
          found.add(Math.abs(near).toFixed(digits).replace(/^0/, ''));
        if (value > 1) for (const share of [value / 100]) found.add(share.toFixed(digits).replace(/^0/, ''));
      }
    for (const [number] of text.matchAll(/(?<![\d.])\d{1,3}(?:,\d{3})+|\d{4,}(?![.\d])/g))
      found.add(number.replaceAll(',', ''));
  }
  return found;
}

/** A record's own files: a JSON file, or a folder's report, tables and findings. */
function filesOf(path: string): string[] {
  if (statSync(path).isFile() && !path.endsWith('report.html')) return [path];
  const dir = path.endsWith('report.html') ? dirname(path) : path;
  const names = readdirSync(dir);
  const tables = names.includes('tables') ? readdirSync(join(dir, 'tables')) : [];
  return [
    ...names.filter((name) => ['report.html', 'lines.json'].includes(name)).map((name) => join(dir, name)),
    ...tables
      .filter((name) => !/^(trials|classes|confusions|history)/.test(name))
      .map((name) => join(dir, 'tables', name)),
  ];
}

const log = readFileSync('experiments/LOG.md', 'utf8');
const [, ...days] = log.split(/^## (?=\d{4})/m);
const findings = days.flatMap((day) =>
  day
    .split(/^### /m)
    .slice(1)
    .map((text) => ({ date: day.slice(0, 10), title: text.split('\n')[0]!, text })),
);

/** Findings that hold beside numbers of records that were replaced since: what came before them, or of other settings. */
const BESIDE_OLDER: readonly string[] = [
  'Side by side, with crops at W = 10',
  'One trial at W = 30 beside Keras again',
  'The latest fast leaves Figure 8 as it was',
  'What crops gain is the leak’s',
  'Fast with these settings is better than before in each of 21 cells',
  'Under blocked the paper’s own configuration is not shown to be better than fast',
  'A single run moves by a change of rounding',
  'A fourth epoch takes the spread out of blocked at W = 30',
];
/** Findings that hold, and whose records are those that are there now. */
const standing = findings.filter(
  ({ date, title, text }) =>
    date >= '2026-11-26' && !/^- Verdict: superseded/m.test(text) && !BESIDE_OLDER.includes(title),
);

describe('numbers in the log', () => {
  it.each(standing.map(({ title }) => title))('of “%s” are in its records', (title) => {
    const { text } = standing.find((one) => one.title === title)!;
    const link = /^- Records: \[[^\]]+\]\(([^)#]+)[^)]*\)/m.exec(text)?.[1];
    if (!link) return;
    const paths = [...text.matchAll(/\]\((\.\.\/(?:results|test)\/[^)#]+)/g)].map((match) =>
      join('experiments', match[1]!),
    );
    // A record of JSON is drawn on the page of the paper, beside the paper's own numbers.
    if (link.endsWith('.json')) paths.push('results/reference/paper', 'experiments/paper-results.yaml');
    const known = new Set([...paths, ...othersIn(text)].flatMap((path) => [...recorded(path)]));
    expect(
      [...scoresIn(text), ...sharesIn(text), ...countsIn(text)].filter((one) => !known.has(one)),
    ).toEqual([]);
  });
});

/** Studies that a finding names, beside the record that it links to. */
function othersIn(text: string): string[] {
  const names = readdirSync('results/reference').filter((name) => !name.includes('.'));
  return names
    .filter((name) => name !== 'paper' && new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text))
    .map((name) => join('results/reference', name))
    .filter((path) => existsSync(join(path, 'report.html')));
}

/** Numbers that standing findings state, each of which is in its record. */
const found = new Set(
  standing.flatMap(({ text }) => [...scoresIn(text), ...sharesIn(text), ...countsIn(text)]),
);

/** What a paragraph may say: what the records that it links to or names hold; where it has none, or refers to the log, what findings state. */
function sayable(paragraph: string, from: string): Set<string> {
  const links = [...paragraph.matchAll(/\]\(([^)#]+)/g)].map((match) => join(dirname(from), match[1]!));
  const records = links.filter(
    (path) =>
      existsSync(path) &&
      (/^results\/reference\/./.test(path) || /\/(card\.md|manifest\.json|PROCEDURE\.md)$/.test(path)),
  );
  const paths = [...records, ...othersIn(paragraph)];
  const log = paths.length === 0 || links.some((path) => path.endsWith('LOG.md'));
  return new Set([...(log ? found : []), ...paths.flatMap((path) => [...recorded(path)])]);
}

describe('numbers in prose', () => {
  it.each(['README.md', 'results/README.md', 'docs/reforms.md', 'docs/leakage.md'])(
    'of %s that no script wrote are in a record, or in a finding that has one',
    (file) => {
      const prose = readFileSync(file, 'utf8').replace(/<!-- \w[\w-]*:begin[\s\S]*?:end -->/g, '');
      const paragraphs = prose
        .replace(/```[\s\S]*?```|^ {4}.*$/gm, '')
        .split(/\n{2,}|\n(?=\|)/)
        .map((text) => text.trim());
      const wrong = paragraphs.flatMap((text) => {
        const said = [...scoresIn(text), ...sharesIn(text), ...countsIn(text)];
        const known = said.length > 0 ? sayable(text, file) : found;
        return said.filter((one) => !known.has(one)).map((one) => `${one}: ${text.slice(0, 60)}`);
      });
      expect(wrong).toEqual([]);
    },
  );

  it('would be missed if they were made up', () => {
    const known = recorded('results/reference/window-size/report.html');
    expect(known.has('.364')).toBe(true);
    const made = Array.from({ length: 1000 }, (_, i) => `.${String(i).padStart(3, '0')}`);
    expect(made.filter((score) => known.has(score)).length).toBeLessThan(600);
    expect(made.filter((score) => found.has(score)).length).toBeLessThan(500);
    expect(known.has('18478')).toBe(true);
    expect(known.has('18479')).toBe(false);
    expect(sharesIn('27.8 % of 100 %, 5 to 51 %, 1.25 %')).toEqual(['.278']);
    expect(countsIn('18,478 of 54,193 and about 10,000 lines, 1,2 and 0.1,234')).toEqual(['18478', '54193']);
    expect(scoresIn('from .98 to −.081 and .364, not 1.25 or v0.1.0 or .json')).toEqual([
      '.98',
      '.081',
      '.364',
    ]);
  });
});
