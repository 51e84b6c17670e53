/**
 * Counts, for the splits of studies whose records are older than that count, the test lines whose contexts training has seen other lines of, and
 * writes results/reference/straddling.json. Nothing is trained. Splits that are drawn at random are those of the first seed.
 *
 *     npx tsx scripts/straddling.ts
 */
import { join } from 'node:path';
import { settingsAt } from '../src/comparison/run-set.js';
import { STRADDLING, type StraddlingRecord } from '../src/comparison/straddling.js';
import { writeFileAtomic } from '../src/files/atomic.js';
import { prepare } from '../src/runs/prepare.js';
import { readStudy } from '../src/studies/read.js';

const REFERENCE = 'results/reference';
/** Every protocol of the k-fold; of the others the one that shares no line and may cut contexts. */
const STUDIES = [
  { study: 'k-fold', protocols: ['paper', 'blocked'] },
  { study: 'split', protocols: ['blocked'] },
  { study: 'window-size', protocols: ['blocked'] },
  { study: 'paper-configuration', protocols: ['blocked'] },
] as const;

const studies: StraddlingRecord['studies'] = [];
let dataset: StraddlingRecord['dataset'] | null = null;
for (const { study: name, protocols } of STUDIES) {
  const results = await readStudy(join(REFERENCE, name));
  const { points, trials, dataset: of } = results.study;
  dataset ??= { name: of.name, selection: of.selection, sha256: of.sha256 };
  const rows: StraddlingRecord['studies'][number]['points'] = [];
  for (const protocol of protocols)
    for (const { point } of points) {
      const settings = settingsAt(results, point, protocol);
      const { leak } = await prepare({ ...settings, seed: trials[0]!.seed });
      rows.push({ point, protocol, of: leak.sharedLines.of, straddling: leak.straddling! });
      console.error(
        `${name} ${protocol} ${JSON.stringify(point)}: ${leak.straddling!.lines} of ${leak.sharedLines.of}`,
      );
    }
  studies.push({ study: name, points: rows });
}
const record: StraddlingRecord = { schema: 1, dataset: dataset!, studies };
await writeFileAtomic(join(REFERENCE, STRADDLING), `${JSON.stringify(record, null, 1)}\n`);
