import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_BROWSER, openBrowser, openPage } from '../../browser.js';
import { runCommand } from '../../fixtures/run-command.js';
import { request } from '../log.js';

let folder: string;
let log: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filtered-'));
  log = join(folder, 'audit.log');
  const events = [
    request(0, 'ann', 'create', 'pods/shop/a'),
    request(9, 'dev-b', 'create', 'pods/shop/b'),
    request(20, 'dev-b', 'delete', 'pods/shop/b'),
    request(30, 'system:kube-scheduler', 'update', 'leases/kube-system/kube-scheduler'),
  ];
  await writeFile(log, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
});

/** Writes a page of what a filter lets through; gives its place, and what was said. */
async function pageOf(...filter: string[]): Promise<{ file: string; error: string }> {
  const file = join(folder, `page${filter.join('')}.html`);
  const { code, error } = await runCommand('contexts', log, ...filter, '--html', file);
  expect(code).toBe(0);
  return { file, error };
}

describe('a page that nothing is on', () => {
  it('is said to be empty, with why, or where what there is can be seen', async () => {
    const none = await pageOf('--actor', 'dev-c');
    expect(none.error).toContain('contexts: the page shows nothing.\n');
    expect(none.error).toContain('No context has the actor dev-c. Did you mean dev-b?');
    expect((await pageOf('--actor', 'system:*')).error).toContain(
      'contexts: the page shows nothing, until its box background is ticked.\n',
    );
    expect((await pageOf('--actor', 'dev-b')).error).not.toContain('shows nothing');
  });
});

describe.skipIf(NO_BROWSER)('a page made with a filter', () => {
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });

  it('says so in its head, and copies a query that finds on the log what it shows', async () => {
    const { file } = await pageOf('--actor', 'dev-b');
    const { page, faults } = await openPage(browser, pathToFileURL(file).href, 1280);
    await page.locator('.row').first().waitFor();
    expect(await page.locator('header.top').textContent()).toContain(
      '2 actions out of 4 lines, only those of actor dev-b. Secrets',
    );
    await page.evaluate(
      'Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => { window.copied = text; } } })',
    );
    await page.locator('section[aria-label=verb]').getByRole('button', { name: 'create' }).click();
    await page.locator('#copy').click();
    await expect.poll(() => page.evaluate('window.copied')).toBeDefined();
    const query = await page.evaluate<string>('window.copied');
    expect(query).toBe('actor == "dev-b" and verb == "create" and background == false');
    const shown = await page.locator('.row .action').allTextContents();
    expect(shown).toEqual(['create pod b in shop']);
    const { out } = await runCommand('query', query, '--in', log, '--json');
    expect(
      out
        .trim()
        .split('\n')
        .map((row) => (JSON.parse(row) as { text: string }).text),
    ).toEqual(shown);
    expect(faults).toEqual([]);
    await page.close();
  });

  it('says nothing of a filter where there is none', async () => {
    const { file } = await pageOf();
    const { page } = await openPage(browser, pathToFileURL(file).href, 1280);
    await page.locator('.row').first().waitFor();
    expect(await page.locator('header.top').textContent()).toContain('3 actions out of 4 lines. Secrets');
    await page.close();
  });
});
