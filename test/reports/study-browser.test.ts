import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePaperReport } from '../../src/reports/write-paper-report.js';
import { writeReport } from '../../src/reports/write-report.js';
import { chartsOf, NO_BROWSER, type OpenPage, openBrowser, openPage, widthOf } from '../browser.js';
import { temporaryFolders } from '../fixtures/dataset.js';
import { plausibleStudy, writeStudy } from '../fixtures/studies/plausible.js';

describe.skipIf(NO_BROWSER)('reports of studies in a browser', () => {
  const folders = temporaryFolders();
  const addresses = new Map<string, string>();
  let browser: Browser;
  beforeAll(async () => {
    const dir = folders.make();
    for (const name of ['window-size', 'feature-ablation', 'k-fold', 'paper-configuration']) {
      writeStudy(join(dir, name), await plausibleStudy(name, name === 'k-fold' ? { trials: 40 } : {}));
      addresses.set(name, pathToFileURL((await writeReport(join(dir, name))).html).href);
    }
    addresses.set('paper', pathToFileURL((await writePaperReport(dir)).html).href);
    browser = await openBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    folders.clear();
  });

  const pages = ['window-size', 'feature-ablation', 'k-fold', 'paper'].flatMap((name) => [
    { name, width: 1280 },
    { name, width: 390 },
  ]);
  describe.each(pages)('$name, $width px wide', ({ name, width }) => {
    let opened: OpenPage;
    beforeAll(async () => {
      opened = await openPage(browser, addresses.get(name)!, width);
    });
    afterAll(async () => {
      await opened?.page.close();
    });

    it('asks for nothing but itself, complains of nothing, and fits the window', async () => {
      expect(opened.requests).toEqual([addresses.get(name)]);
      expect(opened.faults).toEqual([]);
      expect(await widthOf(opened.page)).toBeLessThanOrEqual(width);
    });

    it('has one main part, and shows every chart under a name', async () => {
      expect(await opened.page.locator('main').count()).toBe(1);
      const charts = await chartsOf(opened.page);
      expect(charts.length).toBeGreaterThanOrEqual(3);
      for (const chart of charts) {
        expect(chart.width).toBeGreaterThan(200);
        expect(chart.height).toBeGreaterThan(80);
        expect(chart.label.length).toBeGreaterThan(20);
      }
    });
  });

  it('leads from the page of all studies to each report', async () => {
    const { page } = await openPage(browser, addresses.get('paper')!, 1280);
    await page.locator('h3 a', { hasText: 'its report' }).first().click();
    expect(await page.title()).toBe('window-size');
    await page.close();
  });
});
