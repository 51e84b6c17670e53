import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { report } from '../../src/cli/commands/report.js';
import { renderPage } from '../../src/page/page.js';
import { nameRuns } from '../../src/reports/drawing/series.js';
import { type WrittenReport, writeReport } from '../../src/reports/write-report.js';
import { readRun, writeMetrics, writeRun } from '../../src/runs/record.js';

const PAIR = fileURLToPath(new URL('../fixtures/runs/pair', import.meta.url));
const copy = async (): Promise<string> => {
  const dir = join(await mkdtemp(join(tmpdir(), 'report-')), 'pair');
  await cp(PAIR, dir, { recursive: true });
  return dir;
};

describe('the report of two runs', () => {
  let dir: string;
  let written: WrittenReport;
  let page: string;
  beforeAll(async () => {
    dir = await copy();
    written = await writeReport(dir);
    page = await readFile(written.html, 'utf8');
  });

  it('stands beside the runs, with charts and tables in their folders', async () => {
    expect((await readdir(dir)).sort()).toEqual(['blocked', 'charts', 'paper', 'report.html', 'tables']);
    expect((await readdir(join(dir, 'charts'))).filter((name) => name.endsWith('.svg')).sort()).toEqual([
      'class-accuracy-blocked.svg',
      'class-accuracy-paper.svg',
      'comparison.svg',
      'confusion-blocked.svg',
      'confusion-paper.svg',
      'leak.svg',
      'loss-blocked.svg',
      'loss-paper.svg',
      'scores-blocked.svg',
      'scores-paper.svg',
    ]);
    expect(written.charts).toHaveLength(30);
    expect((await readdir(join(dir, 'tables'))).sort()).toEqual([
      'classes-blocked.csv',
      'classes-paper.csv',
      'confusions-blocked.csv',
      'confusions-paper.csv',
      'history-blocked.csv',
      'history-paper.csv',
      'leak.csv',
      'manifest.csv',
      'scores.csv',
    ]);
  });

  it('links to files that exist', async () => {
    const links = [...page.matchAll(/href="(?!#)([^"]*)"/g)].map(([, href]) => href!);
    expect(links.length).toBeGreaterThan(30);
    await Promise.all(links.map((href) => readFile(join(dir, href))));
  });

  it('names no address outside', () => {
    expect(page).not.toMatch(/https?:|\/\/[a-z]|url\(|@import|<link|<img|<iframe|<object/i);
  });

  it('forbids every request, and allows its own style and script alone', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!;
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]+='; script-src 'sha256-[A-Za-z0-9+/]+='; base-uri 'none'; form-action 'none'$/,
    );
    expect(page).not.toMatch(/ style="| on[a-z]+="/);
  });

  it('puts the leak beside the score of the paper protocol', () => {
    const cards = page.match(/<article class="card .*?<\/article>/gs)!;
    expect(cards).toHaveLength(2);
    expect(cards[0]).toContain('<span class="badge leaks">leaks</span>');
    expect(cards[0]).toContain('99.98 % of its test lines were in training windows');
    expect(cards[1]).toContain('<span class="badge state">shares no line</span>');
  });

  it('says each headline with interval, lines and classes', () => {
    expect(page).toContain('95 % interval 0.688–0.749 · n = 459 test lines of 69 classes');
  });

  it('is the same bytes when written again', async () => {
    await writeReport(dir);
    expect((await readFile(written.html, 'utf8')) === page).toBe(true);
  });
});

describe('the report of one run', () => {
  let dir: string;
  beforeEach(async () => {
    dir = join(await copy(), 'blocked');
  });

  it('shows that run alone', async () => {
    const { html, charts } = await writeReport(dir);
    expect(await readFile(html, 'utf8')).toContain('<title>blocked</title>');
    expect(charts).toHaveLength(18);
  });

  it('shows hostile names as text', async () => {
    const { run, metrics } = await readRun(dir);
    const evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
    await writeRun(dir, { ...run, command: evil, commit: evil, settings: { [evil]: [evil] } });
    await writeMetrics(dir, {
      ...metrics!,
      classes: metrics!.classes.map((row, i) => (i < 3 ? { ...row, recall: 0, text: `${evil}${i}` } : row)),
      confusion: [{ truth: `${evil}0`, predicted: `${evil}1`, count: 40 }, ...metrics!.confusion],
    });
    const page = await readFile((await writeReport(dir)).html, 'utf8');
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('is written while the run goes on, without scores', async () => {
    const { run } = await readRun(dir);
    await writeRun(dir, { ...run, status: 'running' });
    await writeFile(join(dir, 'metrics.json'), '');
    const page = await readFile((await writeReport(dir)).html, 'utf8');
    expect(page).toContain('The test part has not been scored yet.');
    expect(page).toContain('<span class="badge state">running</span>');
  });
});

describe('a report that cannot be written', () => {
  const message = async (dir: string): Promise<string> =>
    writeReport(dir).then(
      () => 'no error',
      (error: Error) => String(error).replaceAll(dir, 'RUN'),
    );

  it('says that the folder is not there', async () => {
    expect(await message('results/no-such-run')).toBe(
      'studies: RUN: expected a folder of a study or of runs, got no such folder.\n' +
        '  Hint: Name a folder that `train` or `study` has written, such as results/reference/window-size.',
    );
  });

  it('says what is there instead of a run', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'report-'));
    expect(await message(dir)).toContain(
      'expected study.json, or run.json there or in a folder below, got an empty folder.',
    );
    await mkdir(join(dir, 'notes'));
    expect(await message(dir)).toContain('got only notes.');
  });

  it('names file and line of a broken record, and writes nothing', async () => {
    const dir = await copy();
    const path = join(dir, 'paper', 'history.jsonl');
    const rows = (await readFile(path, 'utf8')).split('\n');
    rows[4] = rows[4]!.replace('"loss"', '"lost"');
    await writeFile(path, rows.join('\n'));
    expect(await message(dir)).toContain(
      'studies: RUN/paper/history.jsonl:5: expected the record to have loss, got',
    );
    expect((await readdir(dir)).sort()).toEqual(['blocked', 'paper']);
  });
});

describe('the names of runs', () => {
  it('say the folder too when a protocol occurs twice', async () => {
    const run = await readRun(join(PAIR, 'blocked'));
    const named = nameRuns([
      { ...run, dir: 'results/a/first' },
      { ...run, dir: 'results/a/second' },
    ]);
    expect(named.map(({ series }) => series.name)).toEqual([
      'first: blocked protocol',
      'second: blocked protocol',
    ]);
    expect(named.map(({ slug }) => slug)).toEqual(['first-blocked', 'second-blocked']);
    expect(new Set(named.map(({ series }) => series.colour)).size).toBe(2);
  });
});

describe('the report command', () => {
  it('prints the paths as JSON', async () => {
    const dir = await copy();
    const printed: string[] = [];
    const write = process.stdout.write;
    process.stdout.write = ((text: string) => printed.push(text) > 0) as typeof write;
    try {
      await report.handler({
        ...{ _: [], $0: '', folder: dir, json: true },
        ...{ paper: false, dataset: undefined, out: undefined, updateReference: false },
      });
    } finally {
      process.stdout.write = write;
    }
    expect(JSON.parse(printed.join('')).html).toBe(join(dir, 'report.html'));
  });
});

describe('a page of other content', () => {
  it('needs a title and sections only', () => {
    const page = renderPage({ title: 'A & B', sections: [] });
    expect(page).toContain('<title>A &amp; B</title>');
    expect(page).toContain('<h1>A &amp; B</h1>');
  });
});
