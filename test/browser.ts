import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

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
