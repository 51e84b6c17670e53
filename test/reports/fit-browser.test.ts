import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePaperReport } from '../../src/reports/write-paper-report.js';
import { writeReport } from '../../src/reports/write-report.js';
import { NO_BROWSER, openBrowser, overflowsOf } from '../browser.js';
import { temporaryFolders } from '../fixtures/dataset.js';
import { plausibleStudy, writeStudy } from '../fixtures/studies/plausible.js';

/** A4 between margins of 12 mm, px at 96 to the inch. */
const PAPER = 703;
const STUDIES = ['window-size', 'feature-ablation', 'k-fold', 'split', 'class-weight', 'optimizer'];

describe.skipIf(NO_BROWSER)('what a report shows fits', () => {
  const folders = temporaryFolders();
  const addresses = new Map<string, string>();
  let browser: Browser;
  beforeAll(async () => {
    const dir = folders.make();
    await cp(fileURLToPath(new URL('../fixtures/runs/pair', import.meta.url)), join(dir, 'pair'), {
      recursive: true,
    });
    for (const name of STUDIES) writeStudy(join(dir, name), await plausibleStudy(name));
    for (const name of ['pair', ...STUDIES])
      addresses.set(name, pathToFileURL((await writeReport(join(dir, name))).html).href);
    addresses.set('paper', pathToFileURL((await writePaperReport(dir)).html).href);
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    folders.clear();
  });

  describe.each(['pair', ...STUDIES, 'paper'])('on the page of %s', (name) => {
    it.each([
      ['a phone', 390, 'screen', 'light'],
      ['a tablet', 768, 'screen', 'light'],
      ['a laptop', 1280, 'screen', 'light'],
      ['a laptop in the dark', 1280, 'screen', 'dark'],
      ['a wide screen', 1920, 'screen', 'light'],
      ['A4 paper', PAPER, 'print', 'light'],
    ] as const)('on %s', async (_, width, media, colorScheme) => {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      await page.emulateMedia({ media, colorScheme });
      await page.goto(addresses.get(name)!);
      expect(await overflowsOf(page)).toEqual([]);
      await page.close();
    });
  });

  it('and the test finds a chart that does not', async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 900 } });
    await page.goto(addresses.get('pair')!);
    await page.evaluate(
      "Object.assign(document.querySelector('.on-phone svg').style, { maxWidth: 'none', width: '900px' })",
    );
    expect((await overflowsOf(page)).length).toBeGreaterThan(0);
    await page.close();
  });
});
