import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Whether tests that look at pages are left out. */
export const NO_BROWSER = process.env.AUDITWEAVE_NO_BROWSER === '1';

/** Starts the browser that tests look at pages with. */
export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath: findChromium(), args: FLAGS });
}

function findChromium(): string {
  const named = process.env.CHROMIUM_PATH;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const places = names.flatMap((name) => ['/usr/bin', ...folders].map((folder) => join(folder, name)));
  const found = [...(named ? [named] : []), ...places].find((path) => existsSync(path));
  if (found) return found;
  throw new Error(
    'reports: expected Chromium to look at the report with, got none.\n' +
      '  Hint: apt-get install chromium, or name one with CHROMIUM_PATH; AUDITWEAVE_NO_BROWSER=1 leaves this test out.',
  );
}
