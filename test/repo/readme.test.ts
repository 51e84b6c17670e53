import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  readScored,
  resultsTable,
  withResults,
  writtenReadme,
  writtenResults,
} from '../../scripts/readme-results.js';

const FIXTURE = ['test/fixtures/runs/pair/paper', 'test/fixtures/runs/pair/blocked'];
const RECORDS = [
  'results/reference/first-light-w60-s7/paper',
  'results/reference/first-light-w60-s7/blocked',
];
const made = RECORDS.every((dir) => existsSync(`${dir}/metrics.json`));

describe('the results in results/README.md', () => {
  it('are a table of the records', async () => {
    expect(
      resultsTable(await readScored(FIXTURE)),
    ).toBe(`| by line, voted over windows | \`paper\` | \`blocked\` |
|---|---:|---:|
| test lines that were trained on | 100.0 % (6,189 of 6,190) | 0.0 % (0 of 631) |
| the paper’s measure: strict macro F1 by window, no vote | .979 [.970, .987] | .701 [.667, .728] |
| **strict macro F1 by line** | **.987 [.978, .994]** | **.722 [.688, .749]** |
| macro F1 over true classes by line | .990 [.981, .998] | .791 [.757, .819] |
| exact match of all five parts | .992 [.985, .997] | .819 [.795, .838] |
| … of the line’s own action (no learning) | .617 [.596, .633] | .597 [.576, .614] |
| … of the previous line’s true label | .753 [.732, .770] | .727 [.706, .744] |
| lines scored | 499 | 459 |
| epochs (best) | 41 (33) | 24 (17) |
| training time | 4 min 31 s | 2 min 38 s |

In brackets: 95 % intervals, resampling whole contexts. Dataset synthetic, 6,310 lines; seed 7; TensorFlow 2.18.0 on 2 cores of a synthetic CPU.
`);
  });

  it('go between the markers, again and again', () => {
    const readme =
      'Before\n<!-- results:begin (npx tsx scripts/readme-results.ts) -->\nold\n<!-- results:end -->\nAfter\n';
    const once = withResults(readme, 'new\n');
    expect(once).toBe(readme.replace('old', 'new'));
    expect(withResults(once, 'new\n')).toBe(once);
    expect(() => withResults('Before\nAfter\n', 'new\n')).toThrow('expected “<!-- results:begin');
  });

  it.skipIf(!made)('are those of the reference run: npx tsx scripts/readme-results.ts --write', async () => {
    const readme = readFileSync('results/README.md', 'utf8');
    expect(readme).toBe(await writtenResults(readme));
    const front = readFileSync('README.md', 'utf8');
    expect(front).toBe(await writtenReadme(front));
  });
});
