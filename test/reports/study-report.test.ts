import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writePaperReport } from '../../src/reports/write-paper-report.js';
import { writeReport } from '../../src/reports/write-report.js';
import { temporaryFolders } from '../fixtures/dataset.js';
import { type PlausibleOptions, plausibleStudy, writeStudy } from '../fixtures/studies/plausible.js';
import { doubleIds, linksOf, nestingFaults, outsideReferences } from './html.js';

const folders = temporaryFolders();
afterAll(folders.clear);

/** Writes the report of made-up records, and reads its page. */
async function reportOf(name: string, options: PlausibleOptions = {}) {
  const dir = join(folders.make(), name);
  const made = await plausibleStudy(name, options);
  writeStudy(dir, made);
  const written = await writeReport(dir);
  return { dir, made, written, page: readFileSync(written.html, 'utf8') };
}

/** A table of a report: a row an object, by its heads. */
function csv(file: string): Record<string, string>[] {
  const [head, ...rows] = readFileSync(file, 'utf8')
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/));
  return rows.map((row) => Object.fromEntries(head!.map((name, i) => [name, row[i]!])));
}

const STUDIES = [
  'window-size',
  'split',
  'k-fold',
  'class-weight',
  'feature-ablation',
  'optimizer',
  'encoder',
  'pointer-ablation',
];

describe.each(STUDIES)('the report of %s', (name) => {
  it.each([
    ['finished', {}],
    ['begun, with failures', { trials: 7, failEvery: 3 }],
    ['not begun', { trials: 0 }],
  ])('is one sound page that needs nothing else: %s', async (_, options) => {
    const { dir, page } = await reportOf(name, options);
    expect(nestingFaults(page)).toEqual([]);
    expect(doubleIds(page)).toEqual([]);
    expect(outsideReferences(page)).toEqual([]);
    expect(page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '')).not.toMatch(
      /NaN|undefined|\[object|Infinity/,
    );
    const links = linksOf(page);
    expect(links.length).toBeGreaterThan(5);
    await Promise.all(links.map((href) => readFile(join(dir, href))));
  });
});

describe('a study’s report', () => {
  it('says how right causes are, by capture and of what was withheld', async () => {
    const { dir, made } = await reportOf('pointer-ablation');
    const table = (name: string) => csv(join(dir, 'tables', `${name}.csv`));
    const [first] = made.study.points;
    const own = made.records.filter(({ point }) => JSON.stringify(point) === JSON.stringify(first!.point));
    const labels = own.map(({ result }) => result!.causes![0]!.scores.label);
    const rows = table('causes').filter(({ value }) => value === 'base settings');
    expect(rows.map(({ capture }) => capture)).toEqual(['all', 'x1', 'x2', 'all (withheld kinds alone)']);
    const mean = labels.reduce((sum, label) => sum + label, 0) / labels.length;
    expect(Number(rows[0]!['right label'])).toBeCloseTo(mean, 9);
    expect(Number(rows[3]!['right label'])).toBeCloseTo(mean / 2, 9);
    const sizes = table('context-sizes').filter(({ value }) => value === 'base settings');
    expect(sizes.map(({ lines, contexts }) => [lines, contexts])).toEqual([
      ['1', '30'],
      ['100 and more', '30'],
    ]);
    expect(Number(table('risk')[0]!['all answered'])).toBeCloseTo(1 - mean, 9);
  });

  it('is the same bytes when written again', async () => {
    const { dir, page } = await reportOf('class-weight');
    const again = await writeReport(dir);
    expect(readFileSync(again.html, 'utf8') === page).toBe(true);
  });

  it('removes what only the one before had, and nothing of others', async () => {
    const { dir, written } = await reportOf('window-size', { trials: 7 });
    const missing = join(dir, 'tables', 'missing.csv');
    const own = join(dir, 'tables', 'own.csv');
    expect(written.tables).toContain(missing);
    writeFileSync(own, 'mine\n');
    writeStudy(dir, await plausibleStudy('window-size'));
    const { tables, charts } = await writeReport(dir);
    expect(existsSync(missing)).toBe(false);
    expect(existsSync(own)).toBe(true);
    expect([...tables, ...charts].filter((path) => !existsSync(path))).toEqual([]);
  });

  it('gives mean, standard deviation and interval of the runs', async () => {
    const { dir, made } = await reportOf('window-size');
    const scores = made.records
      .filter(({ point, protocol }) => point['window.size'] === 60 && protocol === 'capture')
      .map(({ result }) => result!.lines.macroF1.strict.value);
    expect(scores).toHaveLength(5);
    const mean = scores.reduce((sum, score) => sum + score, 0) / 5;
    const sd = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / 4);
    const half = (2.7764451051977934 * sd) / Math.sqrt(5); // Student's t, 4 degrees of freedom
    const page = readFileSync(join(dir, 'report.html'), 'utf8');
    expect(page).toContain(`${mean.toFixed(4)} ± ${sd.toFixed(4)}`);
    expect(page).toContain(`${(mean - half).toFixed(4)}–${(mean + half).toFixed(4)}`);
  });

  it('puts the paper’s numbers beside ours, and says where they lie', async () => {
    const { dir } = await reportOf('window-size');
    const row = csv(join(dir, 'tables', 'paper-macroF1.csv')).find(({ value }) => value === 'W = 60')!;
    expect(row['K8NTEXT (20 runs)']).toBe('0.982');
    const page = readFileSync(join(dir, 'report.html'), 'utf8');
    const more = Number(row['paper protocol (leaks)']) - 0.982;
    expect(more).toBeLessThan(-0.01);
    expect(page).toContain(`ours lower, −${Math.abs(more).toFixed(4)}`);
    const spec = (name: string): string => readFileSync(join(dir, 'charts', `${name}.vl.json`), 'utf8');
    expect(spec('paper-metric-by-value')).toContain('"K8NTEXT (mean ± sd)"');
    expect(spec('metric-by-value')).not.toContain('K8NTEXT');
  });

  it('says what has not run and what has failed, and why', async () => {
    const { page } = await reportOf('window-size', { trials: 7, failEvery: 3 });
    expect(page).toContain('5 of 105 trials are done, 98 were not run');
    expect(page).toContain('the process was killed three times (SIGKILL)');
  });

  it('says that a protocol leaks wherever it is named', async () => {
    const { page } = await reportOf('split');
    expect(page).toContain('paper protocol (leaks)');
    expect(page).toContain('<span class="badge leaks">leaks</span>');
    expect(page).toContain('<span class="badge state">shares no line</span>');
  });
});

