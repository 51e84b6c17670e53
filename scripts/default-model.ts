/**
 * Makes the model of the package again, src/model/pointer/default: what
 *
 *     npm run train -- --model pointer --protocol capture
 *
 * leaves in its model folder, with the default settings and nothing else. Takes two to five minutes on one core.
 *
 *     npx tsx scripts/default-model.ts            # trains, and puts the model in its place
 *     npx tsx scripts/default-model.ts --check    # trains, and compares byte for byte; ends with 1 where they differ
 */
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { main } from '../src/cli/main.js';
import { DEFAULT_MODEL } from '../src/model/kinds.js';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const folder = await mkdtemp(join(tmpdir(), 'auditweave-default-'));
try {
  // The card is headed by the last two names of the run's folder, which are those that the command gives.
  const out = join(folder, 'three-node-w60-s7', 'capture');
  const command = ['train', '--model', 'pointer', '--protocol', 'capture', '--no-report', '--out', out];
  process.exitCode = await main(command);
  if (process.exitCode === 0) {
    const fresh = join(out, 'model');
    if (values.check) {
      const names = [...new Set([...(await readdir(fresh)), ...(await readdir(DEFAULT_MODEL))])].sort();
      for (const name of names) {
        const [now, there] = await Promise.all(
          [fresh, DEFAULT_MODEL].map((dir) => readFile(join(dir, name)).catch(() => null)),
        );
        const same = now && there?.equals(now);
        process.stdout.write(`${name}: ${same ? `the same ${now.length} bytes` : 'differs'}\n`);
        if (!same) process.exitCode = 1;
      }
    } else {
      await rm(DEFAULT_MODEL, { recursive: true, force: true });
      await cp(fresh, DEFAULT_MODEL, { recursive: true });
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
