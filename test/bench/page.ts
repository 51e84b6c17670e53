/**
 * Measures the page of contexts with very many of them, in Chromium: how soon it shows its list, and how long it takes to answer a person.
 *
 *     npx tsx test/bench/page.ts [--contexts 100000] [--rounds 5] [--repeats 20] [--keep page.html] [--page page.html]
 *
 * The contexts are those of first-light, found by rules, many times over: each time later, in other namespaces, by other people. Needs a
 * Chromium, as the tests do. An interaction lasts from its event to the end of the frame that shows the answer; beside that stands what the
 * page's own thread worked for it, which does not depend on what else the machine does. Written to
 * test/bench/PAGE.md.
 *
 * @param --keep Where the page is kept, to be measured again with `--page`.
 */
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { CDPSession, Page } from 'playwright-core';
import { writeFileAtomic } from '../../src/files/atomic.js';
import { openBrowser } from '../browser.js';
import { writeLargePage } from './large-page.js';

const { values } = parseArgs({
  options: {
    contexts: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '5' },
    repeats: { type: 'string', default: '20' },
    keep: { type: 'string' },
    page: { type: 'string' },
    out: { type: 'string', default: 'test/bench/PAGE.md' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'page-bench-'));
const file = join(folder, 'page.html');

if (values.page) copyFileSync(values.page, file);
else await writeLargePage(file, Number(values.contexts));
const bytes = statSync(file).size;
if (values.keep) copyFileSync(file, values.keep);

/** Does something in the page, and gives the milliseconds until the frame after it is drawn. */
const timed = (page: Page, work: string): Promise<number> =>
  page.evaluate<number>(`new Promise((resolve) => {
    const start = performance.now();
    ${work};
    requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now() - start); port2.postMessage(0); });
  })`);

const typed = (text: string): string =>
  `{ const q = document.getElementById('query'); q.value = ${JSON.stringify(text)}; q.dispatchEvent(new InputEvent('input', { bubbles: true })); }`;
const INTERACTIONS: Record<string, (i: number) => string> = {
  'type a word': (i) => typed('deployment'.slice(0, 1 + (i % 10))),
  'ask an expression': (i) =>
    typed(
      `verb == "${['delete', 'patch', 'create'][i % 3]}" and lines > ${i} and namespace == regexp("^lab")`,
    ),
  'ask all lines': (i) => typed(`caused(resource == "pods" and verb == "create") and lines > ${i % 5}`),
  'choose a value': (i) =>
    `{ const all = document.querySelectorAll('.facet li button'); all[(${i} * 7) % all.length].click(); }`,
  scroll: (i) =>
    `{ const list = document.getElementById('list'); list.scrollTop = ((${i} * 7919) % 97) / 97 * list.scrollHeight; }`,
  'open a context': (i) =>
    `{ const rows = document.querySelectorAll('.row'); rows[${i} % rows.length].click(); }`,
  'complete a value': (i) => typed(`namespace == "lab-p${i}`),
  'brush the time line': (i) =>
    `{ const c = document.getElementById('timeline'); const box = c.getBoundingClientRect();
       const at = (type, x) => c.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 1, clientX: box.left + x, clientY: box.top + 20 }));
       c.setPointerCapture = () => {}; at('pointerdown', 100 + ${i}); at('pointermove', 300 + ${i} * 20); at('pointerup', 300 + ${i} * 20); }`,
  'history of an object': (i) =>
    `{ const all = document.querySelectorAll('.chips button:not(.more)'); if (all.length) all[${i} % all.length].click(); else document.querySelectorAll('.row')[${i}].click(); }`,
  sort: (i) => `document.querySelectorAll('[data-sort]')[${i} % 6].click()`,
};

/** Milliseconds that the page's own thread has worked. */
async function workOf(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
}

/** How fast the machine is by now. */
const LOOP = `(() => { const start = performance.now(); let x = 0;
  for (let i = 0; i < 5e7; i++) x = (x * 31 + i) | 0; return performance.now() - start; })()`;

const browser = await openBrowser();
const worked: Record<string, number[]> = {};
const opened: number[] = [];
const loops: number[] = [];
const shown: number[] = [];
const painted: number[] = [];
const took: Record<string, number[]> = {};
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(pathToFileURL(file).href, { waitUntil: 'commit' });
    await page.locator('.row').first().waitFor({ timeout: 120_000 });
    painted.push(
      await page.evaluate<number>(
        `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN`,
      ),
    );
    shown.push(
      await page.evaluate<number>(`performance.getEntriesByName('list')[0]?.startTime ?? performance.now()`),
    );
    opened.push(await workOf(session));
    await page.waitForLoadState('load', { timeout: 120_000 });
    await page.waitForTimeout(3000);
    loops.push(await page.evaluate<number>(LOOP));
    for (const [name, work] of Object.entries(INTERACTIONS)) {
      took[name] ??= [];
      worked[name] ??= [];
      await page.evaluate(typed(''));
      for (let i = 0; i < Number(values.repeats); i++) {
        const before = await workOf(session);
        took[name].push(await timed(page, work(i)));
        worked[name].push((await workOf(session)) - before);
      }
      await page.evaluate(`document.getElementById('reset').click()`);
    }
    await page.close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

const quantile = (all: readonly number[], share: number): number => {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
};
const brief = (all: readonly number[]): string =>
  [quantile(all, 0.5), quantile(all, 0.95)].map((one) => Math.round(one).toLocaleString('en')).join(' / ');
const rows = [
  ['first paint', brief(painted), ''],
  ['list is there', brief(shown), brief(opened)],
  ['all interactions', brief(Object.values(took).flat()), brief(Object.values(worked).flat())],
  ...Object.entries(took).map(([name, all]) => [name, brief(all), brief(worked[name]!)]),
];
const text = `# The page of contexts, with very many of them

${Number(values.contexts).toLocaleString('en')} contexts on a page of ${Math.round(bytes / 1e6)} MB, in Chromium ${browser.version()} without a window,
1280 pixels wide, on ${cpus().length} cores, ${cpus()[0]!.model}; ${values.rounds} openings, each interaction ${values.repeats} times in each. Milliseconds: the
median and the 95th percentile, until the frame that shows the answer is drawn, and what the page's own thread worked for it
(processor time). A loop of 50 million steps took the page ${Math.round(Math.min(...loops))} to ${Math.round(Math.max(...loops))} ms: the longer, the more others used the
machine, for which both columns are longer. Made by
\`npx tsx test/bench/page.ts\`.

| | median / p95 | work of the page's thread |
|---|---|---|
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`;
await writeFileAtomic(values.out, text);
process.stdout.write(text);
