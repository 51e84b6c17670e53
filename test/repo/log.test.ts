import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const text = readFileSync('experiments/LOG.md', 'utf8');
const [head, ...days] = text.split(/^## (?=\d{4})/m);
const findings = days.flatMap((day) => day.split(/^### /m).slice(1));
const titleOf = (finding: string): string => finding.split('\n')[0]!;
const titles = findings.map(titleOf);

describe('the log', () => {
  it('begins with what we believe now, in ten lines at most', () => {
    const [title, , believed, , ...lines] = head!.split('\n');
    expect([title, believed]).toEqual(['# Log', '## What we believe now']);
    expect(lines.indexOf('')).toBeGreaterThan(3);
    expect(lines.indexOf('')).toBeLessThanOrEqual(10);
  });

  it('has the newest day first', () => {
    const dates = days.map((day) => day.slice(0, 10));
    expect(dates).toEqual(dates.toSorted().reverse());
  });

  it('names each finding once', () => {
    expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
    expect(titles.length).toBeGreaterThan(70);
  });

  it.each(titles)('says of “%s” what was asked, how, what was found, and what became of it', (title) => {
    const [, body] = findings[titles.indexOf(title)]!.split(/\n\n([\s\S]*)/);
    const fields = [...body!.matchAll(/^- (\w+): (.*(?:\n {2}.*)*)/gm)];
    expect(fields.map(([, name]) => name)).toEqual(['Question', 'Setting', 'Found', 'Verdict', 'Records']);
    const verdict = fields[3]![2]!.replace(/\n\s+/g, ' ');
    const later = /^superseded by “(.+)”$/.exec(verdict)?.[1];
    if (later === undefined) expect(['positive', 'negative']).toContain(verdict);
    else expect(titles.slice(0, titles.indexOf(title))).toContain(later);
    const records = fields[4]![2]!;
    const link = /^\[[^\]]+\]\(([^)]+)\)$/.exec(records)?.[1];
    expect(records === 'none kept' || existsSync(join('experiments', link ?? 'none'))).toBe(true);
  });
});
