import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { checkHashes, readManifest } from '../../dataset/manifest.js';
import { AuditweaveError, EXIT, printable } from '../../errors.js';
import { cpuModelRecipes, ensureCpuModelAddons } from '../../model/bilstm/addon.js';
import { diagnose, type Finding, fail, gatherFacts, ok, warn } from '../../native/checkup.js';
import type { AskedDevice } from '../../native/device.js';
import { runProgram } from '../../native/program.js';
import { provision } from '../../native/provision.js';
import { fold } from '../fold.js';
import { printJson, write } from '../output.js';
import { textWidth } from '../table.js';

export interface DoctorArguments {
  device: AskedDevice;
  datasets: string;
  fetch: boolean;
  json: boolean;
}

/** Does what `doctor` is asked. */
export async function run({ device, datasets, fetch, json }: DoctorArguments): Promise<void> {
  if (fetch) {
    await provision({ device, thorough: true });
    await ensureCpuModelAddons();
  }
  const findings = [
    ...diagnose(await gatherFacts(device, runProgram, process.env, cpuModelRecipes())),
    ...(await checkDatasets(datasets)),
    checkChromium(process.env, existsSync),
  ];
  const color = process.stdout.isTTY && !process.env.NO_COLOR;
  await (json ? printJson({ findings }) : write(renderFindings(findings, { color })));
  process.exitCode = findings.some(({ status }) => status === 'fail') ? EXIT.usage : EXIT.done;
}

/**
 * Shows findings as text, a line each, fixes below.
 *
 * @param options.color Whether the marks are coloured.
 */
export function renderFindings(findings: readonly Finding[], { color = false } = {}): string {
  const width = Math.max(0, ...findings.map(({ check }) => check.length));
  const marks = { ok: ['✓', 32], warn: ['!', 33], fail: ['✗', 31] } as const;
  const count = { ok: 0, warn: 0, fail: 0 };
  const lines = findings.flatMap(({ check, status, found, fix }) => {
    count[status]++;
    const [sign, code] = marks[status];
    const mark = color ? `\u001b[${code}m${sign}\u001b[0m` : sign;
    const told = (text: string): string[] =>
      fold(printable(text, 1000), Math.max(20, textWidth() - width - 4), true);
    const [first, ...rest] = [...told(found), ...(fix ? told(`Fix: ${fix}`) : [])];
    return [
      `${mark} ${check.padEnd(width)}  ${first}`,
      ...rest.map((line) => `  ${' '.repeat(width)}  ${line}`),
    ];
  });
  return `${[...lines, '', `${count.ok} ok, ${count.warn} warnings, ${count.fail} failures`].join('\n')}\n`;
}

/**
 * Compares every file that a dataset's manifest names with its hash. A folder without a manifest is none.
 *
 * @param folder The folder of the datasets.
 */
export async function checkDatasets(folder: string): Promise<Finding[]> {
  const names = existsSync(folder) ? (await readdir(folder)).sort() : [];
  const findings: Finding[] = [];
  for (const name of names)
    if (existsSync(join(folder, name, 'manifest.json')))
      findings.push(await checkDataset(join(folder, name)));
  return findings;
}

async function checkDataset(folder: string): Promise<Finding> {
  try {
    const manifest = await readManifest(folder);
    await checkHashes(folder, manifest);
    return ok('dataset', `${folder}: ${Object.keys(manifest.files).length} files as in its manifest`);
  } catch (error) {
    if (error instanceof AuditweaveError) return fail('dataset', error.message, error.hint);
    throw error;
  }
}

/** Only the tests that look at reports need a browser. */
export function checkChromium(env: NodeJS.ProcessEnv, exists: (path: string) => boolean): Finding {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const places = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  const found = [...(env.CHROMIUM_PATH ? [env.CHROMIUM_PATH] : []), ...places].find(exists);
  if (found) return ok('chromium', found);
  return warn(
    'chromium',
    'none; only the tests that look at reports need it',
    'No need: npm test brings one. Or apt install chromium, or name one in CHROMIUM_PATH.',
  );
}
