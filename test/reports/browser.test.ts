import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '../../src/reports/write-report.js';
import { launchChromium, NO_BROWSER } from './chromium.js';

describe.skipIf(NO_BROWSER)('the report in a browser', () => {
  let browser: Browser;
  let address: string;
  beforeAll(async () => {
    const dir = join(await mkdtemp(join(tmpdir(), 'browser-')), 'pair');
    await cp(fileURLToPath(new URL('../fixtures/runs/pair', import.meta.url)), dir, { recursive: true });
    address = pathToFileURL((await writeReport(dir)).html).href;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });

  describe.each([1280, 390])('%d px wide', (width) => {
    let page: Page;
    const faults: string[] = [];
    const requests: string[] = [];
    beforeAll(async () => {
      page = await browser.newPage({ viewport: { width, height: 900 } });
      page.on('console', (message) => faults.push(message.text()));
      page.on('pageerror', (error) => faults.push(String(error)));
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(address);
    });
    afterAll(async () => {
      await page?.close();
    });

    it('asks for nothing but itself, and complains of nothing', () => {
      expect(requests).toEqual([address]);
      expect(faults).toEqual([]);
    });

    it('has its title, one main part, and a heading a section', async () => {
      expect(await page.title()).toBe('pair');
      expect(await page.locator('main').count()).toBe(1);
      expect(await page.locator('h2').allTextContents()).toEqual([
        'Results',
        'Leak',
        'Training',
        'Classes',
        'Manifest',
        'Files',
      ]);
    });

    it('shows every chart, named for readers who do not see it', async () => {
      const charts = await page.locator('figure svg[role="img"]').all();
      expect(charts).toHaveLength(10);
      for (const chart of charts) {
        const box = await chart.boundingBox();
        expect(box?.width).toBeGreaterThan(300);
        expect(box?.height).toBeGreaterThan(100);
        expect((await chart.getAttribute('aria-label'))?.length).toBeGreaterThan(20);
      }
    });

    it('is not wider than the window', async () => {
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(wide).toBeLessThanOrEqual(width);
    });

    it('shows the leak beside the leaking score', async () => {
      const badge = page.locator('article.paper .badge.leaks');
      expect(await badge.isVisible()).toBe(true);
    });
  });

  it('sorts classes by a click on a head, and the other way by another', async () => {
    const page = await browser.newPage();
    await page.goto(address);
    const table = page.locator('table[data-sortable]').first();
    const lines = async (): Promise<number[]> =>
      (await table.locator('tbody td:nth-child(6)').allTextContents()).map((text) =>
        Number(text.replace(',', '')),
      );
    const head = table.locator('thead th').nth(5);
    await head.locator('button').click();
    const down = await lines();
    expect(down).toEqual(down.toSorted((a, b) => b - a));
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    await head.locator('button').click();
    expect(await lines()).toEqual(down.toSorted((a, b) => a - b));
    await page.close();
  });
});
