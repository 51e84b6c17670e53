import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingsAt } from '../../src/comparison/run-set.js';
import { trialKey } from '../../src/studies/expand.js';
import { openStudy } from '../../src/studies/open.js';
import type { StudyResults } from '../../src/studies/read.js';
import type { StudyFile } from '../../src/studies/record.js';

const files = readdirSync('experiments').filter((name) => name.endsWith('.study.yaml'));

describe('settingsAt', () => {
  it.each(files)('makes every trial of %s again from study.json alone', async (name) => {
    const { file } = await openStudy(join('experiments', name));
    const study = JSON.parse(JSON.stringify(file)) as StudyFile;
    const results: StudyResults = { dir: '', study, records: [], timings: new Map(), stale: 0 };
    const keys = study.trials.map(({ point, protocol, seed }) =>
      trialKey({ ...settingsAt(results, point, protocol), seed }, study.dataset.sha256),
    );
    expect(keys).toEqual(study.trials.map(({ key }) => key));
  });
});