describe('the report of all studies', () => {
  it('has every table and figure of the paper, and says which have no records', async () => {
    const dir = folders.make();
    for (const name of ['window-size', 'split', 'class-weight'])
      writeStudy(join(dir, name), await plausibleStudy(name));
    writeStudy(join(dir, 'paper-configuration'), await plausibleStudy('paper-configuration'));
    mkdirSync(join(dir, 'not-a-study'));
    const { html } = await writePaperReport(dir);
    const page = readFileSync(html, 'utf8');
    expect([nestingFaults(page), doubleIds(page), outsideReferences(page)]).toEqual([[], [], []]);
    for (const href of linksOf(page)) await readFile(join(dir, 'paper', href));
    const missing = page.slice(page.indexOf('No records yet'));
    for (const title of ['Features', 'k-fold', 'Clustering', 'Queries'])
      expect(missing).toContain(`<li>${title} [`);
    expect(missing).not.toContain('<li>Split [');
    const sizes = csv(join(dir, 'paper', 'tables', 'summary.csv')).filter((row) =>
      row['table or figure']!.startsWith('Window size'),
    );
    expect(sizes.map(({ configuration }) => configuration)).toEqual(['fast', 'paper']);
    for (const row of sizes) expect(Number(row['paper (leaks)'])).toBeGreaterThan(0);
    const rows = csv(join(dir, 'paper', 'tables', 'configurations.csv'));
    expect(rows.map(({ score, protocol, value }) => `${score}, ${protocol}, ${value}`)).toEqual(
      expect.arrayContaining([
        'the paper’s measure (strict macro F1 by window), paper protocol (leaks), W = 60',
        'strict macro F1 by line, paper protocol (leaks), W = 60',
        'exact match by line, paper protocol (leaks), W = 60',
      ]),
    );
    expect((await writePaperReport(dir)).html).toBe(html);
    expect(readFileSync(html, 'utf8') === page).toBe(true);
  });

  it('says what was not run with the paper’s own configuration', async () => {
    const dir = folders.make();
    for (const name of ['window-size', 'paper-configuration', 'split', 'feature-ablation'])
      writeStudy(join(dir, name), await plausibleStudy(name));
    await writePaperReport(dir);
    const page = readFileSync(join(dir, 'paper', 'report.html'), 'utf8');
    expect(page).toContain('Features, Split: run with other configurations than the paper’s own alone');
    expect(page).toMatch(
      /Features, fast configuration: words, no numbers\.<\/strong> objectRef\.namespace: among/,
    );
    expect(page).toMatch(/of \d other values that can be compared differ/);
  });

  it('counts the paper’s numbers that lie in our intervals', async () => {
    const dir = folders.make();
    const made = await plausibleStudy('window-size');
    for (const { point, protocol, run, result } of made.records)
      if (point['window.size'] === 60 && protocol === 'paper')
        result!.windows.macroF1.strict.value = 0.982 + 0.005 * (run - 2);
    writeStudy(join(dir, 'window-size'), made);
    await writePaperReport(dir);
    const [row] = csv(join(dir, 'paper', 'tables', 'inside.csv'));
    expect(row).toMatchObject({
      configuration: 'fast',
      'paper (leaks)': '1',
      blocked: '0',
      capture: '0',
    });
    expect(readFileSync(join(dir, 'paper', 'report.html'), 'utf8')).toContain('1 of 7');
  });

  it('puts protocols of one configuration that are studies of their own into one row', async () => {
    const dir = folders.make();
    for (const name of ['paper-configuration', 'paper-capture'])
      writeStudy(join(dir, name), await plausibleStudy(name));
    await writePaperReport(dir);
    const rows = csv(join(dir, 'paper', 'tables', 'summary.csv')).filter(
      ({ configuration }) => configuration === 'paper',
    );
    expect(rows).toHaveLength(1);
    for (const protocol of ['paper (leaks)', 'blocked', 'capture'])
      expect(Number(rows[0]![protocol])).toBeGreaterThan(0);
    // Two studies that share a protocol stay apart.
    writeStudy(join(dir, 'again'), await plausibleStudy('paper-capture'));
    await writePaperReport(dir);
    const apart = csv(join(dir, 'paper', 'tables', 'summary.csv')).map(({ configuration }) => configuration);
    expect(apart).toContain('paper (paper-capture)');
    expect(apart).toContain('paper (again)');
  });

  it('asks for a study where there is none', async () => {
    await expect(writePaperReport(folders.make())).rejects.toThrow(
      'expected a study in a folder below, got none',
    );
    await expect(writePaperReport(join(folders.make(), 'none'))).rejects.toThrow('got no such folder');
  });
});
