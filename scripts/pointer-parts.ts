/**
 * What each part of the default model's training gives: the model is trained without one after the other, and scored where the package's model is,
 * on people with kubectl (three-node b2, c1) and by causes that clusters carried along (people: propagated, machines: automated).
 *
 *     npx tsx scripts/pointer-parts.ts > results/reference/pointer/parts.json
 *
 * Models stay in results/pointer-parts, and are not trained again where they are finished. Takes about an hour on one core.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_MODEL } from '../src/model/kinds.js';

/** Settings of each variant that are not the default model's. */
const VARIANTS: Record<string, Record<string, string>> = {
  'as it is': {},
  'three-node alone': { 'model.beside': '' },
  'no drawn policies, no slower clusters': { 'model.policies': '0' },
  'trees of 31 leaves': { 'model.leaves': '31' },
  'no words hidden': { 'model.hideWords': '0' },
  'marks of the truth': { 'model.closedLoop': 'false' },
  'three-node alone, no drawn policies, 31 leaves': {
    ...{ 'model.beside': '', 'model.policies': '0', 'model.leaves': '31' },
  },
};

interface Score {
  capture: string;
  level: string;
  lines: number;
  label: number;
  trigger: number;
  contexts: { exact: number | { f1: number }; bCubed: number | { f1: number } };
}

const run = (...args: string[]): Score[] => {
  const out = execFileSync('npx', ['tsx', ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const told = JSON.parse(out) as Score[] | { results: Score[] };
  return Array.isArray(told) ? told : told.results;
};
const f1 = (one: number | { f1: number }): number => (typeof one === 'number' ? one : one.f1);

const results = [];
for (const [variant, settings] of Object.entries(VARIANTS)) {
  const own = Object.entries(settings);
  let model = DEFAULT_MODEL;
  if (own.length > 0) {
    const name = own.map(([path, value]) => `${path.slice('model.'.length)}=${value || 'none'}`).join(',');
    const folder = join('results', 'pointer-parts', name);
    model = join(folder, 'model');
    const sets = own.map(([path, value]) => `${path}=${value}`);
    const command = ['train', '--model', 'pointer', '--protocol', 'capture', '--no-report', '--out', folder];
    // What it prints is no record.
    if (!existsSync(join(model, 'config.json')))
      execFileSync(process.execPath, ['bin/auditweave.mjs', ...command, '--set', ...sets], {
        stdio: ['ignore', 2, 2],
      });
  }
  const scores = [
    ...run('scripts/pointer-scores.ts', '--model', model, '--captures', 'b2,c1', '--levels', 'metadata'),
    ...run('scripts/propagated-models.ts', 'datasets/propagated', 'metadata', model),
    ...run('scripts/propagated-models.ts', 'datasets/automated', 'requestResponse', model),
  ];
  for (const { capture, level, lines, label, trigger, contexts } of scores) {
    const { bCubed, exact } = contexts;
    results.push({
      variant,
      settings,
      capture,
      level,
      lines,
      label,
      trigger,
      bCubed: f1(bCubed),
      exact: f1(exact),
    });
  }
}
process.stdout.write(`${JSON.stringify({ schema: 1, seed: 7, results }, null, 1)}\n`);
