import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Whether tests that look at pages are to be left out. */
export const NO_BROWSER = process.env.AUDITWEAVE_NO_BROWSER === '1';

/** Opens the Chromium of CHROMIUM_PATH, or of this machine, without a window. */
export function openBrowser(): Promise<Browser> {
  const named = process.env.CHROMIUM_PATH;
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const executablePath = [...(named ? [named] : []), ...places].find((path) => existsSync(path));
  if (!executablePath)
    throw new Error(
      'test: expected Chromium to look at a page with, got none.\n' +
        '  Hint: apt-get install chromium, or name one with CHROMIUM_PATH; AUDITWEAVE_NO_BROWSER=1 leaves this test out.',
    );
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  return chromium.launch({ executablePath, args });
}

/** An open page, with what it said on the console and what it asked for. */
export interface OpenPage {
  page: Page;
  faults: string[];
  requests: string[];
}

/** Opens a page in a window so many pixels wide. */
export async function openPage(browser: Browser, address: string, width: number): Promise<OpenPage> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const faults: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(address);
  return { page, faults, requests };
}

/** Sizes and names of a page's charts. */
export async function chartsOf(page: Page): Promise<{ width: number; height: number; label: string }[]> {
  const charts = await page.locator('figure svg[role="img"]:visible').all();
  return await Promise.all(
    charts.map(async (chart) => {
      const box = await chart.boundingBox();
      return {
        width: box?.width ?? 0,
        height: box?.height ?? 0,
        label: (await chart.getAttribute('aria-label')) ?? '',
      };
    }),
  );
}

/** Found in the page itself: what sticks out of its frame, in words. */
const OVERFLOWS = `(() => {
  const found = [];
  const says = (what, inner, outer) => {
    if (inner.width > 0 && (inner.right > outer.right + 1 || inner.left < outer.left - 1))
      found.push(what + ': ' + [inner.left, inner.right, outer.left, outer.right].map(Math.round).join(' '));
  };
  for (const svg of document.querySelectorAll('figure.chart svg')) {
    const figure = svg.closest('figure');
    const box = svg.getBoundingClientRect();
    if (box.width === 0) continue;
    says(figure.id, box, figure.getBoundingClientRect());
    for (const text of svg.querySelectorAll('text'))
      says(figure.id + ' ' + text.textContent, text.getBoundingClientRect(), box);
  }
  if (matchMedia('print').matches)
    for (const table of document.querySelectorAll('table'))
      says(table.caption.textContent, table.getBoundingClientRect(), table.parentElement.getBoundingClientRect());
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) found.push('the page: ' + scrollWidth + ' of ' + innerWidth);
  return found;
})()`;

/** Charts that are wider than their frames, their texts that are cut off, a page wider than its window, and in print wide tables. */
export async function overflowsOf(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(OVERFLOWS);
}

/** How many pixels wide a page is, be its window narrower. */
export async function widthOf(page: Page): Promise<number> {
  return await page.evaluate<number>('document.documentElement.scrollWidth');
}
