/**
 * Measures the page of contexts with very many of them, in Chromium: how soon it shows its list, and how long it takes to answer a person.
 *
 *     node scripts/chromium.mjs   # where there is none: npm test brings one
 *     npx tsx test/bench/page.ts [--contexts 100000] [--rounds 5] [--repeats 20] [--keep page.html]
 *
 * The contexts are those of first-light, found by rules, many times over: each time later, in other namespaces, by other people. An
 * interaction lasts from its event to the end of the frame that shows the answer. Written to results/reference/page.json.
 */
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import type { AuditEvent } from '../../src/audit/event.js';
import { loadResourceTable } from '../../src/audit/labels.js';
import { type LogLine, readAuditLog } from '../../src/audit/read.js';
import type { Context } from '../../src/contexts/context.js';
import { contextsOfLog } from '../../src/contexts/of-log.js';
import { writeContextsPage } from '../../src/contexts/page/write.js';
import { Rules } from '../../src/contexts/rules/rules.js';
import { ContextStream } from '../../src/contexts/stream.js';
import { writeFileAtomic } from '../../src/files/atomic.js';
import { openBrowser } from '../browser.js';

const { values } = parseArgs({
  options: {
    contexts: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '5' },
    repeats: { type: 'string', default: '20' },
    keep: { type: 'string' },
    out: { type: 'string', default: 'results/reference/page.json' },
  },
});
const LOG = 'datasets/first-light/audit.jsonl.gz';
const HOUR = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), 'page-bench-'));
const file = join(folder, 'page.html');

const events: LogLine[] = [];
for await (const line of readAuditLog(LOG)) events.push(line);
const stream = new ContextStream({ attributor: new Rules(), table: await loadResourceTable(), idle: 60e6 });
const own: Context[] = [];
for await (const context of contextsOfLog(
  (async function* () {
    yield* events;
  })(),
  stream,
  {},
))
  if (!context.background) own.push(context);
const counted = new Set(own.flatMap(({ lines }) => lines));
const total = Number(values.contexts);
const copies = Math.ceil(total / own.length);

/** The same text for another copy: its namespaces and people have other names. */
const renamed = (text: string, copy: number): string =>
  text.replaceAll('pl5b0', `p${copy % 211}`).replaceAll('kubernetes-admin', `person-${copy % 89}`);
const later = (time: string, copy: number): string =>
  new Date(Date.parse(time) + copy * HOUR).toISOString().replace('Z', '000Z');

/** Copies whose bodies the page has room for; later ones keep those that say of what an Event tells, and what was created. */
const WITH_BODIES = 60;
const texts = new Map<number, { whole: string; brief: string }>();
for (const { line, event } of events) {
  if (!event || !counted.has(line)) continue;
  const { requestObject: _, responseObject: __, ...rest } = event;
  const whole = JSON.stringify(event);
  const keeps = event.verb === 'create' && whole.length < 6000;
  texts.set(line, { whole, brief: keeps ? whole : JSON.stringify(rest) });
}

function eventOf(text: string, copy: number): AuditEvent {
  const event = JSON.parse(renamed(text, copy)) as AuditEvent;
  const { requestReceivedTimestamp, stageTimestamp, auditID } = event;
  return Object.assign(event, {
    auditID: `${auditID.slice(0, -6)}${String(copy).padStart(6, '0')}`,
    requestReceivedTimestamp: later(String(requestReceivedTimestamp), copy),
    stageTimestamp: later(String(stageTimestamp), copy),
  });
}

function contextOf(context: Context, copy: number): Context {
  const shift = copy * events.length;
  const copied = JSON.parse(renamed(JSON.stringify(context), copy)) as Context;
  return {
    ...copied,
    context: `c${Number(context.context.slice(1)) + shift}`,
    from: later(context.from, copy),
    to: later(context.to, copy),
    lines: context.lines.map((line) => line + shift),
    ...(context.causes
      ? { causes: context.causes.map((cause) => (cause === null ? null : cause + shift)) }
      : {}),
    trigger: {
      ...(eventOf(JSON.stringify(context.trigger), copy) as unknown as Context['trigger']),
      line: context.trigger.line + shift,
    },
  };
}

async function* lines(): AsyncGenerator<LogLine> {
  for (let copy = 0; copy < copies; copy++)
    for (const [line, { whole, brief }] of texts)
      yield {
        line: line + copy * events.length,
        text: '',
        event: eventOf(copy < WITH_BODIES ? whole : brief, copy),
      };
}

const contexts = Array.from({ length: total }, (_, i) =>
  contextOf(own[i % own.length]!, Math.floor(i / own.length)),
);
const lineCount = contexts.reduce((sum, one) => sum + one.lines.length, 0);
const writing = performance.now();
await writeContextsPage(file, {
  title: `${total} contexts`,
  note: 'for a measurement',
  counts: { lines: copies * events.length, counted: lineCount },
  contexts,
  lines: lines(),
});
const written = performance.now() - writing;
const bytes = statSync(file).size;
if (values.keep) copyFileSync(file, values.keep);
process.stderr.write(`${total} contexts, ${lineCount} lines, ${bytes} bytes, written in ${written} ms\n`);

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

const browser = await openBrowser();
const shown: number[] = [];
const painted: number[] = [];
const took: Record<string, number[]> = {};
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
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
    await page.waitForLoadState('load', { timeout: 120_000 });
    for (const [name, work] of Object.entries(INTERACTIONS)) {
      took[name] ??= [];
      await page.evaluate(typed(''));
      for (let i = 0; i < Number(values.repeats); i++) {
        took[name].push(await timed(page, work(i)));
        await page.waitForTimeout(20);
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
const about = (all: readonly number[]) => ({
  median: quantile(all, 0.5),
  p95: quantile(all, 0.95),
  max: Math.max(...all),
  n: all.length,
});
const result = {
  command: 'npx tsx test/bench/page.ts',
  machine: { cpu: cpus()[0]!.model, cores: cpus().length, node: process.version, browser: browser.version() },
  page: { contexts: total, lines: lineCount, bytes, writtenMs: written },
  firstPaintMs: about(painted),
  listMs: about(shown),
  interactionMs: {
    all: about(Object.values(took).flat()),
    ...Object.fromEntries(Object.entries(took).map(([name, all]) => [name, about(all)])),
  },
};
await writeFileAtomic(values.out, `${JSON.stringify(result, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
