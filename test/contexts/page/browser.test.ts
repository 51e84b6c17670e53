import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/audit/event.js';
import { writeContextsPage } from '../../../src/contexts/page/write.js';
import { NO_BROWSER, openBrowser, openPage, widthOf } from '../../browser.js';
import { account, contextsBy, request } from '../log.js';

const HOSTILE = '</script><img src=x onerror="document.title=1">\u202e';
const LOG: AuditEvent[] = [
  request(0, 'ann', 'create', 'deployments/shop/web', { uid: 'd1', body: { spec: { replicas: 1 } } }),
  request(0.2, account('deployment-controller'), 'create', 'replicasets/shop/web-5', {
    uid: 'r1',
    owners: ['d1'],
  }),
  request(0.3, account('replicaset-controller'), 'create', 'pods/shop/web-5-a', {
    uid: 'p1',
    owners: ['r1'],
  }),
  request(60, 'ann', 'patch', 'deployments/shop/web', { uid: 'd1', body: { spec: { replicas: 3 } } }),
  request(120, 'eve', 'delete', 'secrets/bank/key', { code: 403 }),
  request(180, HOSTILE, 'create', `configmaps/shop/${encodeURIComponent(HOSTILE)}`, { uid: 'm' }),
  request(240, 'bob', 'get', 'secrets/bank/key', {
    uid: 's',
    body: { kind: 'Secret', data: { password: 'aHVudGVyMg==' } },
  }),
  ...Array.from({ length: 300 }, (_, i) => request(300 + i, `user-${i % 40}`, 'list', `pods/ns-${i % 9}/`)),
  request(700, 'system:kube-scheduler', 'update', 'leases/kube-system/kube-scheduler'),
];

