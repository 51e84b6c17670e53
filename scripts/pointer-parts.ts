/**
 * What each part of the default model's training gives: the model is trained without one after the other, and scored where the package's model is,
 * on people with kubectl (three-node b2, c1) and by causes that clusters carried along (people: propagated, machines: automated).
 *
 *     npx tsx scripts/pointer-parts.ts > results/reference/pointer/parts.json
 *
 * Models stay in results/pointer-parts, and are not trained again where they are finished. Takes about an hour on one core.
 */
import { execFileSync } from 'node:child_process';
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

const SEED = 7;

interface Score<Share> {
  capture: string;
  level: string;
  lines: number;
  label: number;
  trigger: number;
  contexts: { exact: Share; bCubed: Share };
}

const tell = (script: string, ...args: string[]): unknown =>
  JSON.parse(
    execFileSync('npx', ['tsx', join('scripts', script), ...args], { encoding: 'utf8', maxBuffer: 1 << 28 }),
  );

/** The scores of a model where people type, and by causes that clusters carried along. */
function scoresOf(model: string): Score<number>[] {
  const asked = ['--model', model, '--captures', 'b2,c1', '--levels', 'metadata'];
  const people = tell('pointer-scores.ts', ...asked) as Score<{ f1: number }>[];
  const carried = [
    ['datasets/propagated', 'metadata'],
    ['datasets/automated', 'requestResponse'],
  ].flatMap((of) => (tell('propagated-models.ts', ...of, model) as { results: Score<number>[] }).results);
  return [
    ...people.map((score) => {
      const { exact, bCubed } = score.contexts;
      return { ...score, contexts: { exact: exact.f1, bCubed: bCubed.f1 } };
    }),
    ...carried,
  ];
}

/** Trains a variant, or goes on with it; one that is finished is only looked at. Gives its model. */
function trained(settings: Record<string, string>): string {
  const own = Object.entries(settings);
  if (own.length === 0) return DEFAULT_MODEL;
  const name = own.map(([path, value]) => `${path.slice('model.'.length)}=${value || 'none'}`).join(',');
  const folder = join('results', 'pointer-parts', name);
  const sets = own.map(([path, value]) => `${path}=${value}`);
  // What it prints is no record.
  execFileSync(
    process.execPath,
    [
      ...['bin/auditweave.mjs', 'train', '--model', 'pointer', '--protocol', 'capture', '--no-report'],
      ...['--out', folder, '--set', `seed=${SEED}`, ...sets],
    ],
    { stdio: ['ignore', 2, 2] },
  );
  return join(folder, 'model');
}

const results = Object.entries(VARIANTS).flatMap(([variant, settings]) =>
  scoresOf(trained(settings)).map(({ capture, level, lines, label, trigger, contexts }) => ({
    ...{ variant, settings, capture, level, lines, label, trigger },
    ...{ bCubed: contexts.bCubed, exact: contexts.exact },
  })),
);
process.stdout.write(`${JSON.stringify({ schema: 1, seed: SEED, results }, null, 1)}\n`);
