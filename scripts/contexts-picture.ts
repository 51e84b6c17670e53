/**
 * Draws the pictures of the README: the page of contexts as it is in Chromium, with one context open, light and dark.
 *
 *     npx tsx scripts/contexts-picture.ts
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openBrowser } from '../test/browser.js';

const LOG = 'datasets/first-light/audit.jsonl.gz';
const folder = mkdtempSync(join(tmpdir(), 'picture-'));
const file = join(folder, 'page.html');
execFileSync('node', ['bin/auditweave.mjs', 'contexts', LOG, '--html', file], { stdio: 'inherit' });
const browser = await openBrowser();
try {
  for (const [scheme, name] of [
    ['light', 'contexts.png'],
    ['dark', 'contexts-dark.png'],
  ] as const) {
    const page = await browser.newPage({
      viewport: { width: 1200, height: 760 },
      colorScheme: scheme,
    });
    await page.goto(pathToFileURL(file).href);
    await page.locator('#query').fill('lines > 8 and caused(resource == "pods")');
    await page.locator('.row').nth(2).click();
    await page.waitForTimeout(500);
    await page.screenshot({ path: join('docs', name) });
    await page.close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
