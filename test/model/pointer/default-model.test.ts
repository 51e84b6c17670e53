import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataset } from '../../../src/dataset/load.js';
import { DEFAULT_MODEL, openPredictor } from '../../../src/model/kinds.js';
import { readPointer } from '../../../src/model/pointer/pointer-folder.js';
import { readSettings } from '../../../src/settings/settings.js';
import { tell } from './events.js';

/** `npx tsx scripts/default-model.ts --check` trains it again and compares every byte; these are what takes no minutes. */
describe('the model of the package', () => {
  it('is whole, of this version’s columns, and under 3 MB', async () => {
    const model = await readPointer(DEFAULT_MODEL);
    expect(model.thresholds).toHaveProperty('metadata');
    expect(model.thresholds).toHaveProperty('requestResponse');
    const bytes = readdirSync(DEFAULT_MODEL).map((name) => statSync(join(DEFAULT_MODEL, name)).size);
    expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(3e6);
  });

  it('was trained on the dataset that is here, with the settings that train has', async () => {
    const { sha256, name } = await openDataset('datasets/three-node');
    const card = readFileSync(join(DEFAULT_MODEL, 'card.md'), 'utf8');
    expect(card).toContain(
      `Dataset ${name}, 54193 lines (sha256 ${sha256}), split by the \`capture\` protocol`,
    );
    const beside = await openDataset('datasets/carried');
    expect(card).toContain(`Beside it: dataset carried, 24475 lines (sha256 ${beside.sha256})`);
    const settings = await readSettings('paper', { 'model.name': 'pointer', 'split.protocol': 'capture' });
    const { rules, rulesOff, lines, filter } = await readPointer(DEFAULT_MODEL);
    expect({ rules, rulesOff }).toEqual({ rules: settings.model.rules, rulesOff: settings.model.rulesOff });
    expect({ lines, filter }).toEqual({ lines: settings.lines, filter: settings.filter });
    expect(card).toContain(`seed ${settings.seed} on cpu`);
  });

  it('names who caused a line without any body, and is opened where no model is named', async () => {
    const predictor = await openPredictor();
    const log = [
      tell({
        at: 0,
        user: 'ann',
        verb: 'create',
        on: 'apps/deployments',
        in: 'shop',
        name: 'web',
        code: 201,
      }),
      tell({
        ...{ at: 12, user: 'system:serviceaccount:kube-system:deployment-controller', verb: 'create' },
        ...{
          on: 'apps/replicasets',
          in: 'shop',
          name: 'web-7d9f',
          code: 201,
          agent: 'kube-controller-manager',
        },
      }),
    ];
    const said = await predictor.push(log.map((event, line) => predictor.read(event, line)));
    said.push(...(await predictor.end()));
    expect(said.map(({ trigger }) => trigger?.line)).toEqual([0, 0]);
    expect(said[1]!.label).toEqual(said[0]!.label);
    await predictor.release();
  });
});
