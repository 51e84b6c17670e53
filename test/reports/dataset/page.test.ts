import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datasetStats } from '../../../src/dataset/stats.js';
import { writeDatasetPage } from '../../../src/reports/dataset/page.js';
import { chartsOf, NO_BROWSER, openBrowser, openPage, widthOf } from '../../browser.js';
import { jsonLines, smallLog, temporaryFolders, writeDataset } from '../../fixtures/dataset.js';

describe.skipIf(NO_BROWSER)('the page of a dataset in a browser', () => {
  const folders = temporaryFolders();
  let browser: Browser;
  let address: string;
  beforeAll(async () => {
    const dir = writeDataset(folders.make(), smallLog({ captures: ['a', 'b', 'c'] }), {
      folds: { default: { train: ['a'], validation: ['b'], test: ['c'] } },
    });
    const action = { id: 'a-1', action: 'deployments/create', argv: [], contexts: ['a-000001'] };
    writeFileSync(join(dir, 'actions.jsonl'), jsonLines([action]));
    const file = join(dir, 'page.html');
    await writeDatasetPage(file, await datasetStats(dir));
    address = pathToFileURL(file).href;
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    folders.clear();
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

    it('has its title and a heading a section', async () => {
      expect(await page.title()).toBe('small');
      expect(await page.locator('h2').allTextContents()).toEqual([
        'Captures',
        'Contexts',
        'Actions',
        'Classes',
        'Folds',
        'Ground truth',
      ]);
    });

    it('shows every chart, named for readers who do not see it', async () => {
      const charts = await chartsOf(page);
      expect(charts).toHaveLength(5);
      for (const chart of charts) {
        expect(chart.width).toBeGreaterThan(300);
        expect(chart.height).toBeGreaterThan(80);
        expect(chart.label.length).toBeGreaterThan(20);
      }
    });

    it('is not wider than the window', async () => {
      expect(await widthOf(page)).toBeLessThanOrEqual(width);
    });
  });

  it('sorts captures by a click on a head', async () => {
    const page = await browser.newPage();
    await page.goto(address);
    const table = page.locator('table[data-sortable]').first();
    await table.locator('thead th').nth(1).locator('button').click();
    expect(await table.locator('thead th').nth(1).getAttribute('aria-sort')).toBe('descending');
    await page.close();
  });
});
