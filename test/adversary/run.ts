/**
 * Runs the adversary: what a hostile log, a bad disk, a killed process and two at once may do, and must not.
 *
 *     npx tsx test/adversary/run.ts --seed 7 --lines 1000000 --flips 1000 --kills 20 --pairs 5 --stores 1000000 [--record]
 *
 * Ends with 0 when no rule was broken, with 3 else; what broke one is told with the number that it takes to see it again. With --record
 * the counts go into RESULTS.md beside this file. After --minutes the family of stores begins no other log.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bitFlips } from './flips.js';
import { kills, pairs } from './kills.js';
import { adverseLines } from './lines.js';
import type { Outcome } from './outcome.js';
import { adverseStores } from './stores.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '7' },
    lines: { type: 'string', default: '100000' },
    flips: { type: 'string', default: '100' },
    kills: { type: 'string', default: '6' },
    pairs: { type: 'string', default: '8' },
    stores: { type: 'string', default: '20000' },
    minutes: { type: 'string', default: '600' },
    record: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const families: [string, (most: number) => Promise<Outcome>][] = [
  ['lines', (lines) => adverseLines({ seed, lines })],
  ['flips', (flips) => bitFlips({ seed, flips })],
  ['kills', (count) => kills({ seed, count })],
  ['pairs', (count) => pairs({ seed, count })],
  ['stores', (lines) => adverseStores({ seed, lines, minutes: Number(values.minutes) })],
];
const rows: string[] = [];
let broken = 0;
for (const [name, family] of families) {
  const most = Number(values[name as keyof typeof values]);
  if (most === 0) continue;
  const began = performance.now();
  const { family: what, tried, ends, failures } = await family(most);
  const seconds = Math.round((performance.now() - began) / 1000);
  broken += failures.length;
  console.error(`${what}: ${tried} tried, ${failures.length} failures, ${seconds} s`);
  for (const failure of failures.slice(0, 20)) console.error(`  ${failure}`);
  const list = Object.entries(ends)
    .sort(([, a], [, b]) => b - a)
    .map(([end, times]) => `${end} ${times}`);
  rows.push(`| ${what} | ${tried} | ${failures.length} | ${list.join('; ')} |`);
}
const command = `npx tsx test/adversary/run.ts --seed ${seed} ${families.map(([name]) => `--${name} ${values[name as keyof typeof values]}`).join(' ')}`;
const text = `\n    ${command}\n\n| family | tried | failures | what came of it |\n|---|---|---|---|\n${rows.join('\n')}\n`;
console.log(text);
if (values.record) appendFileSync(join(import.meta.dirname, 'RESULTS.md'), text);
process.exit(broken > 0 ? 3 : 0);
