import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '../../src/reports/write-report.js';
import { chartsOf, NO_BROWSER, openBrowser, openPage, widthOf } from '../browser.js';

describe.skipIf(NO_BROWSER)('the report in a browser', () => {
  let browser: Browser;
  let address: string;
  beforeAll(async () => {
    const dir = join(await mkdtemp(join(tmpdir(), 'browser-')), 'pair');
    await cp(fileURLToPath(new URL('../fixtures/runs/pair', import.meta.url)), dir, { recursive: true });
    address = pathToFileURL((await writeReport(dir)).html).href;
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });

  describe.each([1280, 390])('%d px wide', (width) => {
    let page: Page;
    let faults: string[];
    let requests: string[];
    beforeAll(async () => {
      ({ page, faults, requests } = await openPage(browser, address, width));
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
      const charts = await chartsOf(page);
      expect(charts).toHaveLength(10);
      for (const chart of charts) {
        expect(chart.width).toBeGreaterThan(300);
        expect(chart.height).toBeGreaterThan(100);
        expect(chart.label.length).toBeGreaterThan(20);
      }
    });

    it('is not wider than the window', async () => {
      expect(await widthOf(page)).toBeLessThanOrEqual(width);
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