describe.skipIf(NO_BROWSER)('the page of contexts', () => {
  let browser: Browser;
  let address: string;
  let page: Page;
  let faults: string[];
  let requests: string[];
  const actions = (): Promise<string[]> => page.locator('.row .action').allTextContents();
  const count = (): Promise<string | null> => page.locator('#count').textContent();
  const chosen = (): Promise<string> => page.evaluate<string>('decodeURIComponent(location.hash)');

  beforeAll(async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'contexts-')), 'page.html');
    const contexts = await contextsBy(LOG, {}, true);
    const lines = (async function* () {
      for (const [line, event] of LOG.entries()) yield { line, text: '', event };
    })();
    await writeContextsPage(file, {
      title: HOSTILE,
      note: 'found by a test',
      counts: { lines: LOG.length, counted: LOG.length },
      contexts,
      lines,
    });
    address = pathToFileURL(file).href;
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });
  beforeEach(async () => {
    ({ page, faults, requests } = await openPage(browser, address, 1280));
    await page.locator('.row').first().waitFor();
  });
  afterEach(async () => {
    expect(faults).toEqual([]);
    expect(requests.filter((one) => !one.startsWith(address))).toEqual([]);
    await page.close();
  });

  it('lists contexts, and only the rows in sight', async () => {
    expect(await count()).toBe('305 of 305 contexts');
    expect((await actions())[0]).toBe('create deployment web in shop');
    expect(await page.locator('.row').count()).toBeLessThan(60);
    await page.locator('#list').evaluate((list) => {
      list.scrollTop = list.scrollHeight;
    });
    await expect.poll(async () => (await actions()).at(-1)).toBe('list pods in ns-2');
  });

  it('folds background away, and shows it when asked', async () => {
    await page.locator('#background').check();
    expect(await count()).toBe('306 of 306 contexts');
    expect(await chosen()).toBe('#background=1');
  });

  it('shows background to an expression that speaks of it, as query does', async () => {
    for (const [expression, found] of [
      ['background', '1 of 306 contexts'],
      ['not background', '305 of 306 contexts'],
      ['background and verb == "update" or actor == "eve"', '2 of 306 contexts'],
      ['verb == "update"', '0 of 305 contexts'],
    ] as const) {
      await page.locator('#query').fill(expression);
      await expect.poll(count).toBe(found);
    }
    expect(await page.locator('#background').isChecked()).toBe(false);
  });

  it('finds words, and expressions', async () => {
    await page.locator('#query').fill('web patch');
    await expect.poll(actions).toEqual(['patch deployment web in shop']);
    await page.locator('#query').fill('any(objectRef.resource == "pods" and verb == "create")');
    await expect.poll(actions).toEqual(['create deployment web in shop']);
  });

  it('shows a fault of an expression in its place, and keeps what was found', async () => {
    await page.locator('#query').fill('verb == "patch" and vrb == 1');
    await page.locator('#paint mark').waitFor();
    expect(await page.locator('#paint mark').textContent()).toBe('vrb');
    expect(await page.locator('#fault').textContent()).toBe(
      'expected a field, got “vrb”. Did you mean verb?',
    );
    expect(await page.locator('#query').getAttribute('aria-invalid')).toBe('true');
    expect(await count()).toBe('305 of 305 contexts');
  });

  it('counts values beside each other, and chooses them', async () => {
    const facet = page.locator('section[aria-label=outcome]');
    await facet.getByRole('button', { name: 'refused' }).click();
    expect(await actions()).toEqual(['delete secret key in bank']);
    expect(await facet.getByRole('button').allTextContents()).toEqual(['refused1', 'done304']);
    expect(await facet.getByRole('button', { pressed: true }).allTextContents()).toEqual(['refused1']);
    expect(await chosen()).toBe('#outcome=refused');
    await page.reload();
    expect(await actions()).toEqual(['delete secret key in bank']);
    await page.locator('#reset').click();
    expect(await count()).toBe('305 of 305 contexts');
  });

  it('chooses a part of the time by dragging, and by keys', async () => {
    const box = (await page.locator('#timeline').boundingBox())!;
    await page.mouse.move(box.x, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.32, box.y + 20, { steps: 4 });
    await page.mouse.up();
    expect(await count()).toBe('4 of 305 contexts');
    expect(await chosen()).toMatch(/^#during=\d+-\d+$/);
    await page.locator('#timeline').press('Escape');
    expect(await count()).toBe('305 of 305 contexts');
    await page.locator('#timeline').press('ArrowRight');
    expect(await page.locator('#timeline').getAttribute('aria-valuetext')).toMatch(
      /^2026-01-01 00:00:00.* to /,
    );
  });

  it('opens a context as its tree of causes, by keys alone', async () => {
    await page.locator('#list').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    const items = page.getByRole('treeitem');
    expect(await items.evaluateAll((all) => all.map((one) => one.getAttribute('aria-level')))).toEqual([
      '1',
      '2',
      '3',
    ]);
    expect(
      await page.locator('.what').evaluateAll((all) => all.map((one) => one.firstChild?.textContent)),
    ).toEqual([
      'create deployment web in shop',
      'create replicaset web-5 in shop',
      'create pod web-5-a in shop',
    ]);
    await items.first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    const json = page.locator('pre');
    await json.waitFor();
    expect(JSON.parse((await json.textContent())!)).toMatchObject({ auditID: LOG[1]!.auditID });
    expect(await chosen()).toBe('#open=c0');
    await page.keyboard.press('Escape');
    expect(await page.locator('#detail').isHidden()).toBe(true);
  });

  it('completes fields, signs and values that there are, by keys alone', async () => {
    const query = page.locator('#query');
    const labels = (): Promise<string[]> => page.locator('#options code').allTextContents();
    await page.keyboard.press('/');
    await page.keyboard.type('ver');
    await expect.poll(labels).toContain('verb');
    expect(await query.getAttribute('aria-expanded')).toBe('true');
    expect(await query.getAttribute('aria-activedescendant')).toBeNull();
    await page.keyboard.press('ArrowDown');
    expect(await query.getAttribute('aria-activedescendant')).toBe('option-0');
    expect(await page.locator('#option-0').getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Enter');
    await expect.poll(labels).toEqual(['==', '!=', 'in {', 'not in {', '== regexp("']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(labels).toEqual(['"list"', '"create"', '"delete"', '"get"', '"patch"', '"update"']);
    expect(await page.locator('#fault').textContent()).toBe('');
    await page.keyboard.type('"pa');
    await expect.poll(labels).toEqual(['"patch"']);
    await page.keyboard.press('Tab');
    expect(await query.inputValue()).toBe('verb == "patch" ');
    await expect.poll(actions).toEqual(['patch deployment web in shop']);
    await page.keyboard.press('Escape');
    expect(await query.getAttribute('aria-expanded')).toBe('false');
  });

  it('offers the field of a value that is typed', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('eve');
    await page.getByRole('option', { name: 'actor == "eve"' }).click();
    expect(await page.locator('#query').inputValue()).toBe('actor == "eve" ');
    await expect.poll(actions).toEqual(['delete secret key in bank']);
  });

  it('waits with a fault while it is being written', async () => {
    await page.locator('#query').focus();
    await page.keyboard.type('verb == "patch" and ');
    await expect.poll(() => page.locator('#options code').count()).toBeGreaterThan(3);
    expect(await page.locator('#fault').textContent()).toBe('');
    await page.locator('#list').focus();
    expect(await page.locator('#fault').textContent()).toContain('expected the expression to go on');
  });

  it('tells the history of an object, and which action changed it last', async () => {
    await page.locator('.row').first().click();
    await page.getByRole('button', { name: 'deployment web in shop' }).click();
    await expect
      .poll(() => page.locator('.history .text').allTextContents())
      .toEqual(['create deployment web in shop', 'patch deployment web in shop']);
    expect(await chosen()).toBe('#object=deployments/shop/web');
    await page.reload();
    await page.getByRole('button', { name: 'Cause of its last change' }).click();
    expect(await page.locator('#detail-title').textContent()).toBe('patch deployment web in shop');
  });

  it('saves what is chosen as JSON lines', async () => {
    await page.locator('section[aria-label=verb]').getByRole('button', { name: 'patch' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#export').click()]);
    const saved = (await readFile((await download.path())!, 'utf8')).trimEnd().split('\n');
    expect(saved.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { context: 'c3', actor: 'ann', text: 'patch deployment web in shop', lines: [3], confidence: null },
    ]);
  });

  it('copies an address that shows the same', async () => {
    await page.evaluate(
      'Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => { window.copied = text; } } })',
    );
    await page.locator('#query').fill('verb == "patch"');
    await page.locator('#link').click();
    await expect.poll(() => page.evaluate('window.copied')).toBe(`${address}#q=verb+%3D%3D+%22patch%22`);
  });

  it('looks at a part of the time nearer', async () => {
    const box = (await page.locator('#timeline').boundingBox())!;
    await page.mouse.move(box.x, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.32, box.y + 20, { steps: 4 });
    await page.mouse.up();
    await page.locator('#zoom-in').click();
    expect(await chosen()).toMatch(/^#during=(\d+-\d+)&view=\1$/);
    await page.locator('#zoom-out').click();
    expect(await chosen()).toMatch(/^#during=\d+-\d+$/);
  });

  it('lists its keys and examples, and asks one', async () => {
    await page.keyboard.press('?');
    await page.getByRole('button', { name: 'outcome == "refused"' }).click();
    expect(await actions()).toEqual(['delete secret key in bank']);
  });

  it('says what an update changed', async () => {
    await page.goto(`${address}#open=c3`);
    await page.reload();
    await page.locator('.tree .line').first().click();
    await page.locator('table.changes').waitFor();
    expect(await page.locator('table.changes tbody tr').allTextContents()).toContain('spec.replicas13');
  });

  it('shows no secret', async () => {
    await page.goto(`${address}#open=c6`);
    await page.reload();
    await page.locator('.tree .line').first().click();
    await page.locator('pre').waitFor();
    expect(await page.locator('pre').textContent()).toContain('REDACTED');
    expect(await page.content()).not.toContain('aHVudGVyMg');
  });

  it('runs no name, and shows what would turn it round', async () => {
    await page.locator('#query').fill('onerror');
    await expect.poll(() => page.locator('.row').count()).toBe(1);
    expect(await page.locator('.row .actor').textContent()).toContain(
      '</script><img src=x onerror="document.title=1">\\u202e',
    );
    await page.locator('.row').click();
    await page.locator('.tree .line').first().click();
    await page.locator('pre').waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).toContain('contexts');
    for (const place of [page.locator('h1'), page.locator('title')])
      expect(await place.textContent()).not.toContain('\u202e');
  });

  it('sorts by a column, and turns round', async () => {
    await page.locator('[data-sort=lines]').click();
    expect((await actions())[0]).toBe('create deployment web in shop');
    expect(await page.locator('.head .lines').getAttribute('aria-sort')).toBe('descending');
    await page.locator('[data-sort=lines]').click();
    expect(await page.locator('.head .lines').getAttribute('aria-sort')).toBe('ascending');
  });

  it('gives what is chosen as a query', async () => {
    await page.evaluate(
      'Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => { window.copied = text; } } })',
    );
    await page.locator('section[aria-label=verb]').getByRole('button', { name: 'patch' }).click();
    await page.locator('#copy').click();
    await expect.poll(() => page.evaluate('window.copied')).toBeDefined();
    const query = await page.evaluate<string>('window.copied');
    expect(query).toBe('verb == "patch" and background == false');
    await page.locator('#reset').click();
    await page.locator('#query').fill(query);
    await expect.poll(() => page.locator('.row').count()).toBe(1);
  });

  it('shows times in another zone', async () => {
    await page.locator('#zone').selectOption('local');
    expect(await chosen()).toBe('#zone=local');
  });

  it.each([390, 1280])('is no wider than a window of %d px, opened or not', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    expect(await widthOf(page)).toBeLessThanOrEqual(width);
    await page.locator('.row').first().click();
    await page.locator('.tree .line').first().click();
    await page.locator('pre').waitFor();
    expect(await widthOf(page)).toBeLessThanOrEqual(width);
  });

  it('prints the rows, not the window', async () => {
    await page.emulateMedia({ media: 'print' });
    await page.evaluate('dispatchEvent(new Event("beforeprint"))');
    expect(await page.locator('.row').count()).toBe(305);
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate('dispatchEvent(new Event("afterprint"))');
    expect(await page.locator('.row').count()).toBeLessThan(60);
  });
});
