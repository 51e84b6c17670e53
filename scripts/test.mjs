// The whole gate, as `npm test`: format and lint, types, tests. Arguments go to vitest: `npm test -- test/model`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ensureChromium } from './chromium.mjs';

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');
if (!existsSync(join(bin, 'vitest'))) {
  console.error('test: expected the packages to be installed, got no node_modules.\n  Hint: npm ci');
  process.exit(2);
}

const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
if (env.AUDITWEAVE_NO_BROWSER !== '1') Object.assign(env, ensureChromium());

const vitestArguments = process.argv.slice(2);
const steps = [
  ['biome', 'check', '.'],
  ['tsc', '--noEmit'],
  ['vitest', 'run', ...vitestArguments],
];
for (const [command, ...rest] of vitestArguments.length > 0 ? steps.slice(2) : steps) {
  console.error(`> ${[command, ...rest].join(' ')}`);
  const { status, signal } = spawnSync(join(bin, command), rest, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) process.exit(signal ? 130 : (status ?? 1));
}
