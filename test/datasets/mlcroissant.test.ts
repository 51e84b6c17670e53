import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const DATASETS = readdirSync('datasets')
  .map((name) => join('datasets', name))
  .filter((dir) => existsSync(join(dir, 'croissant.json')));

/** A Python that has mlcroissant 1.1.1: on demand, as in AUDITWEAVE_CROISSANT_PYTHON=.venv/bin/python. */
const python = process.env.AUDITWEAVE_CROISSANT_PYTHON;

describe.runIf(python)('mlcroissant', { timeout: 600_000 }, () => {
  it.each(DATASETS)('finds %s valid, its hashes true and its records readable', (dir) => {
    const { status, stdout, stderr } = spawnSync(python!, ['scripts/datasets/check-croissant.py', dir], {
      encoding: 'utf8',
    });
    expect(`${status} ${status === 0 ? '' : stderr}`.trim()).toBe('0');
    expect(stdout).toContain(`${dir}: valid`);
  });
});
